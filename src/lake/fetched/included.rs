//! Which vintages are among the observations.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use countycast_signals::Hubs;
use serde::{Deserialize, Serialize};

use super::observations::TABLE;
use crate::error::Error;
use crate::identity::digest;
use crate::lake::table;
use crate::output::regular;

/// Most bytes of a note.
const MOST_BYTES: u64 = 1 << 24;

/// The vintages of a source that are among the observations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Included {
    /// Version of the program, and the targets by which it reads hubs' tables: with others the observations are made anew.
    reader: String,
    /// Names of the vintages' folders, the oldest first.
    pub(super) vintages: Vec<String>,
    /// What could not be read.
    pub(super) skipped: Vec<String>,
}

impl Included {
    /// None are.
    pub(super) fn new(hubs: &Hubs) -> Self {
        Self { reader: reader(hubs), ..Self::default() }
    }

    /// The note of a source; none where there is none that this program can go on from.
    pub(super) fn read(root: &Path, source: &str, hubs: &Hubs) -> Result<Option<Self>, Error> {
        let path = path(root, source);
        if !path.exists() {
            return Ok(None);
        }
        let text = regular::bytes(&path, MOST_BYTES).map_err(|error| Error::read(&path, error))?;
        let found: Option<Self> = serde_json::from_slice(&text).ok();
        Ok(found.filter(|found| found.reader == reader(hubs)))
    }

    /// Whether the source's vintages begin with those that are included.
    pub(super) fn begins<'a>(&self, vintages: impl Iterator<Item = &'a str>) -> bool {
        let known: Vec<&str> = vintages.take(self.vintages.len()).collect();
        known.len() == self.vintages.len()
            && known.iter().zip(&self.vintages).all(|(known, included)| known == included)
    }

    /// Writes the note.
    pub(super) fn write(&self, root: &Path, source: &str) -> Result<(), Error> {
        let path = path(root, source);
        let fail = |error| Error::write(&path, error);
        let text = serde_json::to_vec_pretty(self).map_err(|error| fail(std::io::Error::other(error)))?;
        table::replace(&path, |new| fs::write(new, &text).map_err(fail))
    }
}

/// What determines how tables are read.
fn reader(hubs: &Hubs) -> String {
    let targets = hubs.hubs.iter().flat_map(|hub| &hub.targets);
    let targets: Vec<_> = targets.map(|target| (&target.target, target.signal.name(), target.scale)).collect();
    format!("{} {}", env!("CARGO_PKG_VERSION"), digest(&targets))
}

fn path(root: &Path, source: &str) -> PathBuf {
    root.join(TABLE).join("_included").join(format!("{source}.json"))
}

/// Takes the lock of the observations; none while another update writes.
pub(super) fn lock(root: &Path) -> Result<Option<File>, Error> {
    let folder = root.join(TABLE);
    let path = folder.join(".lock");
    let fail = |error| Error::write(&path, error);
    fs::create_dir_all(&folder).map_err(fail)?;
    let file = File::options().create(true).append(true).open(&path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}
