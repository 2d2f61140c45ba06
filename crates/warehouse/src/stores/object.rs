//! Objects and files that are read, part by part.

use std::io::{Error as IoError, Read};
use std::path::Path;
use std::sync::Arc;

use hyper::body::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore};
use tokio::runtime::Handle;
use walkdir::WalkDir;

use super::parquet::{ParquetObject, part};
use super::{Place, Stores, failed, list};
use crate::error::{Error, canonical};

/// Bytes that are asked for at a time.
const PART: u64 = 8 << 20;

/// An object or a file, as it was when it was found: if it changes, reading it fails.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Where it lies.
    pub(crate) place: Place,
    store: Arc<dyn ObjectStore>,
    meta: ObjectMeta,
}

/// All objects or files whose names begin as the place does, in the order of their names. Names that begin with a point or an
/// underscore are those of unfinished and internal ones.
pub(crate) async fn find(stores: &Stores, place: &Place) -> Result<Vec<Source>, Error> {
    let found = match place {
        Place::Local(path) => files(path)?,
        Place::Bucket { bucket, key } => {
            let store = stores.bucket(bucket)?;
            let folder = key.rsplit_once('/').map_or("", |(folder, _)| folder);
            let objects = list(&store, folder).await.map_err(|error| failed(&place.to_string(), &error))?;
            let wanted =
                objects.into_iter().filter(|meta| meta.location.as_ref().starts_with(key.as_str()) && meta.size > 0);
            let source = |meta: ObjectMeta| Source {
                place: Place::Bucket { bucket: bucket.clone(), key: meta.location.to_string() },
                store: Arc::clone(&store),
                meta,
            };
            wanted.map(source).collect()
        }
    };
    Ok(found
        .into_iter()
        .filter(|source| !source.meta.location.filename().is_some_and(|name| name.starts_with(['.', '_'])))
        .collect())
}

fn files(path: &Path) -> Result<Vec<Source>, Error> {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let store: Arc<dyn ObjectStore> = Arc::new(LocalFileSystem::new());
    let start = path.as_os_str().as_encoded_bytes();
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    // Links are not followed: they might lead out of what may be read.
    for entry in WalkDir::new(canonical(folder)?).min_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::unreadable(folder, &error.into()))?;
        if !entry.file_type().is_file() || !entry.path().as_os_str().as_encoded_bytes().starts_with(start) {
            continue;
        }
        let unreadable = |source: IoError| Error::unreadable(entry.path(), &source);
        let data = entry.metadata().map_err(|error| unreadable(error.into()))?;
        let location = Key::from_absolute_path(entry.path())
            .map_err(|error| failed(&entry.path().display().to_string(), &error.into()))?;
        let written = data.modified().map_err(unreadable)?;
        let meta = ObjectMeta { location, last_modified: written.into(), size: data.len(), e_tag: None, version: None };
        found.push(Source { place: Place::Local(entry.into_path()), store: Arc::clone(&store), meta });
    }
    Ok(found)
}

impl Source {
    /// Reads it from its beginning, on a thread that may wait.
    pub(crate) fn reader(&self, handle: Handle) -> Parts {
        Parts { source: self.clone(), handle, at: 0, part: Bytes::new() }
    }

    /// Reads it as Parquet.
    pub(crate) fn parquet(&self) -> ParquetObject {
        ParquetObject::new(Arc::clone(&self.store), self.meta.clone())
    }
}

/// A reader of an object.
pub(crate) struct Parts {
    source: Source,
    handle: Handle,
    at: u64,
    part: Bytes,
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let meta = &self.source.meta;
        if self.part.is_empty() && self.at < meta.size {
            let end = (self.at + PART).min(meta.size);
            let part = part(&self.source.store, meta, self.at..end);
            self.part = self.handle.block_on(part).map_err(IoError::other)?;
            self.at = end;
        }
        let count = buffer.len().min(self.part.len());
        buffer[..count].copy_from_slice(&self.part.split_to(count));
        Ok(count)
    }
}
