//! Tables of text, row by row: CSV with any delimiter, or Parquet.

use std::io::BufRead;
use std::path::Path;

use polars::prelude::{DataFrame, DataType, StringChunked};

use crate::error::{Error, InputError};
use crate::output::parquet;
use crate::panel::quoted;

/// A column by its names in different editions of a table.
pub(super) type Names<'a> = &'a [&'a str];

/// A row: the cells of the columns asked for, in their order.
pub(super) struct Row<'a> {
    path: &'a Path,
    /// Line of the file, from 1; rows of Parquet are counted as if they had a header.
    line: u64,
    names: &'a [Option<&'a str>],
    cells: Vec<&'a str>,
}

impl Row<'_> {
    /// The text of a column, without space around it; empty where the table has no such column.
    pub(super) fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |text| text.trim())
    }

    /// The error for a cell.
    pub(super) fn wrong(&self, column: usize, expected: &str) -> Error {
        let name = self.names.get(column).copied().flatten().unwrap_or("?");
        let problem = format!("`{}` is not {expected}", quoted(self.text(column)));
        let remedy = format!("write {expected}, or leave the row out");
        InputError::new(self.path, problem, remedy).on_line(self.line).in_column(name).into()
    }

    /// A finite number, or none where the cell is empty.
    pub(super) fn number(&self, column: usize) -> Result<Option<f64>, Error> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| self.wrong(column, "a number"))
    }
}

/// The names of a table's columns.
pub(super) fn header(path: &Path) -> Result<Vec<String>, Error> {
    if is_parquet(path) {
        let frame = parquet::rows(path, 0..1)?;
        return Ok(frame.get_column_names().iter().map(|name| name.to_string()).collect());
    }
    let mut reader = csv(path)?;
    Ok(reader.headers().map_err(|error| unreadable(path, &error))?.iter().map(|name| name.trim().to_owned()).collect())
}

/// Whether a table has a column of one of these names.
pub(super) fn has(header: &[String], names: Names<'_>) -> bool {
    names.iter().any(|name| header.iter().any(|own| own == name))
}

/// Hands each row to `each`: of `columns`, those that are `needed` must be there.
pub(super) fn each_row(
    path: &Path,
    columns: &[Names<'_>],
    needed: usize,
    mut each: impl FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let header = header(path)?;
    let found: Vec<Option<&str>> =
        columns.iter().map(|names| names.iter().copied().find(|name| header.iter().any(|own| own == name))).collect();
    if let Some(missing) = (0..needed).find(|&column| found[column].is_none()) {
        let problem = format!("there is no column `{}`", columns[missing][0]);
        return Err(InputError::new(path, problem, "give the table as its publisher writes it, with its header").into());
    }
    if is_parquet(path) {
        let frame = parquet::read(path)?;
        return each_of_frame(path, &frame, &found, each);
    }
    let places: Vec<Option<usize>> =
        found.iter().map(|name| name.and_then(|name| header.iter().position(|own| own == name))).collect();
    let mut reader = csv(path)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| unreadable(path, &error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let cells = places.iter().map(|place| place.and_then(|place| record.get(place)).unwrap_or_default()).collect();
        each(&Row { path, line, names: &found, cells })?;
    }
    Ok(())
}

fn each_of_frame(
    path: &Path,
    frame: &DataFrame,
    found: &[Option<&str>],
    mut each: impl FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let text = |name: &str| -> polars::prelude::PolarsResult<StringChunked> {
        Ok(frame.column(name)?.cast(&DataType::String)?.str()?.clone())
    };
    let columns = found
        .iter()
        .map(|name| name.map(text).transpose())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| InputError::new(path, error.to_string(), "write its columns as text or numbers"))?;
    for row in 0..frame.height() {
        let cells = columns.iter().map(|column| column.as_ref().and_then(|column| column.get(row)).unwrap_or_default());
        each(&Row { path, line: row as u64 + 2, names: found, cells: cells.collect() })?;
    }
    Ok(())
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// A reader of delimited text; the delimiter is that of tab, vertical bar and comma that stands first in the header.
fn csv(path: &Path) -> Result<csv::Reader<impl std::io::Read>, Error> {
    let open = || crate::output::regular::open(path).map_err(|source| Error::read(path, source));
    let mut first = String::new();
    // What is no text, the reader tells with its line.
    let _ = std::io::BufReader::new(open()?).read_line(&mut first);
    let delimiter = first.bytes().find(|byte| b"\t|,".contains(byte)).unwrap_or(b',');
    Ok(csv::ReaderBuilder::new().delimiter(delimiter).from_reader(std::io::BufReader::new(open()?)))
}

fn unreadable(path: &Path, error: &csv::Error) -> Error {
    let input = InputError::new(path, quoted(error.to_string()), "give the table as its publisher writes it");
    match error.position() {
        Some(position) => input.on_line(position.line()).into(),
        None => input.into(),
    }
}
