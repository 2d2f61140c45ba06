//! Tables that statements make: a folder of Parquet files, and a list of those that count.
//!
//! ```text
//! FOLDER/tables.json     the tables, their columns and files: replaced as a whole when a transaction ends
//! FOLDER/data/*.parquet  rows; a file that the list does not name is unfinished or no longer wanted
//! FOLDER/lock            held by the one program that changes the tables
//! ```
//!
//! So a transaction is seen as a whole or not at all, whenever a program or the machine stops.

mod column;
mod manifest;
mod piece;
mod work;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use url::Url;

use crate::error::Error;
use crate::stores::Place;

pub(crate) use column::Column;
use manifest::Kept;
pub(crate) use manifest::Manifest;
pub(crate) use piece::{Piece, PieceWriter};
pub(crate) use work::Work;

/// How long files that no table has any more are kept for statements that still read them.
const STALE: Duration = Duration::from_secs(60 * 60);

/// A folder of tables.
#[derive(Debug)]
pub struct Tables {
    folder: PathBuf,
    current: Mutex<Arc<Manifest>>,
    /// One transaction changes the tables at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Held as long as this program may change the tables.
    lock: Option<File>,
    stale: Mutex<Vec<(Instant, PathBuf)>>,
}

impl Tables {
    /// Opens a folder; for changes it is made where it does not exist, and what an earlier program left unfinished is
    /// removed.
    ///
    /// # Errors
    /// [`Error::Input`] where it is no folder of tables, [`Error::System`] where it cannot be read or written, or another
    /// program changes it.
    pub fn open(folder: &Path, change: bool) -> Result<Self, Error> {
        let data = folder.join(piece::DATA);
        if change {
            std::fs::create_dir_all(&data).map_err(|source| Error::unwritable(&data, &source))?;
        }
        let folder = crate::error::canonical(folder)?;
        let lock = if change { Some(lock(&folder)?) } else { None };
        let manifest = Manifest::read(&folder)?;
        if change {
            piece::sweep(&folder, &manifest)?;
        }
        Ok(Self {
            folder,
            current: Mutex::new(Arc::new(manifest)),
            turn: Arc::default(),
            lock,
            stale: Mutex::default(),
        })
    }

    /// The tables as they are now.
    ///
    /// # Errors
    /// [`Error::Input`] where another program has left a list that cannot be read.
    pub(crate) fn current(&self) -> Result<Arc<Manifest>, Error> {
        // Another program may have changed them where this one may not.
        if self.lock.is_none() {
            return Manifest::read(&self.folder).map(Arc::new);
        }
        Ok(Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Whether a place is in the folder.
    pub(crate) fn holds(&self, place: &Place) -> bool {
        matches!(place, Place::Local(path) if path.starts_with(&self.folder))
    }

    /// A table as the query engine reads it.
    pub(crate) fn provider(&self, manifest: &Manifest, name: &str) -> Result<Option<Arc<dyn TableProvider>>, Error> {
        let Some(table) = manifest.table(name) else { return Ok(None) };
        let schema = table.schema()?;
        Ok(Some(if table.files.is_empty() { Arc::new(EmptyTable::new(schema)) } else { self.listing(table, schema)? }))
    }

    fn listing(&self, table: &Kept, schema: SchemaRef) -> Result<Arc<dyn TableProvider>, Error> {
        let unusable = || {
            Error::input(
                format!("the folder {} cannot be used for tables", crate::error::shown(&self.folder)),
                "give it a plain name",
            )
        };
        let url = |file: &String| {
            let url = Url::from_file_path(self.folder.join(piece::DATA).join(file)).map_err(|()| unusable())?;
            ListingTableUrl::try_new(url, None).map_err(|_| unusable())
        };
        let urls = table.files.iter().map(url).collect::<Result<Vec<_>, Error>>()?;
        let partitions: Vec<(String, DataType)> = Vec::new();
        let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_table_partition_cols(partitions);
        let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(schema);
        Ok(Arc::new(ListingTable::try_new(config).map_err(|_| unusable())?))
    }

    /// Puts a list of tables in the place of the one before.
    fn commit(&self, manifest: Manifest, dropped: Vec<String>) -> Result<(), Error> {
        manifest.write(&self.folder)?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(manifest);
        let mut stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        stale.extend(dropped.into_iter().map(|file| (Instant::now(), self.folder.join(piece::DATA).join(file))));
        stale.retain(|(since, path)| {
            let wanted = since.elapsed() < STALE;
            if !wanted {
                // What cannot be removed now is, when the folder is opened again.
                let _ = std::fs::remove_file(path);
            }
            wanted
        });
        Ok(())
    }
}

fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|source| Error::unwritable(&path, &source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::System {
            message: format!("another program changes the tables in {}", crate::error::shown(folder)),
            remedy: "end it, or leave out --write and read them".into(),
        }),
        Err(TryLockError::Error(source)) => Err(Error::unwritable(&path, &source)),
    }
}
