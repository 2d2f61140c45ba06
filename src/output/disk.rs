//! Steps on the disk that results are put in place with.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Removes a file, a link, or a folder with all that it holds, if it is there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a folder with those above it; returns those that were not there, the innermost first.
pub(crate) fn make(folder: &Path) -> Result<Vec<PathBuf>> {
    let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let made = missing.map(Path::to_owned).collect();
    fs::create_dir_all(folder)?;
    Ok(made)
}

/// Removes folders that were made for nothing. Those that hold something by now stay.
pub(crate) fn unmake(made: &[PathBuf]) {
    let _ = made.iter().try_for_each(fs::remove_dir);
}

/// Renames a folder if it is there.
pub(super) fn rename_if_there(from: &Path, to: &Path) -> Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Swaps two folders in one step.
pub(super) fn swap(one: &Path, other: &Path) -> Result<()> {
    let here = rustix::fs::CWD;
    Ok(rustix::fs::renameat_with(here, one, here, other, rustix::fs::RenameFlags::EXCHANGE)?)
}

/// Whether a file system lacks a step: NFS and many file systems in user space call it an invalid argument.
pub(super) fn is_not_supported(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)
}

/// Writes the names in a folder to the disk: a file that was renamed into it is then found after a power failure. Some
/// file systems cannot be asked to.
pub(crate) fn sync(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all().or_else(|error| if is_not_supported(&error) { Ok(()) } else { Err(error) })
}

/// Writes a folder to the disk with all that it holds.
pub(crate) fn sync_all(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            sync_all(&path)?;
        } else if kind.is_file() {
            File::open(path)?.sync_all()?;
        }
    }
    sync(folder)
}

/// Links the files of a folder, and of those in it, that the new one lacks; copies them where the disk has no links.
pub(crate) fn keep(old: &Path, new: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(old) else { return Ok(()) };
    fs::create_dir_all(new)?;
    for entry in entries {
        let (entry, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        let Some(kept) = entry.file_name().map(|name| new.join(name)) else { continue };
        if kind.is_dir() {
            keep(&entry, &kept)?;
        } else if kind.is_file() && !kept.exists() && fs::hard_link(&entry, &kept).is_err() {
            fs::copy(&entry, &kept)?;
        }
    }
    Ok(())
}
