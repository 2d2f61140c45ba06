//! Rows and columns as the Data API shows them: typed fields, and what is known of a column.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{
    DataType, Field, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Value, json};

use crate::types::{TEXT_LENGTH, api_name};

/// What is known of a column.
pub(super) fn metadata(field: &Field, table: Option<(&str, &str)>) -> Value {
    let kind = api_name(field.data_type());
    let (precision, scale) = match (kind, field.data_type()) {
        (_, DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale)) => {
            (i32::from(*precision), i32::from(*scale))
        }
        ("bool", _) => (1, 0),
        ("int2", _) => (5, 0),
        ("int4", _) => (10, 0),
        ("int8", _) => (19, 0),
        ("float4", _) => (8, 8),
        ("float8", _) => (17, 17),
        ("date", _) => (13, 0),
        ("timestamp", _) => (29, 6),
        ("timestamptz", _) => (35, 6),
        _ => (TEXT_LENGTH, 0),
    };
    let (schema, table) = table.unwrap_or_default();
    json!({
        "isCaseSensitive": kind == "varchar",
        "isCurrency": false,
        "isSigned": matches!(kind, "int2" | "int4" | "int8" | "float4" | "float8" | "numeric"),
        "label": field.name(),
        "length": if kind == "varchar" { TEXT_LENGTH } else { 0 },
        "name": field.name(),
        "nullable": i32::from(field.is_nullable()),
        "precision": precision,
        "scale": scale,
        "schemaName": schema,
        "tableName": table,
        "typeName": kind,
    })
}

/// Rows as lists of typed fields.
pub(super) fn records(batch: &RecordBatch) -> Result<Vec<Value>, ArrowError> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::with_capacity(batch.num_columns()); batch.num_rows()];
    for column in batch.columns() {
        let cells = Cells::new(column)?;
        for (i, row) in rows.iter_mut().enumerate() {
            row.push(cells.field(i));
        }
    }
    Ok(rows.into_iter().map(Value::Array).collect())
}

/// Rows as CSV without a header, whose place the columns' names take. Nulls are empty, and empty texts `""`.
pub(super) fn csv(batch: &RecordBatch) -> Result<String, ArrowError> {
    let columns = batch.columns().iter().map(Cells::new).collect::<Result<Vec<_>, _>>()?;
    let mut text = String::new();
    for i in 0..batch.num_rows() {
        for (j, column) in columns.iter().enumerate() {
            if j > 0 {
                text.push(',');
            }
            if column.is_null(i) {
                continue;
            }
            let cell = column.text(i);
            if cell.is_empty() || cell.contains(['"', ',', '\r', '\n']) {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(&cell);
            }
        }
        text.push_str("\r\n");
    }
    Ok(text)
}

/// The cells of a column.
struct Cells<'a> {
    array: &'a ArrayRef,
    formatter: ArrayFormatter<'a>,
}

/// Days and times as Redshift writes them.
const FORMAT: FormatOptions<'static> = FormatOptions::new()
    .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"))
    .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.f%#z"));

impl<'a> Cells<'a> {
    fn new(array: &'a ArrayRef) -> Result<Self, ArrowError> {
        Ok(Self { array, formatter: ArrayFormatter::try_new(array, &FORMAT)? })
    }

    /// Columns of nulls alone have no list of them.
    fn is_null(&self, i: usize) -> bool {
        self.array.data_type() == &DataType::Null || self.array.is_null(i)
    }

    fn text(&self, i: usize) -> String {
        self.formatter.value(i).to_string()
    }

    fn field(&self, i: usize) -> Value {
        if self.is_null(i) {
            return json!({ "isNull": true });
        }
        match self.array.data_type() {
            DataType::Boolean => json!({ "booleanValue": self.array.as_boolean().value(i) }),
            DataType::Float32 => {
                // The shortest decimal of the number: 0.1, and not 0.10000000149011612.
                let value = self.array.as_primitive::<Float32Type>().value(i);
                double(value.to_string().parse().unwrap_or_else(|_| f64::from(value)))
            }
            DataType::Float64 => double(self.array.as_primitive::<Float64Type>().value(i)),
            _ => self
                .long(i)
                .map_or_else(|| json!({ "stringValue": self.text(i) }), |value| json!({ "longValue": value })),
        }
    }

