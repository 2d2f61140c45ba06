//! Claims in Parquet files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{BATCH, Batches, COLUMNS, Place, Raw};
use crate::error::{Error, shown};

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let file = File::open(path).map_err(|source| Error::unreadable(path, &source))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(path, &error.to_string()))
}

fn damaged(path: &Path, error: &str) -> Error {
    Error::input(format!("{} is no Parquet file, or a damaged one: {error}", shown(path)), "write it again")
}

/// Names of the columns, and rows of each row group.
pub(super) fn open(path: &Path) -> Result<(Vec<String>, Vec<u64>), Error> {
    let builder = builder(path)?;
    let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let groups = builder.metadata().row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0));
    Ok((columns, groups.collect()))
}

/// Reads a row group, whose first row has a number.
pub(super) fn read(path: &Arc<PathBuf>, group: usize, first: u64) -> Result<Batches, Error> {
    let builder = builder(path)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    let builder = builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(BATCH);
    let reader = builder.build().map_err(|error| damaged(path, &error.to_string()))?;
    let (path, mut row) = (Arc::clone(path), first);
    Ok(Box::new(reader.map(move |batch| {
        let batch = batch.map_err(|error| damaged(&path, &error.to_string()))?;
        let raw = Raw { file: Arc::clone(&path), place: Place::Row(row), batch };
        row += raw.batch.num_rows() as u64;
        Ok(raw)
    })))
}
