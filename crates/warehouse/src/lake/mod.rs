//! A lake: folders of Parquet files, each of which is a table.
//!
//! A run's folder, an archive and a single file are lakes as well, in a folder of this machine or of a bucket. Tables are looked up anew while statements come, so that
//! a day that is added meanwhile is seen; what was read of a file is kept as long as the file is the same.

mod catalog;
mod find;
mod home;
mod schema;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;

use crate::error::Error;
use crate::stores::{Place, Stores};
use home::Home;

pub(crate) use catalog::{LakeCatalog, LakeSchema};
pub use find::{File, Table};

/// How long a listing of files is taken for true. Files that are added later are seen by later statements.
pub(crate) const FRESH: Duration = Duration::from_secs(1);
/// The same of a store, which takes longer to ask.
const FRESH_REMOTE: Duration = Duration::from_secs(10);

/// Tables by their names.
pub type Tables = Arc<BTreeMap<String, Table>>;

/// The tables of a folder or file.
#[derive(Debug)]
pub struct Lake {
    home: Home,
    listed: Mutex<Option<(Instant, Tables)>>,
    opened: Mutex<HashMap<String, Opened>>,
    schemas: Mutex<HashMap<File, SchemaRef>>,
}

/// A table as it was opened, and the files that it had.
#[derive(Debug, Clone)]
struct Opened {
    files: Vec<File>,
    provider: Arc<dyn TableProvider>,
}

impl Lake {
    /// Opens a folder or a Parquet file: a path, or `s3://BUCKET/FOLDER`.
    ///
    /// # Errors
    /// [`Error::Input`] where it does not exist or holds no Parquet file, [`Error::System`] where it cannot be read.
    pub fn open(path: &Path, stores: &Stores) -> Result<Self, Error> {
        let place = Place::of_path(path)?;
        let home = Home::open(&place, stores)?;
        let lake = Self { home, listed: Mutex::default(), opened: Mutex::default(), schemas: Mutex::default() };
        if lake.tables()?.is_empty() {
            return Err(Error::input(
                format!("there is no Parquet file in {place}"),
                "give the folder of a run, an archive or a lake: `countycast project` writes ./out",
            ));
        }
        Ok(lake)
    }

    /// The bucket that the lake lies in.
    pub(crate) fn bucket(&self) -> Option<&str> {
        self.home.bucket()
    }

    /// Whether a place is in the lake's folder.
    pub(crate) fn holds(&self, place: &Place) -> bool {
        self.home.holds(place)
    }

    /// The tables by name, with their files.
    ///
    /// # Errors
    /// [`Error::System`] where a folder cannot be read.
    pub fn tables(&self) -> Result<Tables, Error> {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((when, tables)) = listed.as_ref()
            && when.elapsed() < if self.home.bucket().is_some() { FRESH_REMOTE } else { FRESH }
        {
            return Ok(Arc::clone(tables));
        }
        let tables = Arc::new(self.home.tables()?);
        *listed = Some((Instant::now(), Arc::clone(&tables)));
        Ok(tables)
    }

    /// A table as the query engine reads it; none of a name that no table has.
    ///
    /// # Errors
    /// [`Error::Input`] where its files do not belong together or one is damaged, [`Error::System`] where one cannot be
    /// read.
    pub fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, Error> {
        let tables = self.tables()?;
        let Some(table) = tables.get(name) else { return Ok(None) };
        let known = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(known) = known
            && known.files == table.files
        {
            return Ok(Some(known.provider));
        }
        let schema = schema::of(name, table, &self.schemas, &self.home)?;
        let provider = catalog::provider(self.home.url(table)?, table, schema)?;
        let opened = Opened { files: table.files.clone(), provider: Arc::clone(&provider) };
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), opened);
        Ok(Some(provider))
    }
}
