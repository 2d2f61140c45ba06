//! What the manifest of a kept day or week says of its files, and these files.

use std::path::PathBuf;

use countycast_engine::Date;

use super::told::{MOST_MANIFEST_BYTES, Told, damaged};
use super::{Lake, MOST_BYTES, Partition, draft};
use crate::error::Error;
use crate::output::{Written, regular};

impl Lake {
    /// Path of a file of a day or week, by its name below the lake.
    pub(super) fn located(&self, of: impl Into<Partition>, name: &str) -> PathBuf {
        let pending = draft::pending_part(&self.root, of.into()).join(name);
        if pending.exists() { pending } else { self.root.join(name) }
    }

    /// The manifest of a day or week; none if it is missing or damaged.
    pub(super) fn told(&self, of: impl Into<Partition>) -> Option<Told> {
        let of = of.into();
        let path = self.located(of, &super::manifest_name(of));
        serde_json::from_slice(&regular::bytes(&path, MOST_MANIFEST_BYTES).ok()?).ok()
    }

    /// Whether a day's manifest is there, and all files that it names.
    pub(super) fn is_complete(&self, as_of: Date) -> bool {
        self.told(as_of).is_some_and(|day| day.files.iter().all(|file| self.located(as_of, &file.path).exists()))
    }

    /// Whether the manifest of a day names this file, and it is there.
    pub(super) fn has(&self, as_of: Date, name: &str) -> bool {
        let is_file = self.located(as_of, name).exists();
        is_file && self.told(as_of).is_some_and(|day| is_named(&day.files, name).is_some())
    }

    /// The bytes of a file of a complete day or week, as its manifest names them.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that is missing, no regular file, too long, or other than its manifest says.
    pub(super) fn bytes(&self, of: impl Into<Partition>, name: &str) -> Result<Vec<u8>, Error> {
        let of = of.into();
        let path = self.located(of, name);
        let bytes = regular::bytes(&path, MOST_BYTES).map_err(|source| Error::read(&path, source))?;
        match self.told(of).map(|told| told.files) {
            None => Err(damaged(&path, "has no readable manifest")),
            Some(files) if is_named(&files, name).is_none_or(|file| !file.is(&bytes)) => {
                Err(damaged(&path, "is damaged: its bytes are not those that its manifest names"))
            }
            Some(_) => Ok(bytes),
        }
    }
}

fn is_named<'a>(files: &'a [Written], name: &str) -> Option<&'a Written> {
    files.iter().find(|file| file.path == name)
}
