//! Results on disk, in pages, until they are no longer wanted.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use tempfile::TempDir;

use crate::error::Error;
use crate::statement::from_engine;

/// Most rows of a page.
const PAGE_ROWS: usize = 1_000;
/// About the most bytes of a page.
const PAGE_BYTES: usize = 1 << 20;

/// A folder for results. It goes with the service.
#[derive(Debug)]
pub(super) struct Folder {
    folder: TempDir,
    next: AtomicU64,
}

/// The rows of a statement. Its file goes with it.
#[derive(Debug)]
pub(super) struct Rows {
    path: PathBuf,
    pub(super) schema: SchemaRef,
    /// Number of rows.
    pub(super) count: u64,
    /// Number of pages.
    pub(super) pages: usize,
    /// Length of the file.
    pub(super) bytes: u64,
}

impl Drop for Rows {
    fn drop(&mut self) {
        // What cannot be removed now goes with the folder.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Folder {
    pub(super) fn new() -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("countycast-warehouse-")
            .tempdir()
            .map_err(|source| Error::unwritable(&std::env::temp_dir(), &source))?;
        Ok(Self { folder, next: AtomicU64::new(0) })
    }

    /// Stores the rows of a statement; of more bytes than allowed, none.
    pub(super) async fn store(
        &self,
        mut rows: SendableRecordBatchStream,
        most_bytes: u64,
        sql: &str,
    ) -> Result<Arc<Rows>, Error> {
        let path = self.folder.path().join(format!("{}.arrow", self.next.fetch_add(1, Ordering::Relaxed)));
        let failed = |error: ArrowError| Error::System {
            message: format!("the result could not be stored: {error}"),
            remedy: "make space for temporary files".into(),
        };
        let file = File::create(&path).map_err(|source| Error::unwritable(&path, &source))?;
        // Dropped unless all goes well, and the file with it.
        let mut kept = Rows { path: path.clone(), schema: rows.schema(), count: 0, pages: 0, bytes: 0 };
        let mut writer = FileWriter::try_new(BufWriter::new(file), &kept.schema).map_err(failed)?;
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(|error| from_engine(&error, sql))?;
            for page in pages(&batch) {
                kept.bytes += page.get_array_memory_size().min(size(&page)) as u64;
                if kept.bytes > most_bytes {
                    return Err(Error::statement(
                        format!("the result has more than {most_bytes} bytes, which is the most"),
                        "ask for fewer rows or columns, or for sums",
                    ));
                }
                writer.write(&page).map_err(failed)?;
                kept.count += page.num_rows() as u64;
                kept.pages += 1;
            }
        }
        writer.finish().map_err(failed)?;
        Ok(Arc::new(kept))
    }
}

/// Bytes of the values of a batch.
fn size(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}

/// A batch in parts that make no answer too large.
fn pages(batch: &RecordBatch) -> impl Iterator<Item = RecordBatch> + '_ {
    let per_row = batch.get_array_memory_size() / batch.num_rows().max(1) + 1;
    let rows = (PAGE_BYTES / per_row).clamp(1, PAGE_ROWS);
    (0..batch.num_rows()).step_by(rows).map(move |start| batch.slice(start, rows.min(batch.num_rows() - start)))
}

impl Rows {
    /// A page, from 0. Of a result without rows the first page is empty.
    pub(super) fn page(&self, page: usize) -> Result<RecordBatch, ArrowError> {
        if page >= self.pages {
            return Ok(RecordBatch::new_empty(SchemaRef::clone(&self.schema)));
        }
        let mut reader = FileReader::try_new(File::open(&self.path)?, None)?;
        reader.set_index(page)?;
        reader.next().unwrap_or_else(|| Ok(RecordBatch::new_empty(SchemaRef::clone(&self.schema))))
    }
}
