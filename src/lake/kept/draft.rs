//! A day or week on its way into the archive.
//!
//! Its files are written to `.pending/as_of=DATE.new` (a week's to `.pending/reference_date=DATE.new`) and synced, its manifest
//! last. Renaming that folder to `.pending/as_of=DATE` makes the day complete in one step. Then its files are moved to their tables; if the run is
//! killed meanwhile, readers find in `.pending` what was not moved, and the next run that writes moves the rest.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::Week;

use super::lock::{self, Held};
use super::{Archive, Partition};
use crate::error::Error;
use crate::output::{Written, disk};

/// Folder of the days that are not in their tables yet.
const PENDING: &str = ".pending";
/// End of the name of a day's folder that is not complete.
const NEW: &str = ".new";
/// Part of the names of files that earlier versions left unfinished when they were killed.
const UNFINISHED: &str = ".unfinished-";

/// A day or week under construction; no other run writes to the archive meanwhile.
pub(super) struct Draft<'a> {
    archive: &'a Archive,
    of: Partition,
    folder: PathBuf,
    written: Vec<Written>,
    _lock: Held,
}

impl<'a> Draft<'a> {
    /// Begins a day or week, after what a killed run left is in order.
    pub(super) fn begin(archive: &'a Archive, of: impl Into<Partition>) -> Result<Self, Error> {
        let lock = lock::exclusive(&archive.root)?;
        tidy(&archive.root)?;
        let of = of.into();
        let folder = pending(&archive.root).join(format!("{of}{NEW}"));
        Ok(Self { archive, of, folder, written: Vec::new(), _lock: lock })
    }

    /// Writes a file of the day or week.
    pub(super) fn write(&mut self, name: String, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
        let path = self.folder.join(&name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| Error::write(parent, source))?;
        }
        write(&path)?;
        self.written.push(Written::of(&path, name).map_err(|source| Error::write(&path, source))?);
        Ok(())
    }

    /// Completes the day or week with a manifest that names its files.
    pub(super) fn commit(
        mut self,
        manifest: impl FnOnce(&Path, Vec<Written>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let files = std::mem::take(&mut self.written);
        self.write(super::manifest_name(self.of), |path| manifest(path, files))?;
        let (pending, done) = (pending(&self.archive.root), pending_part(&self.archive.root, self.of));
        let complete = disk::sync_all(&self.folder)
            .and_then(|()| fs::rename(&self.folder, &done))
            .and_then(|()| disk::sync(&pending));
        complete.map_err(|source| Error::write(&done, source))?;
        put_in_place(&self.archive.root, &done).map_err(|source| Error::write(&self.archive.root, source))?;
        Ok(())
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // Of what could not be written as a whole; what stays is removed by the next run.
        let _ = disk::remove(&self.folder);
        leave(&self.archive.root);
    }
}

fn pending(root: &Path) -> PathBuf {
    root.join(PENDING)
}

/// Folder of a complete day or week that is not in its tables yet.
pub(super) fn pending_part(root: &Path, of: Partition) -> PathBuf {
    pending(root).join(of.to_string())
}

/// The days that are complete and not in their tables yet.
pub(super) fn pending_days(root: &Path) -> Vec<Date> {
    super::days_in(&pending(root))
}

/// The same of weeks.
pub(super) fn pending_weeks(root: &Path) -> Vec<Week> {
    super::weeks_in(&pending(root))
}

/// Puts the archive in order under its lock: complete days and weeks into their tables, and what killed runs left unfinished away.
/// Tests that it can be written.
pub(super) fn tidy(root: &Path) -> Result<(), Error> {
    let pending = pending(root);
    fs::create_dir_all(&pending).map_err(|source| Error::write(&pending, source))?;
    let tidied = fs::read_dir(&pending).and_then(|mut entries| {
        entries.try_for_each(|entry| {
            let path = entry?.path();
            let complete = path.extension().is_none() && path.is_dir();
            if complete { put_in_place(root, &path) } else { disk::remove(&path) }
        })
    });
    tidied.and_then(|()| sweep(root)).map_err(|source| Error::write(root, source))
}

/// Removes the folder of what is pending if nothing is.
pub(super) fn leave(root: &Path) {
    // Fails where something is pending.
    let _ = fs::remove_dir(pending(root));
}

/// Moves the files of a complete day or week to their tables, its manifest last.
fn put_in_place(root: &Path, day: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    collect(day, &mut files)?;
    files.sort_by_key(|file| file.starts_with(day.join(super::MANIFESTS)));
    let mut folders = BTreeSet::new();
    for file in &files {
        let Ok(name) = file.strip_prefix(day) else { continue };
        let target = root.join(name);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
            folders.extend(folder.ancestors().take_while(|folder| folder.starts_with(root)).map(Path::to_owned));
        }
        fs::rename(file, target)?;
    }
    folders.iter().try_for_each(|folder| disk::sync(folder))?;
    disk::remove(day)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() { collect(&entry.path(), files)? } else { files.push(entry.path()) }
    }
    Ok(())
}

/// Removes the unfinished files of earlier versions, which lie beside finished ones.
fn sweep(root: &Path) -> io::Result<()> {
    for table in fs::read_dir(root)?.flatten().filter(|table| table.path().is_dir()) {
        for day in fs::read_dir(table.path())?.flatten() {
            if !day.file_name().to_string_lossy().starts_with("as_of=") {
                continue;
            }
            for file in fs::read_dir(day.path()).into_iter().flatten().flatten() {
                if file.file_name().to_string_lossy().contains(UNFINISHED) {
                    disk::remove(&file.path())?;
                }
            }
        }
    }
    Ok(())
}
