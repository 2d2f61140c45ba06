//! The given data folder, or that of the demonstration panel.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::progress::Progress;
use crate::error::Error;
use crate::panel::demo;
use crate::pipeline::Monitor;

/// A folder with data; the demonstration panel's is removed on drop.
pub(super) enum Folder {
    Given(PathBuf),
    Demo(TempDir),
}

impl Folder {
    /// The folder given, or the demonstration panel in a new one.
    pub(super) fn or_demo(given: Option<&PathBuf>, progress: &Progress) -> Result<Self, Error> {
        if let Some(given) = given {
            return Ok(Self::Given(given.clone()));
        }
        progress.begin("demo", 0);
        // A name that tells whose it is, if the run is killed and leaves it behind.
        let named = tempfile::Builder::new().prefix("countycast-demo-").tempdir();
        let folder = named.map_err(|source| Error::write(&std::env::temp_dir(), source))?;
        demo::write(folder.path(), demo::SEED)?;
        Ok(Self::Demo(folder))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Demo(folder) => folder.path(),
        }
    }
}
