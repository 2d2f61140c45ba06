//! Files of rows. One belongs to a table once the list of tables names it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use uuid::Uuid;

use super::Manifest;
use crate::error::Error;

/// Folder of the files.
pub(super) const DATA: &str = "data";
/// Rows of a group: so many are in memory at a time.
const GROUP: usize = 128 * 1024;

/// A file of rows that no table has yet. It goes unless one takes it.
#[derive(Debug)]
pub(crate) struct Piece {
    path: PathBuf,
    pub(super) file: String,
    pub(crate) rows: u64,
    pub(super) bytes: u64,
    pub(super) taken: bool,
}

impl Drop for Piece {
    fn drop(&mut self) {
        if !self.taken {
            // What cannot be removed now is, when the folder is opened again.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A file of rows under construction.
pub(crate) struct PieceWriter {
    piece: Piece,
    writer: ArrowWriter<std::fs::File>,
    schema: SchemaRef,
}

impl PieceWriter {
    pub(super) fn begin(folder: &Path, schema: SchemaRef) -> Result<Self, Error> {
        let file = format!("{}.parquet", Uuid::new_v4());
        let path = folder.join(DATA).join(&file);
        let out = std::fs::File::create_new(&path).map_err(|source| Error::unwritable(&path, &source))?;
        let piece = Piece { path, file, rows: 0, bytes: 0, taken: false };
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP))
            .build();
        let writer = ArrowWriter::try_new(out, SchemaRef::clone(&schema), Some(properties));
        let writer = writer.map_err(|error| unwritable(&piece.path, error))?;
        Ok(Self { piece, writer, schema })
    }

    /// Columns of the rows.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Writes rows.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        self.piece.rows += rows.num_rows() as u64;
        self.writer.write(rows).map_err(|error| unwritable(&self.piece.path, error))
    }

    /// Completes the file.
    pub(crate) fn finish(self) -> Result<Piece, Error> {
        let Self { mut piece, writer, .. } = self;
        let file = writer.into_inner().map_err(|error| unwritable(&piece.path, error))?;
        let done = file.sync_all().and_then(|()| file.metadata());
        piece.bytes = done.map_err(|source| Error::unwritable(&piece.path, &source))?.len();
        Ok(piece)
    }
}

fn unwritable(path: &Path, error: ParquetError) -> Error {
    let source = match error {
        ParquetError::External(inner) => std::io::Error::other(inner),
        other => std::io::Error::other(other),
    };
    Error::unwritable(path, &source)
}

/// Removes files that the list does not name: those of transactions that never ended.
pub(super) fn sweep(folder: &Path, manifest: &Manifest) -> Result<(), Error> {
    let wanted: HashSet<&String> = manifest.files().collect();
    for place in [folder.to_owned(), folder.join(DATA)] {
        for entry in std::fs::read_dir(&place).map_err(|source| Error::unreadable(&place, &source))? {
            let entry = entry.map_err(|source| Error::unreadable(&place, &source))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(".tables-") || (name.ends_with(".parquet") && !wanted.contains(&name)) {
                std::fs::remove_file(entry.path()).map_err(|source| Error::unwritable(&entry.path(), &source))?;
            }
        }
    }
    Ok(())
}
