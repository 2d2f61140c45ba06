//! What a statement may do: read, unless it was asked to write.

use datafusion::sql::parser::{CopyToSource, Statement};
use datafusion::sql::sqlparser::ast::{ObjectType, Query, SetExpr, Statement as Sql};

use crate::error::Error;

/// What statements may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read the lake.
    Read,
    /// Also load and unload, and change tables of the program's own: what a service for several may offer. The lake's files
    /// are never changed.
    Tables,
    /// Also write results to files, and keep views and tables until the program ends.
    Write,
}

/// Refuses a statement that does more than it may, by its name.
pub(crate) fn permit(statement: &Statement, access: Access) -> Result<(), Error> {
    match statement {
        Statement::Statement(sql) => permit_sql(sql, access),
        Statement::Explain(explain) => permit(&explain.statement, Access::Read),
        Statement::CopyTo(copy) if access == Access::Write => match &copy.source {
            CopyToSource::Query(query) => permit_query(query),
            CopyToSource::Relation(_) => Ok(()),
        },
        Statement::CopyTo(_) => Err(read_only("COPY")),
        Statement::CreateExternalTable(_) => Err(refused("CREATE EXTERNAL TABLE")),
        Statement::Reset(_) => Err(refused("RESET")),
    }
}

fn permit_sql(sql: &Sql, access: Access) -> Result<(), Error> {
    let changing = || if access == Access::Read { Err(read_only(&words(sql))) } else { Ok(()) };
    match sql {
        Sql::Query(query) => permit_query(query),
        Sql::ShowTables { .. } | Sql::ShowColumns { .. } | Sql::ExplainTable { .. } => Ok(()),
        Sql::Explain { statement, .. } => permit_sql(statement, Access::Read),
        Sql::CreateView(_) | Sql::Drop { object_type: ObjectType::View, .. } => {
            if access == Access::Write {
                Ok(())
            } else {
                Err(read_only(&words(sql)))
            }
        }
        Sql::Copy { to: false, .. } | Sql::Unload { .. } | Sql::Insert(_) | Sql::Delete(_) => changing(),
        Sql::Drop { object_type: ObjectType::Table, .. } => changing(),
        Sql::CreateTable(table) => {
            changing()?;
            table.query.as_ref().map_or(Ok(()), |query| permit_query(query))
        }
        other => Err(refused(&words(other))),
    }
}

fn permit_query(query: &Query) -> Result<(), Error> {
    for with in query.with.iter().flat_map(|with| &with.cte_tables) {
        permit_query(&with.query)?;
    }
    permit_body(&query.body)
}

fn permit_body(body: &SetExpr) -> Result<(), Error> {
    match body {
        SetExpr::Select(select) if select.into.is_some() => Err(refused("SELECT INTO")),
        SetExpr::Select(_) | SetExpr::Values(_) | SetExpr::Table(_) => Ok(()),
        SetExpr::Query(query) => permit_query(query),
        SetExpr::SetOperation { left, right, .. } => permit_body(left).and_then(|()| permit_body(right)),
        other => Err(refused(&first_word(&other.to_string()))),
    }
}

fn read_only(what: &str) -> Error {
    Error::statement(
        format!("{what} is not allowed: statements only read"),
        "select instead; `countycast-warehouse sql --out FILE` writes a result, and --write allows what changes tables",
    )
}

/// What is not offered, by its name.
pub(crate) fn refused(what: &str) -> Error {
    Error::statement(
        format!("{what} is not offered: the lake's files are written by countycast alone"),
        "select from the tables; `show tables` lists them",
    )
}

/// The words by which a statement begins.
fn words(sql: &Sql) -> String {
    let text = sql.to_string();
    let count = if text.starts_with("CREATE") || text.starts_with("DROP") { 2 } else { 1 };
    let parts = text.split([' ', '(']).filter(|part| !part.is_empty());
    parts.take(count).collect::<Vec<_>>().join(" ").to_uppercase()
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::parse_one;

    fn refusal(sql: &str, access: Access) -> Option<String> {
        permit(&parse_one(sql).unwrap(), access).err().map(|error| error.to_string())
    }

    #[test]
    fn reading_is_allowed() {
        for sql in [
            "select 1",
            "with a as (select 1) select * from a union all select 2",
            "(select 1)",
            "values (1)",
            "show tables",
            "describe projections",
            "explain select 1",
        ] {
            assert_eq!(refusal(sql, Access::Read), None, "{sql}");
        }
    }

    #[test]
    fn whatever_writes_is_refused_by_name() {
        for (sql, name) in [
            ("copy (select 1) to 'x.csv'", "COPY"),
            ("create view v as select 1", "CREATE VIEW"),
            ("create table t as select 1", "CREATE TABLE"),
            ("drop table projections", "DROP TABLE"),
            ("drop view v", "DROP VIEW"),
            ("create table t (a int)", "CREATE TABLE"),
            ("insert into t values (1)", "INSERT"),
            ("delete from t", "DELETE"),
            ("copy t from 's3://bucket/key' iam_role 'arn' csv", "COPY"),
            ("unload ('select 1') to 's3://bucket/key' iam_role 'arn'", "UNLOAD"),
        ] {
            let message = refusal(sql, Access::Read).unwrap();
            assert!(message.starts_with(&format!("{name} is not allowed")), "{sql}: {message}");
            assert_eq!(refusal(sql, Access::Write), None, "{sql}");
        }
    }

    #[test]
    fn a_service_keeps_neither_views_nor_files() {
        for sql in ["copy (select 1) to 'x.csv'", "create view v as select 1", "drop view v"] {
            assert!(refusal(sql, Access::Tables).is_some(), "{sql}");
        }
        for sql in ["create table t (a int)", "delete from t", "unload ('select 1') to 's3://bucket/key'"] {
            assert_eq!(refusal(sql, Access::Tables), None, "{sql}");
        }
    }

    #[test]
    fn the_lakes_files_are_never_changed() {
        for (sql, name) in [
            ("update projections set value = 1", "UPDATE"),
            ("create external table t stored as parquet location '/etc'", "CREATE EXTERNAL TABLE"),
            ("set datafusion.execution.batch_size = 1", "SET"),
            ("select 1 into t", "SELECT INTO"),
            ("with a as (delete from t returning 1) select * from a", "DELETE"),
            ("drop schema public", "DROP SCHEMA"),
            ("explain copy (select 1) to 'x.csv'", "COPY"),
            ("explain insert into t select 1", "INSERT"),
        ] {
            let message = refusal(sql, Access::Write).unwrap_or_default();
            assert!(message.starts_with(name), "{sql}: {message}");
        }
    }
}
