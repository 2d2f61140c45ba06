//! A file that appears when it is complete.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// A file under construction beside the one that it becomes. It vanishes unless it is kept.
#[derive(Debug)]
pub(super) struct Staged {
    file: NamedTempFile,
    target: PathBuf,
}

impl Staged {
    /// Begins a file.
    pub(super) fn beside(target: &Path) -> Result<Self, Error> {
        if target.is_dir() {
            return Err(Error::input(
                format!("{} is a folder", crate::error::shown(target)),
                "give the name of a file in it",
            ));
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(".countycast-")
            .tempfile_in(folder)
            .map_err(|source| Error::unwritable(target, &source))?;
        Ok(Self { file, target: target.to_owned() })
    }

    /// Puts the file in its place.
    pub(super) fn keep(self) -> Result<(), Error> {
        let failed = |source: &std::io::Error| Error::unwritable(&self.target, source);
        self.file.as_file().sync_all().map_err(|source| failed(&source))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Readable as other files of the user are; unfinished it was private.
            let mode = std::fs::Permissions::from_mode(0o644);
            self.file.as_file().set_permissions(mode).map_err(|source| failed(&source))?;
        }
        self.file.persist(&self.target).map_err(|error| Error::unwritable(&self.target, &error.error))?;
        Ok(())
    }
}

impl Write for Staged {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        self.file.write(buffer)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
