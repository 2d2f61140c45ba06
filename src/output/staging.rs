//! Output is staged and put in place as a whole.
//!
//! A run writes into a folder beside the output folder. Completed groups stay there if the run is killed, and the same
//! command resumes from them. At the end the two folders are swapped in one step of the file system: a reader sees the
//! complete old result or the complete new one.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The folder that becomes the output folder.
pub struct Staging {
    out: PathBuf,
    folder: PathBuf,
    /// A lock held for the duration of the run; the system releases it when the process ends, however it ends.
    _lock: File,
}

impl Staging {
    /// Opens the folder beside `out` and keeps the files that a run with the same `key` left there. `ours` are the
    /// names of all files and folders of a result.
    ///
    /// # Errors
    /// [`Error::Request`] if `out` contains other files or another run is writing to it; [`Error::Io`] where the folder
    /// cannot be created.
    pub fn open(out: &Path, key: &str, ours: &[&str]) -> Result<Self, Error> {
        let staging = Self::lock(out, ours)?;
        if fs::read_to_string(staging.key()).ok().as_deref() != Some(key) {
            staging.begin(key)?;
        }
        Ok(staging)
    }

    /// Opens the folder beside `out` for a result that is quick to produce: files of a killed run are discarded.
    ///
    /// # Errors
    /// As [`Staging::open`].
    pub fn fresh(out: &Path, ours: &[&str]) -> Result<Self, Error> {
        let staging = Self::lock(out, ours)?;
        staging.begin("")?;
        Ok(staging)
    }

    fn lock(out: &Path, ours: &[&str]) -> Result<Self, Error> {
        let out = std::path::absolute(out).map_err(|source| Error::write(out, source))?;
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(request(format!("{} is not a folder to write to", out.display()), "name a new folder"));
        };
        refuse_foreign(&out, ours)?;
        let aside = |suffix: &str| parent.join(format!(".{}.{suffix}", name.to_string_lossy()));
        let (folder, lock) = (aside("partial"), aside("lock"));
        fs::create_dir_all(parent).map_err(|source| Error::write(parent, source))?;
        let file = File::create(&lock).map_err(|source| Error::write(&lock, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = format!("another run is writing to {}", out.display());
                return Err(request(message, "wait for it, or name another folder"));
            }
            Err(TryLockError::Error(source)) => return Err(Error::write(&lock, source)),
        }
        Ok(Self { out, folder, _lock: file })
    }

    fn begin(&self, key: &str) -> Result<(), Error> {
        self.clear()?;
        let (parts, file) = (self.parts(), self.key());
        fs::create_dir_all(&parts).map_err(|source| Error::write(&parts, source))?;
        fs::write(&file, key).map_err(|source| Error::write(&file, source))
    }

    /// Key of the current run.
    fn key(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// Folder of the groups' parts until the end.
    #[must_use]
    pub fn parts(&self) -> PathBuf {
        self.folder.join("parts")
    }

    /// Writes one file of the result atomically, under a temporary name first.
    ///
    /// # Errors
    /// Errors of `write`, or [`Error::Io`].
    pub fn write(&self, name: &str, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<PathBuf, Error> {
        write(&self.begin_file(name)?)?;
        self.finish_file(name)
    }

    /// The path under which a file of the result is written until [`Staging::finish_file`]; its folder is created.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be created.
    pub fn begin_file(&self, name: &str) -> Result<PathBuf, Error> {
        let aside = self.folder.join(name).with_extension("unfinished");
        if let Some(parent) = aside.parent() {
            fs::create_dir_all(parent).map_err(|source| Error::write(parent, source))?;
        }
        Ok(aside)
    }

    /// Syncs a file to disk and gives it its final name.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written out or renamed.
    pub fn finish_file(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        let aside = path.with_extension("unfinished");
        let synced = File::open(&aside).and_then(|file| file.sync_all());
        synced.and_then(|()| fs::rename(&aside, &path)).map_err(|source| Error::write(&path, source))?;
        Ok(path)
    }

    /// Replaces the last result with this one.
    ///
    /// Hub files of other days are kept: a hub collects them.
    ///
    /// # Errors
    /// [`Error::Io`] if the folders cannot be swapped; the last result is then untouched.
    pub fn commit(self) -> Result<PathBuf, Error> {
        let fail = |source| Error::write(&self.out, source);
        for name in ["key", "parts"] {
            let path = self.folder.join(name);
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(|source| Error::write(&path, source))?;
        }
        if self.out.exists() {
            keep_hub_files(&self.out, &self.folder).map_err(fail)?;
            let here = rustix::fs::CWD;
            let exchange = rustix::fs::RenameFlags::EXCHANGE;
            rustix::fs::renameat_with(here, &self.folder, here, &self.out, exchange).map_err(|e| fail(e.into()))?;
            self.clear()?;
        } else {
            fs::rename(&self.folder, &self.out).map_err(fail)?;
        }
        Ok(self.out)
    }

    fn clear(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.folder) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::write(&self.folder, source)),
            _ => Ok(()),
        }
    }
}

fn request(message: String, remedy: &str) -> Error {
    Error::Request { message, remedy: remedy.to_owned() }
}

/// The folder is replaced as a whole, so it must contain only an earlier result.
fn refuse_foreign(out: &Path, ours: &[&str]) -> Result<(), Error> {
    if out.is_file() {
        return Err(request(format!("{} is a file", out.display()), "name a folder"));
    }
    let Ok(entries) = fs::read_dir(out) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !ours.contains(&name.as_str()) {
            let message = format!("the folder {} holds `{name}`, which countycast did not write", out.display());
            return Err(request(message, "name a new folder, or one that an earlier run wrote"));
        }
    }
    Ok(())
}

fn keep_hub_files(old: &Path, new: &Path) -> std::io::Result<()> {
    keep(&old.join("hub"), &new.join("hub"))
}

/// Links the files of a folder, and of those in it, that the new one lacks.
fn keep(old: &Path, new: &Path) -> std::io::Result<()> {
    let Ok(entries) = fs::read_dir(old) else { return Ok(()) };
    fs::create_dir_all(new)?;
    for entry in entries {
        let entry = entry?;
        let kept = new.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            keep(&entry.path(), &kept)?;
        } else if !kept.exists() {
            fs::hard_link(entry.path(), kept)?;
        }
    }
    Ok(())
}
