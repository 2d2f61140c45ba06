//! CSV files: opened with their header, small ones read as lines with named fields.

use std::fs::File;
use std::path::Path;

use csv::{Position, Reader};

use super::week::day_of_text;
use crate::error::{Error, shown};

/// Opens a CSV file, whose header is read.
pub(super) fn open(path: &Path) -> Result<(Reader<File>, Vec<String>), Error> {
    let file = File::open(path).map_err(|source| Error::unreadable(path, &source))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let header = reader.headers().map_err(|error| wrong(path, &error))?;
    let columns: Vec<String> = header.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    Ok((reader, columns))
}

/// What is wrong with a line.
pub(super) fn wrong(path: &Path, error: &csv::Error) -> Error {
    let line = error.position().map_or(1, Position::line);
    let what = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is no UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} fields, and the header has {expected_len}")
        }
        _ => error.to_string(),
    };
    Error::input(format!("{}: line {line}: {what}", shown(path)), "write the file again as CSV in UTF-8")
}

/// A line of a small CSV table.
#[derive(Debug)]
pub(super) struct Row {
    line: u64,
    fields: Vec<String>,
    columns: &'static [&'static str],
}

impl Row {
    pub(super) fn text(&self, column: usize) -> &str {
        &self.fields[column]
    }

    pub(super) fn refused(&self, path: &Path, column: usize, remedy: &str) -> Error {
        let (name, value) = (self.columns[column], self.text(column));
        Error::input(format!("{}: line {}, column {name}: {value:?} cannot be used", shown(path), self.line), remedy)
    }

    pub(super) fn day(&self, path: &Path, column: usize) -> Result<i32, Error> {
        day_of_text(self.text(column)).ok_or_else(|| self.refused(path, column, "write dates as 2020-10-24"))
    }
}

/// Reads a small table with the columns of these names, in any order.
pub(super) fn read(path: &Path, columns: &'static [&'static str]) -> Result<Vec<Row>, Error> {
    if !path.is_file() {
        return Err(crate::error::missing(path));
    }
    let (mut reader, header) = open(path)?;
    let place = |name: &&str| {
        let found = header.iter().position(|column| column == name);
        found.ok_or_else(|| {
            Error::input(
                format!("{}: line 1: there is no column {name}", shown(path)),
                format!("the columns are {}", columns.join(", ")),
            )
        })
    };
    let places: Vec<usize> = columns.iter().map(place).collect::<Result<_, _>>()?;
    let rows = reader.records().map(|record| {
        let record = record.map_err(|error| wrong(path, &error))?;
        let fields = places.iter().map(|at| record.get(*at).unwrap_or_default().to_owned()).collect();
        Ok(Row { line: record.position().map_or(0, Position::line), fields, columns })
    });
    rows.collect()
}
