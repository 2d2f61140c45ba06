//! Claims in CSV files with a header.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::{Position, StringRecord};
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewBuilder};

use super::{BATCH, Batches, COLUMNS, Place, Raw};
use crate::care::lines::{open, wrong};
use crate::error::{Error, shown};

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
