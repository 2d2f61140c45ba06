//! Why a source could not be fetched, with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a source could not be fetched. The last good vintage stays in every case.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The table is not as it was: columns are missing, it has no rows, or is no table at all.
    #[error("{0}")]
    Layout(String),
    /// The server does not answer, or not with the table.
    #[error("{0}")]
    Server(String),
    /// The answer is larger, slower or in more parts than is allowed.
    #[error("{0}")]
    Limit(String),
    /// Another fetch is at work on the source.
    #[error("another fetch is at work on it")]
    Busy,
    /// A file of the lake could not be read or written.
    #[error("cannot write {}: {source}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the lake is not what it must be.
    #[error("{}: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The fetch was asked to stop.
    #[error("stopped")]
    Stopped,
}

impl FetchError {
    /// A function that tells of a path that could not be written.
    pub(crate) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Layout(_) => {
                "the last good vintage stays; look at the publisher's page, and give a table of sources with the new layout \
                 (--sources)"
            }
            Self::Server(_) => "the last good vintage stays; fetch again later",
            Self::Limit(_) => "the last good vintage stays; see whether the address is still that of the table",
            Self::Busy => "wait for it; the same command then finds what it fetched",
            Self::Disk { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "the disk is full: free some space; the last good vintage stays"
            }
            Self::Disk { .. } => "check permissions and free space; the last good vintage stays",
            Self::Damaged { .. } => "restore the file from a copy, or remove its folder",
            Self::Stopped => "run the same command again: what has come is kept",
        }
    }
}
