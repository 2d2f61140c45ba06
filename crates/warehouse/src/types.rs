//! Names of types: as SQL writes them, and as the Data API does.

use datafusion::arrow::datatypes::DataType;

/// Longest text of Redshift, in bytes: the length of a column of texts.
pub const TEXT_LENGTH: i32 = 65_535;

/// The name of a type in SQL.
#[must_use]
pub fn sql_name(kind: &DataType) -> String {
    match api_name(kind) {
        "bool" => "boolean".into(),
        "int2" => "smallint".into(),
        "int4" => "integer".into(),
        "int8" => "bigint".into(),
        "float4" => "real".into(),
        "float8" => "double precision".into(),
        "numeric" => match kind {
            DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
                format!("decimal({precision},{scale})")
            }
            _ => "decimal(20,0)".into(),
        },
        other => other.into(),
    }
}

/// The name of a type in the Data API.
#[must_use]
pub fn api_name(kind: &DataType) -> &'static str {
    match kind {
        DataType::Boolean => "bool",
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => "int2",
        DataType::Int32 | DataType::UInt16 => "int4",
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => "int8",
        DataType::Float16 | DataType::Float32 => "float4",
        DataType::Float64 => "float8",
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            "numeric"
        }
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(_, None) => "timestamp",
        DataType::Timestamp(_, Some(_)) => "timestamptz",
        DataType::Time32(_) | DataType::Time64(_) => "time",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "varbyte",
        DataType::Dictionary(_, values) => api_name(values),
        DataType::Interval(_) | DataType::Duration(_) => "interval",
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::Struct(_)
        | DataType::Map(..)
        | DataType::Union(..) => "super",
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::RunEndEncoded(..) => {
            "varchar"
        }
    }
}