    fn long(&self, i: usize) -> Option<i64> {
        Some(match self.array.data_type() {
            DataType::Int8 => self.array.as_primitive::<Int8Type>().value(i).into(),
            DataType::Int16 => self.array.as_primitive::<Int16Type>().value(i).into(),
            DataType::Int32 => self.array.as_primitive::<Int32Type>().value(i).into(),
            DataType::Int64 => self.array.as_primitive::<Int64Type>().value(i),
            DataType::UInt8 => self.array.as_primitive::<UInt8Type>().value(i).into(),
            DataType::UInt16 => self.array.as_primitive::<UInt16Type>().value(i).into(),
            DataType::UInt32 => self.array.as_primitive::<UInt32Type>().value(i).into(),
            DataType::UInt64 => i64::try_from(self.array.as_primitive::<UInt64Type>().value(i)).ok()?,
            _ => return None,
        })
    }
}

/// JSON has no numbers for what is not finite; the protocol has these words.
fn double(value: f64) -> Value {
    if value.is_nan() {
        json!({ "doubleValue": "NaN" })
    } else if value.is_infinite() {
        json!({ "doubleValue": if value > 0.0 { "Infinity" } else { "-Infinity" } })
    } else {
        json!({ "doubleValue": value })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{
        BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int32Array, StringArray,
        TimestampMicrosecondArray, UInt64Array,
    };

    use super::*;

    fn batch() -> RecordBatch {
        RecordBatch::try_from_iter([
            ("text", Arc::new(StringArray::from(vec![Some("a,\"b\""), Some(""), None])) as ArrayRef),
            ("flag", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
            ("small", Arc::new(Int32Array::from(vec![Some(-1), Some(2), None]))),
            ("huge", Arc::new(UInt64Array::from(vec![Some(u64::MAX), Some(7), None]))),
            ("single", Arc::new(Float32Array::from(vec![Some(0.1), Some(f32::NAN), None]))),
            ("double", Arc::new(Float64Array::from(vec![Some(0.25), Some(f64::NEG_INFINITY), None]))),
            ("day", Arc::new(Date32Array::from(vec![Some(18_559), None, None]))),
            (
                "moment",
                Arc::new(TimestampMicrosecondArray::from(vec![Some(1_603_500_000_000_000), Some(500_000), None])),
            ),
            (
                "money",
                Arc::new(Decimal128Array::from(vec![Some(1_250), None, None]).with_precision_and_scale(10, 2).unwrap()),
            ),
        ])
        .unwrap()
    }

    #[test]
    fn every_kind_of_value_has_its_field() {
        let rows = records(&batch()).unwrap();
        let expected = json!([
            {"stringValue": "a,\"b\""}, {"booleanValue": true}, {"longValue": -1}, {"stringValue": "18446744073709551615"},
            {"doubleValue": 0.1}, {"doubleValue": 0.25}, {"stringValue": "2020-10-24"},
            {"stringValue": "2020-10-24 00:40:00"}, {"stringValue": "12.50"}
        ]);
        assert_eq!(rows[0], expected);
        assert_eq!(rows[1][3], json!({"longValue": 7}));
        assert_eq!(rows[1][4], json!({"doubleValue": "NaN"}));
        assert_eq!(rows[1][5], json!({"doubleValue": "-Infinity"}));
        assert_eq!(rows[1][7], json!({"stringValue": "1970-01-01 00:00:00.500"}));
        assert_eq!(rows[2][0], json!({"isNull": true}));
    }

    #[test]
    fn csv_tells_nulls_from_empty_texts() {
        let text = csv(&batch()).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(
            lines[0],
            "\"a,\"\"b\"\"\",true,-1,18446744073709551615,0.1,0.25,2020-10-24,2020-10-24 00:40:00,12.50"
        );
        assert!(lines[1].starts_with("\"\",,2,7,NaN,-inf"), "{}", lines[1]);
        assert_eq!(lines[2], ",false,,,,,,,");
        assert_eq!(lines[3], "");
    }

    #[test]
    fn columns_have_the_names_of_redshifts_types() {
        let batch = batch();
        let names: Vec<Value> =
            batch.schema().fields().iter().map(|field| metadata(field, None)["typeName"].clone()).collect();
        assert_eq!(
            names,
            ["varchar", "bool", "int4", "int8", "float4", "float8", "date", "timestamp", "numeric"].map(Value::from)
        );
        let money = metadata(batch.schema().field(8), Some(("public", "costs")));
        assert_eq!(money["precision"], 10);
        assert_eq!(money["scale"], 2);
        assert_eq!(money["tableName"], "costs");
        assert_eq!(money["nullable"], 1);
    }
}
