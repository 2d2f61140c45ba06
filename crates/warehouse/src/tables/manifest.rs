//! The list of tables, their columns and files.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

use super::Column;
use crate::error::{Error, shown};

const NAME: &str = "tables.json";
/// Version of the list's form.
const VERSION: u32 = 1;

/// The tables at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    version: u32,
    pub(super) tables: BTreeMap<String, Kept>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(super) columns: Vec<Column>,
    pub(super) files: Vec<String>,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

impl Manifest {
    /// Reads the list of a folder; without one there is no table.
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { version: VERSION, tables: BTreeMap::new() });
            }
            Err(error) => return Err(Error::unreadable(&path, &error)),
        };
        let wrong = |what: String| {
            Error::input(format!("{} {what}", shown(&path)), "restore it, or give another folder with --tables")
        };
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|error| wrong(format!("is no list of tables: {error}")))?;
        if manifest.version != VERSION {
            return Err(wrong(format!("has the version {}, and {VERSION} is known", manifest.version)));
        }
        let plain = |file: &String| {
            file.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.') && !file.contains("..")
        };
        if !manifest.files().all(plain) {
            return Err(wrong("names a file outside of the folder".into()));
        }
        Ok(manifest)
    }

    /// Puts the list in the place of the one before, at once.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(NAME);
        let failed = |source: std::io::Error| Error::unwritable(&path, &source);
        let mut file = tempfile::Builder::new().prefix(".tables-").tempfile_in(folder).map_err(failed)?;
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        // The name is on the disk when the folder is. It has its place already, so that this cannot undo it.
        let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &String> {
        self.tables.values().flat_map(|table| &table.files)
    }

    /// A table.
    pub(crate) fn table(&self, name: &str) -> Option<&Kept> {
        self.tables.get(name)
    }

    /// Names of the tables with the number and bytes of their files.
    pub(crate) fn listed(&self) -> impl Iterator<Item = (&String, usize, u64)> {
        self.tables.iter().map(|(name, table)| (name, table.files.len(), table.bytes))
    }
}

impl Kept {
    /// The columns as the query engine knows them.
    pub(crate) fn schema(&self) -> Result<SchemaRef, Error> {
        let field = |column: &Column| {
            column.field().ok_or_else(|| {
                Error::input(
                    format!("the column {} has a type that is not known", column.name),
                    "restore the list of tables",
                )
            })
        };
        let fields = self.columns.iter().map(field).collect::<Result<Vec<Field>, Error>>()?;
        Ok(Arc::new(Schema::new(fields)))
    }
}
