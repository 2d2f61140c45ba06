//! The raw layer of a lake: `raw/SOURCE/fetched_at=TIME/`, each folder immutable.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::day::{PREFIX, day_of, time_of};
use crate::error::FetchError;
use crate::manifest::{self, Check, LAST_CHECK, MANIFEST, Manifest};

/// A lake in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lake {
    root: PathBuf,
}

/// A file as it was fetched at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vintage {
    /// Name of its folder.
    pub folder: String,
    /// When, to the second.
    pub fetched_at: Timestamp,
    /// What it is.
    pub manifest: Manifest,
    /// The file with its content, which lies in an earlier folder where that had the same.
    pub path: PathBuf,
}

impl Vintage {
    /// The day in New York on which it was fetched: from then on its values are known.
    #[must_use]
    pub fn day(&self) -> Date {
        day_of(self.fetched_at)
    }
}

impl Lake {
    /// The lake in a folder, which need not be there.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Its folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Names of the sources that have a folder, in order.
    ///
    /// # Errors
    /// [`FetchError::Disk`] where the folder cannot be read.
    pub fn sources(&self) -> Result<Vec<String>, FetchError> {
        let folder = self.root.join("raw");
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            found => found.map_err(FetchError::disk(&folder))?,
        };
        let names = entries.flatten().filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| !name.starts_with(['.', '_']));
        names.sort();
        Ok(names)
    }

    /// The folder of a source's vintages.
    #[must_use]
    pub fn raw(&self, source: &str) -> PathBuf {
        self.root.join("raw").join(source)
    }

    /// A source's vintages, the oldest first. A folder whose name gives no time is none.
    ///
    /// # Errors
    /// [`FetchError::Damaged`] where a manifest cannot be read or names a file that is not there, [`FetchError::Disk`] where the
    /// folder cannot be read.
    pub fn vintages(&self, source: &str) -> Result<Vec<Vintage>, FetchError> {
        let folder = self.raw(source);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            found => found.map_err(FetchError::disk(&folder))?,
        };
        let mut vintages = Vec::new();
        for entry in entries {
            let name = entry.map_err(FetchError::disk(&folder))?.file_name().to_string_lossy().into_owned();
            let Some(fetched_at) = time_of(&name) else { continue };
            let path = folder.join(&name).join(MANIFEST);
            let manifest: Manifest = manifest::read(&path)?;
            let holder = manifest.same_as.as_deref().unwrap_or(&name);
            let content = folder.join(holder).join(&manifest.file);
            let is_plain = |part: &str| !part.is_empty() && !part.contains(['/', '\\']) && !part.starts_with('.');
            if !(holder.starts_with(PREFIX) && is_plain(holder) && is_plain(&manifest.file) && content.is_file()) {
                let problem = format!("names `{holder}/{}`, which is not there", manifest.file);
                return Err(FetchError::Damaged { path, problem });
            }
            vintages.push(Vintage { folder: name, fetched_at, manifest, path: content });
        }
        vintages.sort_by_key(|vintage| vintage.fetched_at);
        Ok(vintages)
    }

    /// When a source was last asked; none where it never was.
    ///
    /// # Errors
    /// [`FetchError::Damaged`] where the note of it cannot be read.
    pub fn last_check(&self, source: &str) -> Result<Option<Check>, FetchError> {
        let path = self.raw(source).join(LAST_CHECK);
        if path.exists() { manifest::read(&path).map(Some) } else { Ok(None) }
    }
}
