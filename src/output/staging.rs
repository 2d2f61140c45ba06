//! Output is staged and put in place as a whole.
//!
//! A run writes into a folder beside the output folder. What is complete stays there if the run is killed, and the same
//! command resumes from it. At the end the two folders are swapped in one step of the file system: a reader sees the
//! complete old result or the complete new one. Where the file system has no such step it takes two, and the next run
//! puts the old result back if one is killed between them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::beside::Beside;
use super::disk;
use super::lock::Lock;
use super::regular;
use super::target::{self, request};
use super::written::Written;
use crate::error::Error;

/// Most bytes of the key of a run.
const MOST_KEY_BYTES: u64 = 1 << 10;

/// What a folder of results holds.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Names of all files and folders of a result: a folder with any other is not replaced.
    pub names: &'static [&'static str],
    /// Folders whose earlier files stay where the new result has none of their name.
    pub kept: &'static [&'static str],
}

/// The folder that becomes the output folder.
#[derive(Debug)]
pub struct Staging {
    out: PathBuf,
    beside: Beside,
    layout: Layout,
    /// Finished files, by name.
    written: Mutex<BTreeMap<String, Written>>,
    /// Held for the duration of the run.
    _lock: Lock,
}

impl Staging {
    /// Reserves `out` for this run: tests it before any work is done, and locks other runs out.
    ///
    /// # Errors
    /// [`Error::Request`] if `out` cannot be replaced as a whole (a mount point, the current folder), contains other
    /// files, or another run is writing to it; [`Error::Io`] where nothing can be written beside it.
    pub fn reserve(out: &Path, layout: Layout) -> Result<Self, Error> {
        let out = target::real(out)?;
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(request(format!("{} is not a folder to write to", out.display()), "name a new folder"));
        };
        let beside = Beside::new(parent, &name.to_string_lossy());
        if let Err(refused) = target::refuse(&out, layout.names) {
            tidy(&beside);
            return Err(refused);
        }
        let Some(lock) = Lock::take(&beside.lock).map_err(|source| Error::write(&beside.lock, source))? else {
            let message = format!("another run is writing to {}", out.display());
            return Err(request(message, "wait for it, or name another folder"));
        };
        beside.restore(&out).map_err(|source| Error::write(&out, source))?;
        Ok(Self { out, beside, layout, written: Mutex::default(), _lock: lock })
    }

    /// Begins, with the files that a run with the same `key` left, if one was killed.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be created.
    pub fn resume(&self, key: &str) -> Result<(), Error> {
        if self.left_by().as_deref() == Some(key) && self.parts().is_dir() { Ok(()) } else { self.begin(key) }
    }

    /// Begins a result that is quick to produce: files of a killed run are discarded.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be created.
    pub fn fresh(&self) -> Result<(), Error> {
        self.begin("")
    }

    /// Key of the run whose files lie in the folder, if one was killed.
    #[must_use]
    pub fn left_by(&self) -> Option<String> {
        let key = regular::bytes(&self.beside.key(), MOST_KEY_BYTES).ok()?;
        String::from_utf8(key).ok()
    }

    fn begin(&self, key: &str) -> Result<(), Error> {
        disk::remove(self.folder()).map_err(|source| Error::write(self.folder(), source))?;
        let (parts, file) = (self.parts(), self.beside.key());
        fs::create_dir_all(&parts).map_err(|source| Error::write(&parts, source))?;
        fs::write(&file, key).map_err(|source| Error::write(&file, source))
    }

    /// The output folder, with the earlier result until the end.
    #[must_use]
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// The folder that is written until the end.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.beside.partial
    }

    /// Folder of the groups' parts until the end.
    #[must_use]
    pub fn parts(&self) -> PathBuf {
        self.folder().join("parts")
    }

    /// Writes one file of the result atomically, under a temporary name first.
    ///
    /// # Errors
    /// Errors of `write`, or [`Error::Io`].
    pub fn write(&self, name: &str, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<PathBuf, Error> {
        write(&self.begin_file(name)?)?;
        self.finish_file(name)
    }

    /// Writes one file of the result that is at hand as bytes.
    ///
    /// # Errors
    /// As [`Staging::write`].
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf, Error> {
        self.write(name, |path| fs::write(path, bytes).map_err(|source| Error::write(path, source)))
    }

    /// Writes many files of the result side by side: the disk takes their syncing together, which takes it ten times as long one
    /// by one.
    ///
    /// # Errors
    /// As [`Staging::write`]; files may then be missing.
    pub fn put_all(&self, files: &BTreeMap<String, String>) -> Result<(), Error> {
        let files: Vec<_> = files.iter().collect();
        disk::side_by_side(&files, |(name, text)| self.put(name, text).map(drop))
    }

    /// Writes one file of the result as JSON, for people and machines.
    ///
    /// # Errors
    /// As [`Staging::write`].
    pub fn json(&self, name: &str, document: &impl Serialize) -> Result<PathBuf, Error> {
        let text = serde_json::to_vec_pretty(document);
        self.put(name, text.map_err(|error| Error::write(&self.folder().join(name), std::io::Error::other(error)))?)
    }

    /// The path under which a file of the result is written until [`Staging::finish_file`]; its folder is created.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be created.
    pub fn begin_file(&self, name: &str) -> Result<PathBuf, Error> {
        let aside = unfinished(&self.folder().join(name));
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
        let path = self.folder().join(name);
        let fail = |source| Error::write(&path, source);
        let written = Written::of(&unfinished(&path), name.to_owned()).map_err(fail)?;
        fs::rename(unfinished(&path), &path).map_err(fail)?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), written);
        Ok(path)
    }

    /// The files of the result that this run has finished, by name.
    #[must_use]
    pub fn written(&self) -> Vec<Written> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.values().filter(|file| !file.path.starts_with("parts/")).cloned().collect()
    }

    /// Takes a folder of the earlier result over into this one, unless a killed run has left its own.
    ///
    /// # Errors
    /// [`Error::Io`] where its files cannot be linked or copied.
    pub fn take_over(&self, name: &str) -> Result<(), Error> {
        let (old, new) = (self.out.join(name), self.folder().join(name));
        if new.is_dir() || !old.is_dir() {
            return Ok(());
        }
        // A folder of which a killed run had taken a part would pass for the whole.
        let part = unfinished(&new);
        let taken = disk::remove(&part).and_then(|()| disk::keep(&old, &part)).and_then(|()| fs::rename(&part, &new));
        taken.map_err(|source| Error::write(&new, source))
    }

    /// Replaces the last result with this one; what the layout keeps of it stays.
    ///
    /// # Errors
    /// [`Error::Io`] if the folders cannot be swapped; the last result is then untouched.
    pub fn commit(self) -> Result<PathBuf, Error> {
        let fail = |source| Error::write(&self.out, source);
        for path in [self.beside.key(), self.parts()] {
            disk::remove(&path).map_err(|source| Error::write(&path, source))?;
        }
        for name in self.layout.kept {
            disk::keep(&self.out.join(name), &self.folder().join(name)).map_err(fail)?;
        }
        disk::sync_all(self.folder()).map_err(fail)?;
        if self.out.exists() {
            self.beside.replace(&self.out).map_err(fail)?;
        } else {
            fs::rename(self.folder(), &self.out).map_err(fail)?;
        }
        // The result is in place: what fails from here on is no failure of the run. What remains of the earlier result
        // has no key, so that the next run removes it.
        let _ = self.out.parent().map(disk::sync);
        let _ = self.beside.sweep();
        Ok(self.out)
    }
}

