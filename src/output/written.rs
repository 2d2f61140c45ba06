//! What a manifest says of the files beside it, so that a damaged or mixed folder is known as such.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::regular;
use crate::error::{Error, InputError};
use crate::identity::sha256_of;

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Path below the folder of the result.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

impl Written {
    /// Reads a file that was just written, and syncs it to disk.
    pub(crate) fn of(file: &Path, path: String) -> io::Result<Self> {
        let opened = File::open(file)?;
        opened.sync_all()?;
        Ok(Self { path, bytes: opened.metadata()?.len(), sha256: sha256_of(opened)? })
    }

    /// Whether these are its bytes.
    pub(crate) fn is(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes.len() as u64 && crate::identity::sha256(bytes) == self.sha256
    }

    /// Refuses a file that is not there or has other bytes, with what to do about it.
    ///
    /// # Errors
    /// [`Error::Input`].
    pub(crate) fn check(&self, folder: &Path, remedy: &str) -> Result<(), Error> {
        let path = folder.join(&self.path);
        let file = regular::open(&path).map_err(|source| Error::read(&path, source))?;
        let fail = |source| Error::read(&path, source);
        // The length tells most damage without reading.
        let same = file.metadata().map_err(fail)?.len() == self.bytes
            && sha256_of(file.take(self.bytes)).map_err(fail)? == self.sha256;
        if same {
            return Ok(());
        }
        let problem = "is damaged, or of another run: its bytes are not those that the manifest names";
        Err(InputError::new(&path, problem, remedy).into())
    }
}
