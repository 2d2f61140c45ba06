//! The columns of a table: those of all its files, and its partitions.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::find::{File, Table, pairs};
use super::home::Home;
use crate::error::{Error, shown};
use crate::types::sql_name;

/// The columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Those of the files.
    pub(super) files: SchemaRef,
    /// Those of the folders' names.
    pub(super) partitions: Vec<(String, DataType)>,
}

/// Reads the columns of a table's files, each file once as long as it is the same.
pub(super) fn of(
    name: &str,
    table: &Table,
    known: &Mutex<HashMap<File, SchemaRef>>,
    home: &Home,
) -> Result<Columns, Error> {
    if let Some(path) = &table.misplaced {
        return Err(Error::input(
            format!(
                "the files of table {name} are partitioned in more than one way: {} differs from the others",
                shown(path)
            ),
            "move it out of the folder: all files of a table lie in folders of the same names",
        ));
    }
    let mut schemas = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let new: Vec<&File> = table.files.iter().filter(|file| !schemas.contains_key(file)).collect();
    for (file, schema) in new.iter().zip(home.schemas(&new)?) {
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(File::clone(file), Arc::clone(&schema));
        schemas.insert(File::clone(file), schema);
    }
    let mut fields: Vec<(Field, &Path)> = Vec::new();
    for file in &table.files {
        let Some(schema) = schemas.get(file) else { continue };
        for field in schema.fields().iter().filter(|field| !table.partitions.contains(field.name())) {
            add(&mut fields, field, &file.path, name)?;
        }
    }
    let fields: Vec<Field> = fields.into_iter().map(|(field, _)| field).collect();
    Ok(Columns { files: Arc::new(Schema::new(fields)), partitions: partitions(table) })
}

/// Adds a file's column to those of the files before, in a type that holds both.
fn add<'a>(fields: &mut Vec<(Field, &'a Path)>, field: &Field, file: &'a Path, table: &str) -> Result<(), Error> {
    let kind = plain(field.data_type());
    let Some((known, first)) = fields.iter_mut().find(|(known, _)| known.name() == field.name()) else {
        fields.push((Field::new(field.name(), kind, true), file));
        return Ok(());
    };
    let Some(both) = wider(known.data_type(), &kind) else {
        return Err(Error::input(
            format!(
                "the files of table {table} do not belong together: column `{}` is {} in {} and {} in {}",
                field.name(),
                sql_name(known.data_type()),
                shown(first),
                sql_name(&kind),
                shown(file)
            ),
            "move one of the two out of the folder, or write it with the other type",
        ));
    };
    known.set_data_type(both);
    Ok(())
}

/// The type as it is read: texts and dictionaries of texts in one way.
fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Dictionary(_, values) => plain(values),
        other => other.clone(),
    }
}

/// A type that holds the values of both.
fn wider(a: &DataType, b: &DataType) -> Option<DataType> {
    if a == b || b == &DataType::Null {
        return Some(a.clone());
    }
    match (a, b) {
        (DataType::Null, other) => Some(other.clone()),
        (DataType::Float32, DataType::Float64) | (DataType::Float64, DataType::Float32) => Some(DataType::Float64),
        _ if a.is_integer() && b.is_integer() => Some(DataType::Int64),
        _ if a.is_numeric() && b.is_numeric() && (a.is_floating() || b.is_floating()) => Some(DataType::Float64),
        (DataType::Date32, DataType::Timestamp(..)) => Some(b.clone()),
        (DataType::Timestamp(..), DataType::Date32) => Some(a.clone()),
        _ => None,
    }
}

/// Partitions are texts, so that `fips=01001` stays `01001`; those whose every value is a day are dates.
fn partitions(table: &Table) -> Vec<(String, DataType)> {
    let is_day = |i: usize| {
        table.files.iter().all(|file| {
            pairs(&table.path, &file.path)
                .get(i)
                .is_some_and(|(_, value)| value.len() == 10 && NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok())
        })
    };
    let kind = |i| if is_day(i) { DataType::Date32 } else { DataType::Utf8View };
    table.partitions.iter().enumerate().map(|(i, name)| (name.clone(), kind(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_widen_and_never_narrow() {
        let cases = [
            (DataType::Int32, DataType::Int64, Some(DataType::Int64)),
            (DataType::Int16, DataType::UInt32, Some(DataType::Int64)),
            (DataType::Int64, DataType::Float32, Some(DataType::Float64)),
            (DataType::Float32, DataType::Float64, Some(DataType::Float64)),
            (DataType::Null, DataType::Utf8View, Some(DataType::Utf8View)),
            (DataType::Utf8View, DataType::Int64, None),
            (DataType::Date32, DataType::Utf8View, None),
        ];
        for (a, b, both) in cases {
            assert_eq!(wider(&a, &b), both, "{a} {b}");
            assert_eq!(wider(&b, &a), both, "{b} {a}");
        }
    }
}
