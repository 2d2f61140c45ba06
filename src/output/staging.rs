//! Files are written aside and put in place together.
//!
//! A run writes into a folder beside the output folder. Groups that are complete stay there when the run is killed, and
//! the same command goes on from them. At the end the two folders change places in one step of the file system: a
//! reader sees the old result or the new one, whole.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The folder that becomes the output folder.
pub struct Staging {
    out: PathBuf,
    folder: PathBuf,
    /// Held for as long as the run lasts; the system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl Staging {
    /// Opens the folder beside `out`, keeping what a run with the same `key` left there. `ours` are the names of all
    /// files and folders that a result consists of.
    ///
    /// # Errors
    /// [`Error::Request`] where `out` holds files of somebody else or another run is writing to it; [`Error::Io`] where
    /// the folder cannot be made.
    pub fn open(out: &Path, key: &str, ours: &[&str]) -> Result<Self, Error> {
        let staging = Self::lock(out, ours)?;
        if fs::read_to_string(staging.key()).ok().as_deref() != Some(key) {
            staging.begin(key)?;
        }
        Ok(staging)
    }

    /// Opens the folder beside `out` for a result that is quick to make: what a killed run left there is thrown away.
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
            return Err(request(format!("{} is no folder to write to", out.display()), "name a new folder"));
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

    /// What was asked of the run under way.
    fn key(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// Where the groups' parts are kept until the end.
    #[must_use]
    pub fn parts(&self) -> PathBuf {
        self.folder.join("parts")
    }

    /// Writes one file of the result, through a name that no reader looks for, so that it is there whole or not at all.
    ///
    /// # Errors
    /// What `write` says, or [`Error::Io`].
    pub fn write(&self, name: &str, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        let aside = path.with_extension("unfinished");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| Error::write(parent, source))?;
        }
        write(&aside)?;
        let synced = File::open(&aside).and_then(|file| file.sync_all());
        synced.and_then(|()| fs::rename(&aside, &path)).map_err(|source| Error::write(&path, source))?;
        Ok(path)
    }

    /// Puts the result in place of the last one.
    ///
    /// Hub files of other days stay: a hub collects them.
    ///
    /// # Errors
    /// [`Error::Io`] where the folders cannot change places; the last result is untouched then.
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

/// The folder is replaced as a whole, so it must hold nothing but an earlier result.
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
    let Ok(entries) = fs::read_dir(old.join("hub")) else { return Ok(()) };
    let hub = new.join("hub");
    fs::create_dir_all(&hub)?;
    for entry in entries {
        let entry = entry?;
        let kept = hub.join(entry.file_name());
        if !kept.exists() {
            fs::hard_link(entry.path(), kept)?;
        }
    }
    Ok(())
}
