//! Parquet files that every reader accepts.

use std::fmt::{Display, Write};
use std::fs::File;
use std::io::Cursor;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use countycast_engine::Date;
use polars::io::mmap::MmapBytesReader;
use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::{
    Column, CompatLevel, DataFrame, DataType, IntoColumn, ParquetCompression, ParquetReader, ParquetWriter,
    PolarsError, PolarsResult, Schema, SchemaExt, SerReader, StringChunkedBuilder,
};
use polars_parquet::write::schema_to_metadata_key;

use super::{date_of, regular};
use crate::error::{Error, InputError};
use crate::panel::guarded;

/// A writer of a file with these columns, with the compression of all our files.
///
/// Text columns are declared as plain strings. By default they would be string views, which pyarrow reads but cannot
/// filter (its compute functions do not support them up to version 26 at least).
pub(crate) fn writer(path: &Path, schema: &Schema) -> Result<ParquetWriter<File>, Error> {
    let file = File::create(path).map_err(|source| Error::write(path, source))?;
    Ok(into(file, schema))
}

/// A writer of a file in memory, or wherever bytes go.
pub(crate) fn into<W: std::io::Write>(out: W, schema: &Schema) -> ParquetWriter<W> {
    let arrow = schema_to_metadata_key(&schema.to_arrow(CompatLevel::oldest()));
    let metadata = KeyValueMetadata::from_static(vec![(arrow.key, arrow.value.unwrap_or_default())]);
    let writer = ParquetWriter::new(out).with_compression(ParquetCompression::Zstd(None));
    writer.with_key_value_metadata(Some(metadata))
}

/// A text column; all values are formatted in one buffer, without an allocation per row.
pub(crate) fn text<T: Display>(name: &str, values: impl Iterator<Item = T>) -> Column {
    let mut column = StringChunkedBuilder::new(name.into(), values.size_hint().0);
    let mut buffer = String::new();
    for value in values {
        buffer.clear();
        // Writing to a string cannot fail.
        let _ = write!(buffer, "{value}");
        column.append_value(&buffer);
    }
    column.finish().into_column()
}

/// Writes a table.
pub(crate) fn write(path: &Path, mut frame: DataFrame) -> Result<(), Error> {
    let writer = writer(path, frame.schema())?;
    writer.finish(&mut frame).map(|_| ()).map_err(|error| write_error(path, error))
}

/// Reads a table.
pub(crate) fn read(path: &Path) -> Result<DataFrame, Error> {
    finish(path, reader(path)?)
}

/// Reads a table from the bytes of its file.
pub(crate) fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<DataFrame, Error> {
    finish(path, ParquetReader::new(Cursor::new(bytes)))
}

/// The value that a cell of text names.
pub(crate) fn parsed<T: FromStr<Err: Display>>(cell: Option<&str>) -> PolarsResult<T> {
    let text = cell.ok_or_else(|| PolarsError::ComputeError("a value is missing".into()))?;
    text.parse().map_err(|error: T::Err| PolarsError::ComputeError(error.to_string().into()))
}

/// A column of dates from days since 1970-01-01.
pub(crate) fn dates(name: &str, days: impl Iterator<Item = Option<i32>>) -> PolarsResult<Column> {
    Column::new(name.into(), days.collect::<Vec<_>>()).cast(&DataType::Date)
}

/// The days of a column of dates.
pub(crate) fn days(column: &Column) -> PolarsResult<Vec<Option<Date>>> {
    let days = column.cast(&DataType::Int32)?;
    Ok(days.i32()?.iter().map(|day| day.and_then(date_of)).collect())
}

/// Reads some columns of a table in pieces of so many rows, in their order: so that a table of any length needs little
/// memory.
pub(crate) fn pieces<'a>(
    path: &'a Path,
    columns: &[&str],
    rows: usize,
) -> Result<impl Iterator<Item = Result<DataFrame, Error>> + 'a, Error> {
    let total = height(path)?;
    let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let piece = move |start| {
        let reader = reader(path)?.with_columns(Some(columns.clone())).with_slice(Some((start, rows)));
        finish(path, reader)
    };
    Ok((0..total).step_by(rows).map(piece))
}

/// Some rows of a table.
pub(crate) fn rows(path: &Path, rows: Range<usize>) -> Result<DataFrame, Error> {
    finish(path, reader(path)?.with_slice(Some((rows.start, rows.len()))))
}

/// The number of rows of a table.
pub(crate) fn height(path: &Path) -> Result<usize, Error> {
    let mut counted = reader(path)?;
    guarded(path, move || counted.num_rows().map_err(|error| read_error(path, error)))
}

/// One column of a table.
pub(crate) fn column(path: &Path, name: &str) -> Result<Column, Error> {
    let table = finish(path, reader(path)?.with_columns(Some(vec![name.to_owned()])))?;
    table.column(name).cloned().map_err(|error| wrong(path, error.to_string()))
}

/// The error for a table of a run that has other columns or values.
pub(crate) fn wrong(path: &Path, problem: String) -> Error {
    InputError::new(path, problem, "run `countycast project` again").into()
}

fn reader(path: &Path) -> Result<ParquetReader<File>, Error> {
    Ok(ParquetReader::new(regular::open(path).map_err(|source| Error::read(path, source))?))
}

fn finish<R: MmapBytesReader>(path: &Path, reader: ParquetReader<R>) -> Result<DataFrame, Error> {
    guarded(path, || reader.finish().map_err(|error| read_error(path, error)))
}

fn read_error(path: &Path, error: PolarsError) -> Error {
    Error::read(path, std::io::Error::other(error.to_string()))
}

/// Polars wraps the system's error; a full disk must still be reported as such.
pub(crate) fn write_error(path: &Path, error: PolarsError) -> Error {
    let source = match error {
        PolarsError::IO { error, .. } => std::io::Error::new(error.kind(), error.to_string()),
        other => std::io::Error::other(other.to_string()),
    };
    Error::write(path, source)
}
