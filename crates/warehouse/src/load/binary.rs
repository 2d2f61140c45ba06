//! Rows in the binary form that COPY takes.

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use hyper::body::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::days::File;
use crate::error::Error;

/// What comes before all rows: a signature, no flags, and no extension.
const START: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What comes after them.
const END: i16 = -1;
/// The length of a null.
const NULL: i32 = -1;
/// Days from 1970 to 2000, where PostgreSQL's calendar begins.
const DAYS: i32 = 10_957;
/// The same in microseconds.
const MICROSECONDS: i64 = DAYS as i64 * 86_400_000_000;
/// Rows of a batch.
const ROWS: usize = 4_096;

/// Reads a file: its rows, and the names of its columns.
pub(super) fn open(bytes: &Bytes, file: &File) -> Result<(ParquetRecordBatchReader, Vec<String>), Error> {
    let damaged = |error: &dyn std::fmt::Display| {
        Error::input(
            format!("{} is no Parquet file, or a damaged one: {error}", file.path),
            "repeat the day: countycast project --lake LAKE --as-of DATE",
        )
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(|error| damaged(&error))?;
    let names = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let reader = builder.with_batch_size(ROWS).build().map_err(|error| damaged(&error))?;
    Ok((reader, names))
}

/// A writer of rows that begin with the same day.
pub(super) struct Rows {
    day: [u8; 4],
    kinds: Vec<DataType>,
    buffer: Vec<u8>,
}

impl Rows {
    /// A writer of rows whose columns after the day are sent in these types.
    pub(super) fn new(day: NaiveDate, kinds: Vec<DataType>) -> Self {
        let since = day.signed_duration_since(NaiveDate::default()).num_days();
        let day = i32::try_from(since).unwrap_or(i32::MAX).saturating_sub(DAYS).to_be_bytes();
        Self { day, kinds, buffer: START.to_vec() }
    }

    /// Writes rows.
    ///
    /// # Errors
    /// [`Error::Input`] for a value that its column in the database cannot hold.
    pub(super) fn add(&mut self, batch: &RecordBatch, file: &File) -> Result<(), Error> {
        let options = CastOptions { safe: false, ..CastOptions::default() };
        let cast = |(array, kind): (&ArrayRef, &DataType)| {
            cast_with_options(array, kind, &options).map_err(|error| {
                Error::input(format!("{}: {error}", file.path), "widen the column to bigint in the database")
            })
        };
        let columns = batch.columns().iter().zip(&self.kinds).map(cast).collect::<Result<Vec<_>, _>>()?;
        let count = i16::try_from(columns.len() + 1).unwrap_or(i16::MAX).to_be_bytes();
        for row in 0..batch.num_rows() {
            self.buffer.extend_from_slice(&count);
            field(&mut self.buffer, &self.day);
            for column in &columns {
                value(&mut self.buffer, column, row);
            }
        }
        Ok(())
    }

    /// What has been written since it was last taken.
    pub(super) fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut self.buffer))
    }

    /// The rest.
    pub(super) fn end(mut self) -> Bytes {
        self.buffer.extend_from_slice(&END.to_be_bytes());
        self.take()
    }
}

fn field(buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
    buffer.extend_from_slice(bytes);
}

fn value(buffer: &mut Vec<u8>, column: &ArrayRef, row: usize) {
    if column.is_null(row) {
        buffer.extend_from_slice(&NULL.to_be_bytes());
        return;
    }
    match column.data_type() {
        DataType::LargeUtf8 => field(buffer, column.as_string::<i64>().value(row).as_bytes()),
        DataType::Boolean => field(buffer, &[u8::from(column.as_boolean().value(row))]),
        DataType::Int16 => field(buffer, &column.as_primitive::<Int16Type>().value(row).to_be_bytes()),
        DataType::Int32 => field(buffer, &column.as_primitive::<Int32Type>().value(row).to_be_bytes()),
        DataType::Int64 => field(buffer, &column.as_primitive::<Int64Type>().value(row).to_be_bytes()),
        DataType::Float32 => field(buffer, &column.as_primitive::<Float32Type>().value(row).to_be_bytes()),
        DataType::Float64 => field(buffer, &column.as_primitive::<Float64Type>().value(row).to_be_bytes()),
        DataType::Date32 => {
            let day = column.as_primitive::<Date32Type>().value(row).saturating_sub(DAYS);
            field(buffer, &day.to_be_bytes());
        }
        DataType::Timestamp(..) => {
            let moment = column.as_primitive::<TimestampMicrosecondType>().value(row).saturating_sub(MICROSECONDS);
            field(buffer, &moment.to_be_bytes());
        }
        // `Tables::kinds` names no others.
        _ => buffer.extend_from_slice(&NULL.to_be_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Date32Array, StringArray, UInt32Array};

    use super::*;

    #[test]
    fn rows_are_as_postgresql_describes_them() {
        let batch = RecordBatch::try_from_iter([
            ("fips", Arc::new(StringArray::from(vec![Some("01001"), None])) as ArrayRef),
            ("rank", Arc::new(UInt32Array::from(vec![7, 8]))),
            ("peak_day", Arc::new(Date32Array::from(vec![DAYS + 1, DAYS - 1]))),
        ])
        .unwrap();
        let kinds = vec![DataType::LargeUtf8, DataType::Int32, DataType::Date32];
        let file = File { table: "t".into(), path: "t/part.parquet".into(), sha256: String::new() };
        let mut rows = Rows::new(NaiveDate::from_ymd_opt(2000, 1, 2).unwrap(), kinds);
        rows.add(&batch, &file).unwrap();
        let mut text = rows.take().to_vec();
        text.extend_from_slice(&rows.end());
        let first = b"\0\x04\0\0\0\x04\0\0\0\x01\0\0\0\x0501001\0\0\0\x04\0\0\0\x07\0\0\0\x04\0\0\0\x01";
        let second = b"\0\x04\0\0\0\x04\0\0\0\x01\xff\xff\xff\xff\0\0\0\x04\0\0\0\x08\0\0\0\x04\xff\xff\xff\xff";
        assert_eq!(text, [START, first, second, b"\xff\xff"].concat());
        let large =
            RecordBatch::try_from_iter([("rank", Arc::new(UInt32Array::from(vec![u32::MAX])) as ArrayRef)]).unwrap();
        assert!(Rows::new(NaiveDate::default(), vec![DataType::Int32]).add(&large, &file).is_err());
    }
}
