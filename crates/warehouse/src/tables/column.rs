//! Columns of tables that statements make, and the types that they may have.

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::types::sql_name;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Column {
    /// Name.
    pub(crate) name: String,
    /// Type, as SQL names it.
    #[serde(rename = "type")]
    kind: String,
    /// Whether it may have nulls.
    nullable: bool,
}

impl Column {
    /// The column that holds a field's values.
    pub(crate) fn of(field: &Field) -> Result<Self, Error> {
        let kind = sql_name(&kept(field.data_type()));
        of_name(&kind).ok_or_else(|| {
            Error::statement(
                format!("the column {} is {kind}, which tables do not keep", field.name()),
                "cast it: booleans, numbers, texts, dates and timestamps are kept",
            )
        })?;
        Ok(Self { name: field.name().clone(), kind, nullable: field.is_nullable() })
    }

    /// The field as the query engine knows it.
    pub(super) fn field(&self) -> Option<Field> {
        Some(Field::new(&self.name, of_name(&self.kind)?, self.nullable))
    }
}

/// The type in which values are kept.
fn kept(kind: &DataType) -> DataType {
    match kind {
        DataType::Int8 | DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Null => DataType::Utf8View,
        DataType::Dictionary(_, values) => kept(values),
        other => other.clone(),
    }
}

fn of_name(name: &str) -> Option<DataType> {
    Some(match name {
        "boolean" => DataType::Boolean,
        "smallint" => DataType::Int16,
        "integer" => DataType::Int32,
        "bigint" => DataType::Int64,
        "real" => DataType::Float32,
        "double precision" => DataType::Float64,
        "varchar" => DataType::Utf8View,
        "date" => DataType::Date32,
        "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "timestamptz" => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
        _ => {
            let (precision, scale) = name.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?;
            let precision = precision.parse().ok().filter(|precision| (1..=38).contains(precision))?;
            DataType::Decimal128(precision, scale.parse().ok()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kept_type_has_a_name_that_is_read_again() {
        for kind in [
            DataType::Boolean,
            DataType::Int16,
            DataType::Int32,
            DataType::Int64,
            DataType::Float32,
            DataType::Float64,
            DataType::Utf8View,
            DataType::Date32,
            DataType::Decimal128(18, 4),
            DataType::Timestamp(TimeUnit::Microsecond, None),
            DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
        ] {
            let column = Column::of(&Field::new("a", kind.clone(), false)).unwrap();
            assert_eq!(column.field().unwrap(), Field::new("a", kind, false));
        }
        assert!(Column::of(&Field::new("a", DataType::Binary, true)).is_err());
    }
}
