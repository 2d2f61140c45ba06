//! One fetch at a time on a source.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::FetchError;

/// Held while a source is fetched. The system lets go of it when the process ends, however it ends; the file stays.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a source's folder.
    ///
    /// # Errors
    /// [`FetchError::Busy`] while another holds it.
    pub(crate) fn take(folder: &Path) -> Result<Self, FetchError> {
        let path = folder.join(".lock");
        let file = File::options().create(true).append(true).open(&path).map_err(FetchError::disk(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(FetchError::Busy),
            Err(TryLockError::Error(error)) => Err(FetchError::disk(&path)(error)),
        }
    }
}
