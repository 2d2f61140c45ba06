//! What lies beside an output folder while a run writes to it.

use std::io;
use std::path::{Path, PathBuf};

use super::disk;

/// Hidden names beside an output folder.
#[derive(Debug)]
pub(super) struct Beside {
    /// The folder that becomes the output folder.
    pub(super) partial: PathBuf,
    /// The earlier result, while a file system that swaps no folders puts the new one in its place.
    pub(super) earlier: PathBuf,
    /// Held by the run.
    pub(super) lock: PathBuf,
}

impl Beside {
    /// Those of a folder of this name.
    pub(super) fn new(parent: &Path, name: &str) -> Self {
        let hidden = |suffix: &str| parent.join(format!(".{name}.{suffix}"));
        Self { partial: hidden("partial"), earlier: hidden("earlier"), lock: hidden("lock") }
    }

    /// Key of the run whose files lie in the partial folder.
    pub(super) fn key(&self) -> PathBuf {
        self.partial.join(".key")
    }

    /// Puts an earlier result back that a killed run had put aside, or removes it where the new one is in its place.
    pub(super) fn restore(&self, out: &Path) -> io::Result<()> {
        if out.exists() { disk::remove(&self.earlier) } else { disk::rename_if_there(&self.earlier, out) }
    }

    /// Puts the new result in the place of the earlier one, in one step where the file system can swap two folders; else
    /// the earlier one is put aside first. Where that fails, the earlier one stays.
    pub(super) fn replace(&self, out: &Path) -> io::Result<()> {
        self.replace_by(disk::swap, out)
    }

    fn replace_by(&self, swap: impl Fn(&Path, &Path) -> io::Result<()>, out: &Path) -> io::Result<()> {
        match swap(&self.partial, out) {
            Err(error) if disk::is_not_supported(&error) => {}
            swapped => return swapped,
        }
        disk::remove(&self.earlier)?;
        std::fs::rename(out, &self.earlier)?;
        std::fs::rename(&self.partial, out).inspect_err(|_| {
            // If this fails, too, the next run tries again.
            let _ = self.restore(out);
        })
    }

    /// Removes what remains of an earlier result. A run that is killed before leaves that to the next one.
    pub(super) fn sweep(&self) -> io::Result<()> {
        disk::remove(&self.partial)?;
        disk::remove(&self.earlier)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A file system such as NFS, and many in user space.
    fn unsupported(_: &Path, _: &Path) -> io::Result<()> {
        Err(rustix::io::Errno::INVAL.into())
    }

    fn folder(path: &Path, text: &str) {
        fs::create_dir(path).unwrap();
        fs::write(path.join("a"), text).unwrap();
    }

    fn read(path: &Path) -> Option<String> {
        fs::read_to_string(path.join("a")).ok()
    }

    #[test]
    fn a_folder_is_replaced_where_the_file_system_swaps_none() {
        let scratch = tempfile::tempdir().unwrap();
        let (out, beside) = (scratch.path().join("out"), Beside::new(scratch.path(), "out"));
        folder(&out, "old");
        folder(&beside.partial, "new");
        // What an earlier run could not remove.
        folder(&beside.earlier, "older");
        beside.replace_by(unsupported, &out).unwrap();
        assert_eq!((read(&out), read(&beside.earlier)), (Some("new".to_owned()), Some("old".to_owned())));
        beside.sweep().unwrap();
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_of_another_kind_leaves_the_earlier_result() {
        let scratch = tempfile::tempdir().unwrap();
        let (out, beside) = (scratch.path().join("out"), Beside::new(scratch.path(), "out"));
        folder(&out, "old");
        let full = |_: &Path, _: &Path| Err(rustix::io::Errno::NOSPC.into());
        assert_eq!(beside.replace_by(full, &out).unwrap_err().kind(), io::ErrorKind::StorageFull);
        // Nor is it lost where the new one cannot be renamed: there is none.
        assert_eq!(beside.replace_by(unsupported, &out).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!((read(&out).as_deref(), beside.earlier.exists()), (Some("old"), false));
    }

    #[test]
    fn what_a_run_left_that_was_killed_between_two_steps_is_put_back() {
        let scratch = tempfile::tempdir().unwrap();
        let (out, beside) = (scratch.path().join("out"), Beside::new(scratch.path(), "out"));
        beside.restore(&out).unwrap();
        assert!(!out.exists());
        folder(&beside.earlier, "old");
        beside.restore(&out).unwrap();
        assert_eq!((read(&out).as_deref(), beside.earlier.exists()), (Some("old"), false));
        folder(&beside.earlier, "older");
        beside.restore(&out).unwrap();
        assert_eq!((read(&out).as_deref(), beside.earlier.exists()), (Some("old"), false));
    }
}
