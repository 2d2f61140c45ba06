//! The database's tables, and which columns of a file go into them.

use std::collections::{BTreeSet, HashMap};

use datafusion::arrow::datatypes::{DataType, Schema, TimeUnit};
use tokio_postgres::Client;

use super::sql::{COLUMNS, NAMESPACE};
use super::{failure, sql};
use crate::error::Error;
use crate::types::sql_name;

/// Columns of the database's tables, and the names of their types.
#[derive(Debug)]
pub(super) struct Tables(HashMap<String, HashMap<String, String>>);

impl Tables {
    /// Reads what there is.
    pub(super) async fn read(client: &Client) -> Result<Self, Error> {
        let rows = client.query(COLUMNS, &[]).await;
        let rows = rows.map_err(|error| failure::of(&error, "the database's tables cannot be listed"))?;
        let mut tables: HashMap<String, HashMap<String, String>> = HashMap::new();
        for row in rows {
            tables.entry(row.get(0)).or_default().insert(row.get(1), row.get(2));
        }
        Ok(Self(tables))
    }

    /// Whether there is a table.
    pub(super) fn has(&self, table: &str) -> bool {
        self.0.contains_key(table)
    }

    /// The types in which columns of a file are sent.
    ///
    /// # Errors
    /// [`Error::Input`] for a column that the table lacks, or has with a type that does not hold the file's values as they are.
    pub(super) fn kinds(&self, table: &str, day: &str, file: &Schema) -> Result<Vec<DataType>, Error> {
        let columns = self.0.get(table).ok_or_else(|| lacking(table, "is not there"))?;
        if columns.get(day).map(String::as_str) != Some("date") {
            return Err(lacking(table, &format!("has no column {day} of type date")));
        }
        let kind = |name: &str, from: &DataType| {
            let Some(to) = columns.get(name) else {
                let known: BTreeSet<&String> = columns.keys().collect();
                let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
                return Err(lacking(table, &format!("has no column {}, but {}", sql::quoted(name), known.join(", "))));
            };
            sent(from, to).ok_or_else(|| {
                let what = format!("has the column {} as {to}, and the lake as {}", sql::quoted(name), sql_name(from));
                lacking(table, &what)
            })
        };
        file.fields()
            .iter()
            .filter(|field| field.name() != day)
            .map(|field| kind(field.name(), field.data_type()))
            .collect()
    }
}

fn lacking(table: &str, what: &str) -> Error {
    Error::input(
        format!("the table {NAMESPACE}.{table} {what}"),
        "alter it to what config/warehouse/schema.sql has, or drop it and load again: it is made anew",
    )
}

/// The type in which a column of a file goes into one of the database, where this holds its values as they are.
fn sent(from: &DataType, to: &str) -> Option<DataType> {
    let text = matches!(from, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let kind = match to {
        "text" | "varchar" if text => DataType::LargeUtf8,
        "bool" if from == &DataType::Boolean => DataType::Boolean,
        // Whole numbers that do not fit are refused one by one.
        "int2" if from.is_integer() => DataType::Int16,
        "int4" if from.is_integer() => DataType::Int32,
        "int8" if from.is_integer() => DataType::Int64,
        "float4" if from == &DataType::Float32 => DataType::Float32,
        "float8" if from.is_floating() || from.is_integer() => DataType::Float64,
        "date" if from == &DataType::Date32 => DataType::Date32,
        "timestamp" if matches!(from, DataType::Timestamp(_, None)) => DataType::Timestamp(TimeUnit::Microsecond, None),
        _ => return None,
    };
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stay_text_and_nothing_loses_digits() {
        for (from, to, kind) in [
            (DataType::Utf8, "text", Some(DataType::LargeUtf8)),
            (DataType::LargeUtf8, "int4", None),
            (DataType::UInt32, "int4", Some(DataType::Int32)),
            (DataType::Int32, "text", None),
            (DataType::Float32, "float8", Some(DataType::Float64)),
            (DataType::Float64, "float4", None),
            (DataType::Float64, "numeric", None),
            (DataType::Date32, "timestamp", None),
        ] {
            assert_eq!(sent(&from, to), kind, "{from} {to}");
        }
    }
}
