//! Where a lake lies: its files are found and their columns read alike on this machine and in a bucket.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use datafusion::arrow::datatypes::SchemaRef;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use url::Url;

use super::find::{self, EXTENSION, File, Table, unusable};
use crate::error::{Error, canonical, shown};
use crate::stores::{ParquetObject, Place, Stores, failed, list};

/// Files of a bucket whose columns are read at a time.
const AT_A_TIME: usize = 16;

/// The folder or file of a lake.
#[derive(Debug)]
pub(super) enum Home {
    Local(PathBuf),
    Bucket(Bucket),
}

/// A folder of a bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    stores: Stores,
    store: Arc<dyn ObjectStore>,
    name: String,
    key: String,
}

impl Home {
    /// The home of a lake, which exists where it is on this machine.
    pub(super) fn open(place: &Place, stores: &Stores) -> Result<Self, Error> {
        Ok(match place {
            Place::Local(path) => Self::Local(canonical(path)?),
            Place::Bucket { bucket, key } => Self::Bucket(Bucket {
                stores: stores.clone(),
                store: stores.bucket(bucket)?,
                name: bucket.clone(),
                key: key.trim_end_matches('/').to_owned(),
            }),
        })
    }

    /// The name of its bucket.
    pub(super) fn bucket(&self) -> Option<&str> {
        match self {
            Self::Local(_) => None,
            Self::Bucket(bucket) => Some(&bucket.name),
        }
    }

    /// Whether a place lies in it.
    pub(super) fn holds(&self, place: &Place) -> bool {
        match (self, place) {
            (Self::Local(home), Place::Local(path)) => path.starts_with(home),
            (Self::Bucket(home), Place::Bucket { bucket, key }) => {
                *bucket == home.name && (home.key.is_empty() || Path::new(key).starts_with(&home.key))
            }
            _ => false,
        }
    }

    /// Its tables, by name.
    pub(super) fn tables(&self) -> Result<BTreeMap<String, Table>, Error> {
        match self {
            Self::Local(path) => find::tables(path),
            Self::Bucket(bucket) => bucket.tables(),
        }
    }

    /// The address of a table, as the query engine wants it.
    pub(super) fn url(&self, table: &Table) -> Result<Url, Error> {
        let path = &table.path;
        let url = match self {
            Self::Local(_) if path.is_dir() => Url::from_directory_path(path).ok(),
            Self::Local(_) => Url::from_file_path(path).ok(),
            Self::Bucket(bucket) => bucket.url(table),
        };
        url.ok_or_else(|| unusable(path))
    }

    /// The columns of files, in their order.
    pub(super) fn schemas(&self, files: &[&File]) -> Result<Vec<SchemaRef>, Error> {
        match self {
            Self::Local(_) => files.iter().map(|file| read(&file.path)).collect(),
            Self::Bucket(bucket) => bucket.schemas(files),
        }
    }
}

fn read(path: &Path) -> Result<SchemaRef, Error> {
    let file = std::fs::File::open(path).map_err(|source| Error::unreadable(path, &source))?;
    let metadata =
        ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| damaged(&shown(path), &error))?;
    Ok(Arc::clone(metadata.schema()))
}

fn damaged(what: &str, error: &ParquetError) -> Error {
    if let ParquetError::External(inner) = error
        && let Some(inner) = inner.downcast_ref::<object_store::Error>()
    {
        return failed(what, inner);
    }
    Error::input(
        format!("{what} is no Parquet file, or a damaged one: {error}"),
        "write it again, or move it out of the lake",
    )
}

impl Bucket {
    fn shown(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    fn tables(&self) -> Result<BTreeMap<String, Table>, Error> {
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        let found = self.stores.wait(async move {
            if Path::new(&key).extension().is_some_and(|extension| extension == EXTENSION) {
                return Ok(vec![store.head(&Key::parse(&key)?).await?]);
            }
            list(&store, &key).await
        })?;
        let found = found.map_err(|error| failed(&self.shown(&self.key), &error))?;
        let file = |meta: ObjectMeta| File {
            path: PathBuf::from(meta.location.to_string()),
            bytes: meta.size,
            written: Some(meta.last_modified.into()),
        };
        // A file that is given itself is in the folder of the one table.
        let file_itself = found.len() == 1 && found[0].location.as_ref() == self.key;
        let root = Path::new(&self.key);
        let root = if file_itself { root.parent().unwrap_or(root) } else { root };
        Ok(find::of_objects(root, found.into_iter().map(file).collect()))
    }

    fn url(&self, table: &Table) -> Option<Url> {
        let mut url = Url::parse(&format!("s3://{}", self.name)).ok()?;
        let single = table.files.len() == 1 && table.files[0].path == table.path;
        {
            let mut parts = url.path_segments_mut().ok()?;
            parts.extend(table.path.to_str()?.split('/'));
            if !single {
                parts.push("");
            }
        }
        Some(url)
    }

    fn schemas(&self, files: &[&File]) -> Result<Vec<SchemaRef>, Error> {
        let meta = |file: &&File| {
            let key = file.path.to_string_lossy();
            let location = Key::parse(&key).map_err(|error| failed(&self.shown(&key), &error.into()))?;
            let last_modified = file.written.unwrap_or(SystemTime::UNIX_EPOCH).into();
            Ok(ObjectMeta { location, last_modified, size: file.bytes, e_tag: None, version: None })
        };
        let metas = files.iter().map(meta).collect::<Result<Vec<ObjectMeta>, Error>>()?;
        let (store, name) = (Arc::clone(&self.store), self.name.clone());
        self.stores.wait(async move {
            let read = |meta: ObjectMeta| {
                let what = format!("s3://{name}/{}", meta.location);
                let mut reader = ParquetObject::new(Arc::clone(&store), meta);
                async move {
                    let metadata = ArrowReaderMetadata::load_async(&mut reader, ArrowReaderOptions::new()).await;
                    Ok(Arc::clone(metadata.map_err(|error| damaged(&what, &error))?.schema()))
                }
            };
            futures::stream::iter(metas.into_iter().map(read)).buffered(AT_A_TIME).try_collect().await
        })?
    }
}
