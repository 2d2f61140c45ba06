//! Claims in CSV files with a header.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::{Position, Reader, StringRecord};
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewBuilder};

use super::{BATCH, Batches, COLUMNS, Place, Raw};
use crate::care::exposure::Row;
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

/// Names of the columns.
pub(super) fn columns(path: &Path) -> Result<Vec<String>, Error> {
    open(path).map(|(_, columns)| columns)
}

/// Reads a file.
pub(super) fn read(path: &Arc<PathBuf>) -> Result<Batches, Error> {
    let (mut reader, columns) = open(path)?;
    let used: Vec<(&str, usize)> = COLUMNS
        .into_iter()
        .filter_map(|name| Some((name, columns.iter().position(|column| column == name)?)))
        .collect();
    let (path, mut record) = (Arc::clone(path), StringRecord::new());
    let mut next = move || -> Result<Option<Raw>, Error> {
        let mut builders: Vec<StringViewBuilder> = used.iter().map(|_| StringViewBuilder::new()).collect();
        let mut lines = Vec::with_capacity(BATCH);
        while lines.len() < BATCH && reader.read_record(&mut record).map_err(|error| wrong(&path, &error))? {
            lines.push(record.position().map_or(0, Position::line));
            for ((_, at), builder) in used.iter().zip(&mut builders) {
                builder.append_value(record.get(*at).unwrap_or_default());
            }
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let columns = used.iter().zip(&mut builders).map(|((name, _), builder)| {
            let array: ArrayRef = Arc::new(builder.finish());
            (*name, array)
        });
        let batch = RecordBatch::try_from_iter(columns)
            .map_err(|error| Error::input(format!("{}: {error}", shown(&path)), "report this as a fault"))?;
        Ok(Some(Raw { batch, file: Arc::clone(&path), place: Place::Lines(lines) }))
    };
    Ok(Box::new(std::iter::from_fn(move || next().transpose())))
}

/// Reads a small table with the columns of these names, in any order.
pub(in crate::care) fn table(path: &Path, columns: &'static [&'static str]) -> Result<Vec<Row>, Error> {
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
