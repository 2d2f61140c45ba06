//! `ListDatabases`, `ListSchemas`, `ListTables` and `DescribeTable`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::columns;
use super::super::failure::Failure;
use super::{Caller, page_size, paged, shortened};
use crate::names::{DATABASE, SCHEMA};

/// Most items of a page.
const MOST: usize = 1_000;

/// A request of any of the four. Databases of all names are the lake: notebooks name the one that they came from.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Ask {
    database: Option<String>,
    schema_pattern: Option<String>,
    table_pattern: Option<String>,
    schema: Option<String>,
    table: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

impl Ask {
    fn page(&self, items: Vec<Value>, name: &str) -> Result<Map<String, Value>, Failure> {
        let (items, next) = paged(items, self.next_token.as_deref(), page_size(self.max_results, MOST)?)?;
        let mut fields = Map::new();
        fields.insert(name.to_owned(), Value::Array(items));
        if let Some(next) = next {
            fields.insert("NextToken".into(), json!(next));
        }
        Ok(fields)
    }

    fn database(&self) -> Result<(), Failure> {
        if self.database.as_ref().is_none_or(String::is_empty) {
            return Err(Failure::validation("Database must not be empty"));
        }
        Ok(())
    }

    fn has_schema(&self) -> bool {
        self.schema_pattern.as_ref().is_none_or(|pattern| matches(pattern, SCHEMA))
    }
}

pub(super) fn databases(ask: &Ask) -> Result<Value, Failure> {
    ask.page(vec![json!(DATABASE)], "Databases").map(Value::Object)
}

pub(super) fn schemas(ask: &Ask) -> Result<Value, Failure> {
    ask.database()?;
    let names = ["information_schema", SCHEMA];
    let wanted = |name: &&str| ask.schema_pattern.as_ref().is_none_or(|pattern| matches(pattern, name));
    ask.page(names.into_iter().filter(wanted).map(|name| json!(name)).collect(), "Schemas").map(Value::Object)
}

pub(super) async fn tables(caller: &Caller<'_>, ask: &Ask) -> Result<Value, Failure> {
    ask.database()?;
    let warehouse = caller.service.warehouse.clone();
    let tables = tokio::task::spawn_blocking(move || warehouse.table_names())
        .await
        .map_err(|_| Failure::internal("the tables could not be listed"))?
        .map_err(|error| Failure::internal(error.to_string()))?;
    let wanted = |name: &&String| ask.table_pattern.as_ref().is_none_or(|pattern| matches(pattern, name));
    let names: Vec<Value> = if ask.has_schema() {
        let member = |name: &String| json!({ "name": name, "schema": SCHEMA, "type": "TABLE" });
        tables.iter().filter(wanted).map(member).collect()
    } else {
        Vec::new()
    };
    ask.page(names, "Tables").map(Value::Object)
}

pub(super) async fn describe(caller: &Caller<'_>, ask: &Ask) -> Result<Value, Failure> {
    ask.database()?;
    let name = ask.table.clone().ok_or_else(|| Failure::validation("Table must be given"))?;
    let unknown = || Failure::not_found(format!("there is no table {} in the schema", shortened(&name)), &name);
    if ask.schema.as_ref().is_some_and(|schema| schema != SCHEMA) {
        return Err(unknown());
    }
    let (warehouse, table) = (caller.service.warehouse.clone(), name.clone());
    let found = tokio::task::spawn_blocking(move || warehouse.table(&table))
        .await
        .map_err(|_| Failure::internal("the table could not be read"))?
        .map_err(|error| Failure::internal(error.to_string()))?
        .ok_or_else(unknown)?;
    let schema = found.schema();
    let items = schema.fields().iter().map(|field| columns::metadata(field, Some((SCHEMA, &name)))).collect();
    let mut fields = ask.page(items, "ColumnList")?;
    fields.insert("TableName".into(), json!(name));
    Ok(Value::Object(fields))
}

/// Whether a name fits a pattern: `%` is any letters, `_` any one.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // The last `%`, and how far the name was then: where what follows does not fit, `%` takes one letter more.
    let mut any: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('%') => {
                any = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '_' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, taken)) = any else { return false };
                any = Some((at, taken + 1));
                p = at + 1;
                n = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '%')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_those_of_like() {
        for (pattern, name, fits) in [
            ("%", "public", true),
            ("", "", true),
            ("", "public", false),
            ("pub%", "public", true),
            ("%lic", "public", true),
            ("p_blic", "public", true),
            ("p_lic", "public", false),
            ("%a%b%", "xxaxxbxx", true),
            ("%a%b", "ab_", false),
            ("public_", "public", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
        assert!(!matches(&"%a".repeat(2_000), &"a".repeat(1_999)));
    }
}
