//! The statements.

use chrono::NaiveDate;

/// Makes the tables that are missing.
pub(super) const SCHEMA: &str = include_str!("../../../../config/warehouse/schema.sql");

/// Where the tables lie.
pub(super) const NAMESPACE: &str = "countycast";

/// The table of what has been loaded.
const LOADS: &str = "loads";

/// A loader waits here for another.
pub(super) const LOCK: &str = "select pg_advisory_xact_lock(hashtext('countycast.loads'))";

/// The digest of a table's day.
pub(super) const DIGEST: &str = "select sha256 from countycast.loads where table_name = $1 and day = $2";

/// Keeps the digest of a table's day.
pub(super) const KEEP: &str = "insert into countycast.loads (table_name, day, sha256, rows) values ($1, $2, $3, $4) \
     on conflict (table_name, day) do update set sha256 = excluded.sha256, rows = excluded.rows, loaded_at = now()";

/// Names and types of the columns of all tables.
pub(super) const COLUMNS: &str = "select c.relname::text, a.attname::text, t.typname::text \
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
     join pg_catalog.pg_attribute a on a.attrelid = c.oid join pg_catalog.pg_type t on t.oid = a.atttypid \
     where n.nspname = 'countycast' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped";

/// The tables of the schema's file, but for that of what has been loaded.
pub(super) fn known_tables() -> Vec<&'static str> {
    let names = SCHEMA.split("create table if not exists countycast.").skip(1);
    names.filter_map(|text| text.split_whitespace().next()).filter(|name| *name != LOADS).collect()
}

/// A name in double quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Removes a day, which is the statement's parameter unless it is given.
pub(super) fn clear(table: &str, column: &str, day: Option<NaiveDate>) -> String {
    let day = day.map_or_else(|| "$1".to_owned(), |day| format!("date '{day}'"));
    format!("delete from {NAMESPACE}.{} where {} = {day}", quoted(table), quoted(column))
}

/// Takes rows with the day as their first column.
pub(super) fn copy(table: &str, column: &str, columns: &[String]) -> String {
    let names: Vec<String> = std::iter::once(column).chain(columns.iter().map(String::as_str)).map(quoted).collect();
    format!("copy {NAMESPACE}.{} ({}) from stdin with (format binary)", quoted(table), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_the_tables_are_those_of_the_file() {
        assert_eq!(quoted("q0.5"), "\"q0.5\"");
        assert_eq!(quoted("a\"; drop table b; --"), "\"a\"\"; drop table b; --\"");
        let tables = known_tables();
        assert_eq!(tables.len(), 11, "{tables:?}");
        assert!(tables.contains(&"projections") && tables.contains(&"signals") && !tables.contains(&"loads"));
    }
}
