//! The complete days of a lake, by their manifests.

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use hyper::body::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, canonical};
use crate::stores::{Place, Stores, failed};

/// Tables whose folders have the manifests, and the column of the day.
const MANIFESTS: [(&str, &str); 2] = [("runs", "as_of"), ("signal_runs", "reference_date")];
/// End of the files of tables.
const END: &str = "/part.parquet";
/// Longest file that is read, in bytes.
const MOST_BYTES: u64 = 1 << 30;

/// A lake whose days are read.
#[derive(Debug)]
pub(super) struct Lake {
    store: Arc<dyn ObjectStore>,
    shown: String,
}

/// A day or week that is there as a whole.
#[derive(Debug)]
pub(super) struct Day {
    /// Its date.
    pub(super) date: NaiveDate,
    /// The column that tables have for it.
    pub(super) column: &'static str,
    /// Its tables.
    pub(super) files: Vec<File>,
}

impl Day {
    /// Names of its tables.
    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.table.as_str())
    }
}

/// A table's file of a day.
#[derive(Debug)]
pub(super) struct File {
    pub(super) table: String,
    /// Where it lies in the lake.
    pub(super) path: String,
    /// Digest of its bytes, in hexadecimal digits.
    pub(super) sha256: String,
}

#[derive(Deserialize)]
struct Manifest {
    files: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    path: String,
    sha256: String,
}

impl Lake {
    /// Opens a lake: a path, or `s3://BUCKET/FOLDER`.
    pub(super) fn open(path: &Path, stores: &Stores) -> Result<Self, Error> {
        let place = Place::of_path(path)?;
        let store: Arc<dyn ObjectStore> = match &place {
            Place::Local(path) => {
                let path = canonical(path)?;
                Arc::new(LocalFileSystem::new_with_prefix(path).map_err(|error| failed(&place.to_string(), &error))?)
            }
            Place::Bucket { bucket, key } => Arc::new(PrefixStore::new(stores.bucket(bucket)?, key.as_str())),
        };
        Ok(Self { store, shown: place.to_string() })
    }

    fn failed(&self, name: &str, error: &object_store::Error) -> Error {
        failed(&format!("{}/{name}", self.shown), error)
    }

    /// Its complete days and weeks, oldest first.
    pub(super) async fn days(&self) -> Result<Vec<Day>, Error> {
        let mut days = Vec::new();
        for (table, column) in MANIFESTS {
            let listed = self.store.list_with_delimiter(Some(&Key::from(table))).await;
            let folders = listed.map_err(|error| self.failed(table, &error))?.common_prefixes;
            for folder in folders {
                let value = folder.filename().and_then(|name| name.strip_prefix(column)?.strip_prefix('='));
                let Some(date) = value.and_then(|value| value.parse::<NaiveDate>().ok()) else { continue };
                if let Some(files) = self.files(&folder, column, date).await? {
                    days.push(Day { date, column, files });
                }
            }
        }
        days.sort_by_key(|day| (day.date, day.column));
        Ok(days)
    }

    /// The tables that a day's manifest names; none without a manifest.
    async fn files(&self, folder: &Key, column: &str, date: NaiveDate) -> Result<Option<Vec<File>>, Error> {
        let name = folder.clone().join("_run.json");
        let Some(bytes) = self.read(&name).await? else { return Ok(None) };
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| {
            Error::input(
                format!("{}/{name} is no manifest of a day: {error}", self.shown),
                "repeat the day: countycast project --lake LAKE --as-of DATE",
            )
        })?;
        let end = format!("/{column}={date}{END}");
        let file = |file: Named| {
            let table = file.path.strip_suffix(&end)?.to_owned();
            Some(File { table, path: file.path, sha256: file.sha256 })
        };
        Ok(Some(manifest.files.into_iter().filter_map(file).collect()))
    }

    /// The bytes of a file; none where they are not those that the manifest tells of.
    pub(super) async fn bytes(&self, file: &File) -> Result<Option<Bytes>, Error> {
        let path = Key::parse(&file.path).map_err(|error| self.failed(&file.path, &error.into()))?;
        let Some(bytes) = self.read(&path).await? else { return Ok(None) };
        Ok((hex::encode(Sha256::digest(&bytes)) == file.sha256).then_some(bytes))
    }

    async fn read(&self, path: &Key) -> Result<Option<Bytes>, Error> {
        let failed = |error: object_store::Error| self.failed(path.as_ref(), &error);
        let found = match self.store.get(path).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(failed)?,
        };
        if found.meta.size > MOST_BYTES {
            return Err(Error::input(
                format!("{}/{path} has {} bytes, and {MOST_BYTES} are the most", self.shown, found.meta.size),
                "a file of a day's table is far smaller: write the day again",
            ));
        }
        found.bytes().await.map(Some).map_err(failed)
    }
}
