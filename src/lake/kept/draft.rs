//! A day or week on its way into a lake.
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
use super::told::Told;
use super::{Lake, MANIFEST, Partition, parameters, week_scores};
use crate::error::Error;
use crate::output::{Written, disk};

/// Folder of the days that are not in their tables yet.
const PENDING: &str = ".pending";
/// End of the name of a day's folder that is not complete.
const NEW: &str = ".new";
/// Tables of which a day or week may have no part: what an earlier run of it had there goes.
const OPTIONAL: [&str; 4] = ["capacity", "weights", parameters::TABLE, week_scores::TABLE];

/// A day or week under construction; no other run writes to the lake meanwhile.
pub(super) struct Draft<'a> {
    lake: &'a Lake,
    of: Partition,
    folder: PathBuf,
    written: Vec<Written>,
    _lock: Held,
}

impl<'a> Draft<'a> {
    /// Begins a day or week, after what a killed run left is in order.
    pub(super) fn begin(lake: &'a Lake, of: impl Into<Partition>) -> Result<Self, Error> {
        let lock = lock::exclusive(&lake.root)?;
        tidy(&lake.root)?;
        let of = of.into();
        let folder = pending(&lake.root).join(format!("{of}{NEW}"));
        Ok(Self { lake, of, folder, written: Vec::new(), _lock: lock })
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
        let (pending, done) = (pending(&self.lake.root), pending_part(&self.lake.root, self.of));
        let complete = disk::sync_all(&self.folder)
            .and_then(|()| fs::rename(&self.folder, &done))
            .and_then(|()| disk::sync(&pending));
        complete.map_err(|source| Error::write(&done, source))?;
        put_in_place(&self.lake.root, &done).map_err(|source| Error::write(&self.lake.root, source))?;
        Ok(())
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // Of what could not be written as a whole; what stays is removed by the next run.
        let _ = disk::remove(&self.folder);
        leave(&self.lake.root);
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

/// Puts the lake in order under its lock: complete days and weeks into their tables, and what killed runs left unfinished away.
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
    tidied.map_err(|source| Error::write(root, source))
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
    files.sort_by_key(|file| file.ends_with(MANIFEST));
    let manifest = files.last().filter(|file| file.ends_with(MANIFEST)).map(fs::read).transpose()?;
    if let Some(told) = manifest.and_then(|text| serde_json::from_slice::<Told>(&text).ok()) {
        let of = day.file_name().unwrap_or_default().to_string_lossy();
        let gone = OPTIONAL.map(|table| format!("{table}/{of}/part.parquet"));
        let gone = gone.iter().filter(|name| told.files.iter().all(|file| file.path != **name));
        gone.map(|name| root.join(name)).try_for_each(|path| disk::remove(path.parent().unwrap_or(&path)))?;
    }
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
