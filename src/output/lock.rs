//! Locks between runs.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::disk;

/// A lock file held by one run. The system releases the lock when the process ends, however it ends; the file is removed
/// with it unless the process was killed, and a file that is left behind is taken over.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// Folders that were made for it, and that go with it if nothing came of them.
    made: Vec<PathBuf>,
    _file: File,
}

impl Lock {
    /// Takes the lock; none if another run holds it. The folder of the file is created.
    pub(super) fn take(path: &Path) -> Result<Option<Self>> {
        let made = path.parent().map_or(Ok(Vec::new()), disk::make)?;
        loop {
            let file = File::options().create(true).append(true).open(path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Its last holder may have removed the file between the two steps: a lock on a removed file locks nobody out.
            if is_at(&file, path)? {
                return Ok(Some(Self { path: path.to_owned(), made, _file: file }));
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While the lock is still held, so that nobody else's file is removed. One that stays is taken over.
        let _ = fs::remove_file(&self.path);
        disk::unmake(&self.made);
    }
}

/// Whether the path still names this file.
fn is_at(file: &File, path: &Path) -> Result<bool> {
    let held = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok((held.dev(), held.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_nothing_stays_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/.out.lock");
        let lock = Lock::take(&path).unwrap().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        drop(lock);
        assert!(!folder.path().join("new").exists());
        // One that a killed run left behind.
        fs::create_dir(folder.path().join("new")).unwrap();
        fs::write(&path, "").unwrap();
        assert!(Lock::take(&path).unwrap().is_some());
        assert!(!path.exists() && folder.path().join("new").exists());
    }
}
