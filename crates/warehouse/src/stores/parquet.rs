//! Objects that are read as Parquet: the footer first, and then what is wanted.

use std::ops::Range;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use hyper::body::Bytes;
use object_store::{GetOptions, ObjectMeta, ObjectStore};
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

/// Bytes of a file's end that are read first; the footers of most files are within them.
const END: usize = 64 << 10;

/// An object, as it was when it was found: if it changes, reading it fails.
#[derive(Debug, Clone)]
pub(crate) struct ParquetObject {
    store: Arc<dyn ObjectStore>,
    meta: ObjectMeta,
}

impl ParquetObject {
    /// An object of a store.
    pub(crate) fn new(store: Arc<dyn ObjectStore>, meta: ObjectMeta) -> Self {
        Self { store, meta }
    }
}

/// A part of an object.
pub(super) async fn part(store: &dyn ObjectStore, meta: &ObjectMeta, range: Range<u64>) -> object_store::Result<Bytes> {
    let options = GetOptions { range: Some(range.into()), if_match: meta.e_tag.clone(), ..GetOptions::default() };
    store.get_opts(&meta.location, options).await?.bytes().await
}

impl AsyncFileReader for ParquetObject {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes>> {
        async move { part(&self.store, &self.meta, range).await.map_err(|error| ParquetError::External(Box::new(error))) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>>> {
        async move {
            let reader = ParquetMetaDataReader::new().with_arrow_reader_options(options).with_prefetch_hint(Some(END));
            let size = self.meta.size;
            reader.load_and_finish(self, size).await.map(Arc::new)
        }
        .boxed()
    }
}
