//! What is written beside the files of a lake: where they came from, and when it was last asked.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::FetchError;

/// Name of a vintage's manifest. Spark, Hive and Athena pass over names that begin with `_`.
pub const MANIFEST: &str = "_manifest.json";
/// Name of the file that tells when a source was last asked.
pub const LAST_CHECK: &str = "_last_check.json";
/// Most bytes of either.
const MOST_BYTES: u64 = 1 << 20;

/// A fetched file: where it came from, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The source.
    pub source: String,
    /// Where it came from, without a query.
    pub url: String,
    /// Name of the file in the folder. CSV is packed with gzip.
    pub file: String,
    /// When.
    pub fetched_at: Timestamp,
    /// SHA-256 of the content, unpacked.
    pub sha256: String,
    /// Bytes of the content, unpacked.
    pub bytes: u64,
    /// Rows.
    pub rows: u64,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The server's `ETag`.
    pub etag: Option<String>,
    /// The server's `Last-Modified`.
    pub last_modified: Option<String>,
    /// The earlier folder in which a file with this content lies; absent where it lies in this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// Version of the program.
    pub version: String,
}

/// When a source was last asked, and what for next time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// When the server last answered that, or what, it has.
    pub checked_at: Timestamp,
    /// The newest vintage's folder.
    pub vintage: String,
    /// To ask whether there is something newer: `ETag`.
    pub etag: Option<String>,
    /// To ask whether there is something newer: `Last-Modified`.
    pub last_modified: Option<String>,
}

/// Reads one of these.
///
/// # Errors
/// [`FetchError::Damaged`] where it cannot be read as such.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, FetchError> {
    let damaged = |problem: String| FetchError::Damaged { path: path.to_owned(), problem };
    let size = path.metadata().map_err(|error| damaged(error.to_string()))?.len();
    if size > MOST_BYTES {
        return Err(damaged(format!("{size} bytes are no manifest")));
    }
    let text = fs::read(path).map_err(|error| damaged(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| damaged(format!("is no manifest: {error}")))
}

/// Writes one of these under another name, syncs it, and renames it.
#[cfg(feature = "http")]
pub(crate) fn write<T: Serialize>(path: &Path, document: &T) -> Result<(), FetchError> {
    use std::fs::File;
    use std::io::{self, Write};
    let fail = |error| FetchError::disk(path)(error);
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    let text = serde_json::to_vec_pretty(document).map_err(|error| fail(io::Error::other(error)))?;
    let written = File::create(&aside).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&aside, path)).map_err(fail)
}
