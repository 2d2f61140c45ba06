//! The log of accepted updates: lines of JSON that are only ever added to.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error as IoError, Write};
use std::path::Path;

use super::update::Update;
use crate::error::{Error, brief, shown};

/// A log that this process alone writes to.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    /// Bytes of whole lines.
    length: u64,
    /// Whether a line may stand there in part, which could not be removed.
    broken: bool,
}

impl Log {
    /// Opens or begins a log, with the updates in it.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<Update>), Error> {
        let unwritable = |source: IoError| Error::unwritable(path, &source);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(unwritable)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::input(
                format!("{}: another service writes to this log", shown(path)),
                "end it, or name another file with --availability",
            ),
            TryLockError::Error(source) => Error::unwritable(path, &source),
        })?;
        let bytes = std::fs::read(path).map_err(|source| Error::unreadable(path, &source))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut updates = Vec::new();
        for (i, line) in bytes[..whole].split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            let update = serde_json::from_slice(line).map_err(|error| {
                let message = format!("{}: line {}: {}", shown(path), i + 1, brief(&error.to_string()));
                Error::input(message, "the log is written by `serve` alone: restore it from a copy")
            })?;
            updates.push(update);
        }
        // What a crash cut off was never accepted.
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(unwritable)?;
        }
        file.sync_all().map_err(unwritable)?;
        sync_folder(path).map_err(unwritable)?;
        Ok((Self { file, length: whole as u64, broken: false }, updates))
    }

    /// Adds an update: it is on disk when this returns. What could not be written whole is removed.
    pub(super) fn append(&mut self, update: &Update) -> Result<(), IoError> {
        if self.broken {
            return Err(IoError::other("an earlier update could not be removed: start the service again"));
        }
        let mut line = serde_json::to_vec(update)?;
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.broken = self.file.set_len(self.length).and_then(|()| self.file.sync_data()).is_err();
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }
}

/// A new file's name is on disk once its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), IoError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<(), IoError> {
    Ok(())
}
