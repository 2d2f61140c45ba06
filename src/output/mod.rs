//! What a run writes: a file per format, and all of them or none.

pub mod counties;
pub mod hub;
pub mod projections;
pub mod run;
mod staging;

pub use staging::Staging;

use std::path::Path;

use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter, PolarsError};

use crate::error::Error;

/// A Parquet file with the compression that all of ours have.
fn parquet_writer(path: &Path) -> Result<ParquetWriter<std::fs::File>, Error> {
    let file = std::fs::File::create(path).map_err(|source| Error::write(path, source))?;
    Ok(ParquetWriter::new(file).with_compression(ParquetCompression::Zstd(None)))
}

fn write_parquet(path: &Path, mut frame: DataFrame) -> Result<(), Error> {
    parquet_writer(path)?.finish(&mut frame).map(|_| ()).map_err(|error| polars_error(path, error))
}

/// Polars wraps what the system said; a full disk must still be told as one.
fn polars_error(path: &Path, error: PolarsError) -> Error {
    let source = match error {
        PolarsError::IO { error, .. } => std::io::Error::new(error.kind(), error.to_string()),
        other => std::io::Error::other(other.to_string()),
    };
    Error::write(path, source)
}
