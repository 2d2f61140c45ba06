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

/// Threads that wait for the disk: it syncs many files at once as fast as one.
const WAITING: usize = 16;

/// Does what mostly waits for the disk to each of these, several at a time. Returns the first error.
pub(crate) fn side_by_side<T: Sync, E: Send>(
    all: &[T],
    each: impl Fn(&T) -> std::result::Result<(), E> + Sync,
) -> std::result::Result<(), E> {
    let share = all.len().div_ceil(WAITING).max(1);
    std::thread::scope(|scope| {
        let started: Vec<_> = all.chunks(share).map(|part| scope.spawn(|| part.iter().try_for_each(&each))).collect();
        started
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Writes a folder to the disk with all that it holds.
pub(crate) fn sync_all(folder: &Path) -> Result<()> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    for at in 0.. {
        let Some(inside) = folders.get(at) else { break };
        for entry in fs::read_dir(inside)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    side_by_side(&files, |file| File::open(file)?.sync_all())?;
    // From the innermost on: a folder lists what is on the disk.
    folders.iter().rev().try_for_each(|folder| sync(folder))
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn each_is_done_once_and_an_error_is_told() {
        for count in [0, 1, WAITING, 3 * WAITING + 1] {
            let all: Vec<usize> = (0..count).collect();
            let done = Mutex::new(Vec::new());
            let note = |one: &usize| {
                done.lock().unwrap().push(*one);
                Ok::<(), String>(())
            };
            side_by_side(&all, note).unwrap();
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!(done, all);
        }
        let odd = |one: &usize| if one % 2 == 1 { Err(*one) } else { Ok(()) };
        assert_eq!(side_by_side(&[2, 4, 7, 6], odd), Err(7));
    }

    #[test]
    fn a_folder_is_synced_with_those_in_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c"), "text").unwrap();
        sync_all(folder.path()).unwrap();
        assert!(sync_all(&folder.path().join("none")).is_err());
    }
}
