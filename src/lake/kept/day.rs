//! What the manifest of an archived day or week says of its files, and these files.

use std::path::{Path, PathBuf};

use countycast_engine::Date;
use serde::Deserialize;

use super::kept::Coefficients;
use super::{Archive, MOST_BYTES, Partition, draft, part};
use crate::error::{Error, InputError};
use crate::output::{Written, regular};

/// Most bytes of a manifest: 64 MiB.
pub(super) const MOST_MANIFEST_BYTES: u64 = 64 << 20;
/// What to do about a damaged file.
pub(super) const REMEDY: &str = "bring it back from a backup; or remove it, and a hindcast is made again";

/// The part of an archived manifest that is read. It may be of any version: an archive outlives the fields of a manifest.
#[derive(Debug, Deserialize)]
pub(super) struct Archived {
    /// The files of the day; none in manifests of versions that did not name them.
    files: Option<Vec<Written>>,
    /// Effects of the determinants.
    pub(super) fallback_coefficients: Option<Coefficients>,
}

impl Archive {
    /// Path of a file of a day or week, by its name below the archive.
    pub(super) fn located(&self, of: impl Into<Partition>, name: &str) -> PathBuf {
        let pending = draft::pending_part(&self.root, of.into()).join(name);
        if pending.exists() { pending } else { self.root.join(name) }
    }

    /// The manifest of a day or week; none if it is missing or damaged.
    pub(super) fn archived(&self, of: impl Into<Partition>) -> Option<Archived> {
        let of = of.into();
        let path = self.located(of, &super::manifest_name(of));
        serde_json::from_slice(&regular::bytes(&path, MOST_MANIFEST_BYTES).ok()?).ok()
    }

    /// Whether a day's manifest is there, and all files that it names. Manifests of versions that named none were written
    /// after both tables that are learned from.
    pub(super) fn is_complete(&self, as_of: Date) -> bool {
        let Some(archived) = self.archived(as_of) else { return false };
        let is_there = |name: &str| self.located(as_of, name).exists();
        archived.files.map_or_else(
            || ["projections", "places"].iter().all(|table| is_there(&part(table, as_of))),
            |files| files.iter().all(|file| is_there(&file.path)),
        )
    }

    /// Whether the manifest of a day names this file, or is of a version that named none and the file is there.
    pub(super) fn has(&self, as_of: Date, name: &str) -> bool {
        let is_file = self.located(as_of, name).exists();
        is_file
            && self.archived(as_of).is_some_and(|day| day.files.is_none_or(|files| is_named(&files, name).is_some()))
    }

    /// The bytes of a file of a complete day or week, as its manifest names them.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that is missing, no regular file, too long, or other than its manifest says.
    pub(super) fn bytes(&self, of: impl Into<Partition>, name: &str) -> Result<Vec<u8>, Error> {
        let of = of.into();
        let path = self.located(of, name);
        let bytes = regular::bytes(&path, MOST_BYTES).map_err(|source| Error::read(&path, source))?;
        match self.archived(of).map(|archived| archived.files) {
            None => Err(damaged(&path, "has no readable manifest")),
            Some(Some(files)) if is_named(&files, name).is_none_or(|file| !file.is(&bytes)) => {
                Err(damaged(&path, "is damaged: its bytes are not those that its manifest names"))
            }
            Some(_) => Ok(bytes),
        }
    }
}

fn is_named<'a>(files: &'a [Written], name: &str) -> Option<&'a Written> {
    files.iter().find(|file| file.path == name)
}

pub(super) fn damaged(path: &Path, problem: &str) -> Error {
    InputError::new(path, problem, REMEDY).into()
}