/// Removes what a run that was killed after its last step left beside a folder that may not be replaced.
fn tidy(beside: &Beside) {
    if beside.lock.exists()
        && let Ok(Some(_lock)) = Lock::take(&beside.lock)
        && !beside.key().exists()
    {
        // What cannot be removed stays.
        let _ = disk::remove(&beside.partial);
    }
}

/// The name of a file until it is finished.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout { names: &["a", "hub"], kept: &["hub"] };

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn put(staging: &Staging, name: &str, text: &str) {
        staging.put(name, text).unwrap();
    }

    #[test]
    fn a_result_is_replaced_as_a_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        for (text, name) in [("one", "hub/one.csv"), ("two", "hub/two.csv")] {
            let staging = Staging::reserve(&out, LAYOUT).unwrap();
            staging.fresh().unwrap();
            let files = [("a", text), (name, text)].map(|(name, text)| (name.to_owned(), text.to_owned()));
            staging.put_all(&files.into()).unwrap();
            put(&staging, "parts/1", "");
            assert_eq!(staging.written().iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a", name]);
            staging.commit().unwrap();
            assert_eq!(fs::read_to_string(out.join("a")).unwrap(), text);
            assert_eq!(names(folder.path()), ["out"]);
        }
        assert_eq!(names(&out.join("hub")), ["one.csv", "two.csv"]);
    }

    #[test]
    fn what_a_killed_run_left_is_resumed_by_the_same_and_heals_if_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let (out, partial) = (folder.path().join("out"), folder.path().join(".out.partial"));
        let begin = |key: &str| {
            let staging = Staging::reserve(&out, LAYOUT).unwrap();
            staging.resume(key).unwrap();
            staging
        };
        put(&begin("one"), "a", "of one");
        assert!(begin("one").folder().join("a").exists());
        assert!(!begin("two").folder().join("a").exists());
        // A file in place of a folder, and a folder in place of a file.
        fs::remove_dir_all(&partial).unwrap();
        fs::write(&partial, "").unwrap();
        begin("two");
        fs::remove_file(partial.join(".key")).unwrap();
        fs::create_dir(partial.join(".key")).unwrap();
        begin("two");
        fs::remove_file(partial.join(".key")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(partial.join(".key")).status().unwrap().success());
        begin("two");
        fs::remove_dir(partial.join("parts")).unwrap();
        put(&begin("two"), "a", "whole");
    }

    #[test]
    fn what_a_run_left_that_was_killed_after_its_last_step_goes_even_where_nothing_is_replaced() {
        const ONCE: Layout = Layout { names: &[], kept: &[] };
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("a"), "whole").unwrap();
        let (lock, partial) = (folder.path().join(".out.lock"), folder.path().join(".out.partial"));
        for key in [None, Some(".key")] {
            fs::create_dir(&partial).unwrap();
            fs::write(&lock, "").unwrap();
            key.map_or(Ok(()), |key| fs::write(partial.join(key), "")).unwrap();
            let error = Staging::reserve(&out, ONCE).unwrap_err().to_string();
            assert!(error.contains("is not empty"), "{error}");
            // What has a key can be resumed once the folder is free.
            assert_eq!((lock.exists(), partial.exists()), (false, key.is_some()));
        }
    }

    #[test]
    fn the_folder_behind_a_link_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        fs::create_dir(folder.path().join("disk")).unwrap();
        std::os::unix::fs::symlink("disk", &link).unwrap();
        let staging = Staging::reserve(&link, LAYOUT).unwrap();
        staging.fresh().unwrap();
        put(&staging, "a", "new");
        staging.commit().unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(folder.path().join("disk/a")).unwrap(), "new");
    }
}
