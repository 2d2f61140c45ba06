//! The folder that a result is written to, tested before any work.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The real path of a folder to be written or replaced: absolute, with symbolic links followed, so that the folder behind
/// a link is replaced and not the link.
///
/// # Errors
/// [`Error::Request`] for a path without a name and for a link to nothing.
pub(super) fn real(path: &Path) -> Result<PathBuf, Error> {
    let absolute = std::path::absolute(path).map_err(|source| Error::write(path, source))?;
    let (mut known, mut rest) = (absolute.as_path(), Vec::new());
    loop {
        match fs::canonicalize(known) {
            Ok(found) => return Ok(rest.iter().rev().fold(found, |path, name| path.join(name))),
            Err(_) if known.is_symlink() => {
                let target = fs::read_link(known).unwrap_or_default();
                let message =
                    format!("{} is a symbolic link to {}, which is not there", known.display(), target.display());
                return Err(request(message, "make that folder first, or name another"));
            }
            // What leads through a file is refused where it is to be written.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(Error::write(known, error)),
        }
        let (Some(parent), Some(name)) = (known.parent(), known.file_name()) else {
            return Err(request(format!("{} is not a folder to write to", path.display()), "name a new folder"));
        };
        rest.push(name);
        known = parent;
    }
}

/// Refuses a folder that cannot be replaced as a whole by one that was prepared beside it, and one that holds anything
/// but an earlier result: files and folders with the names in `ours`. With no names it has to be empty.
pub(super) fn refuse(out: &Path, ours: &[&str]) -> Result<(), Error> {
    if out.parent().is_none() || is_mount_point(out) {
        let message = format!("{} is a mount point, which cannot be replaced as a whole", out.display());
        return Err(request(message, &format!("name a folder in it, such as {}", out.join("out").display())));
    }
    if std::env::current_dir().is_ok_and(|here| here.starts_with(out)) {
        let message =
            format!("{} is the current folder or holds it, and would be replaced under the shell", out.display());
        return Err(request(message, "name a folder in it, such as ./out, or go elsewhere first"));
    }
    if out.exists() && !out.is_dir() {
        return Err(request(format!("{} is a file", out.display()), "name a folder"));
    }
    let Ok(entries) = fs::read_dir(out) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if ours.is_empty() {
            return Err(request(
                format!("{} is not empty", out.display()),
                "name a new folder: nothing is overwritten",
            ));
        }
        if !ours.contains(&name.as_str()) {
            let message = format!("the folder {} holds `{name}`, which countycast did not write", out.display());
            return Err(request(message, "name a new folder, or one that an earlier run wrote"));
        }
    }
    Ok(())
}

/// Refuses a folder of the request that lies in the one to be replaced, such as a lake in `--out`.
///
/// # Errors
/// [`Error::Request`] where it does, or where either is no folder at all.
pub(crate) fn apart((other, other_name): (&Path, &str), (out, out_name): (&Path, &str)) -> Result<(), Error> {
    if !real(other)?.starts_with(real(out)?) {
        return Ok(());
    }
    let (other, out) = (other.display(), out.display());
    let message = format!("{other_name} {other} lies in {out_name} {out}, which is replaced as a whole");
    Err(request(message, "name folders beside each other"))
}

/// Whether something is mounted on a folder: a disk, a container's volume, or a folder of the same disk.
fn is_mount_point(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    let Some(own) = device(folder) else { return false };
    let other = folder.parent().and_then(device).is_some_and(|parent| parent != own);
    other || is_mount_root(folder)
}

/// What the device does not tell: a folder mounted from the same disk.
#[cfg(target_os = "linux")]
fn is_mount_root(folder: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    statx(CWD, folder, AtFlags::empty(), StatxFlags::empty())
        .is_ok_and(|found| found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

#[cfg(not(target_os = "linux"))]
fn is_mount_root(_: &Path) -> bool {
    false
}

pub(super) fn request(message: String, remedy: &str) -> Error {
    Error::Request { message, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_and_links_to_nothing_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir(folder.join("a")).unwrap();
        std::os::unix::fs::symlink("a", folder.join("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.join("broken")).unwrap();
        assert_eq!(real(&folder.join("link/new/out")).unwrap(), folder.join("a/new/out"));
        assert!(real(&folder.join("broken")).unwrap_err().to_string().contains("nowhere"));
    }

    #[test]
    fn a_folder_in_the_one_to_be_replaced_is_refused_and_its_neighbours_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let of = |lake: &str, out: &str| {
            let (lake, out) = (folder.path().join(lake), folder.path().join(out));
            apart((&lake, "--lake"), (&out, "--out")).map_err(|error| error.to_string())
        };
        assert_eq!((of("out-lake", "out"), of("lake", "lake/out")), (Ok(()), Ok(())));
        assert!(of("out/lake", "out").unwrap_err().contains("replaced as a whole"));
        assert!(of("out", "out").is_err());
    }

    #[test]
    fn the_current_folder_and_those_above_it_are_refused() {
        let here = std::env::current_dir().unwrap();
        for out in [here.as_path(), here.parent().unwrap()] {
            assert!(refuse(out, &[]).unwrap_err().to_string().contains("current folder"));
        }
        assert!(refuse(Path::new("/proc"), &[]).unwrap_err().to_string().contains("mount point"));
    }
}
