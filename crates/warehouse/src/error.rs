//! Why a statement or an input cannot be used, in words a person can act on.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::location::Location;

/// Why something cannot be done.
#[derive(Debug, Clone, Error)]
pub enum Error {
    /// A statement that cannot be understood, is not allowed, or fails on the data.
    #[error("{0}")]
    Statement(StatementError),
    /// An argument, a folder or a file that cannot be used.
    #[error("{message}")]
    Input {
        /// What is wrong, with the value.
        message: String,
        /// What to do about it.
        remedy: String,
    },
    /// A file could not be read or written, or a resource ran out.
    #[error("{message}")]
    System {
        /// What failed.
        message: String,
        /// What to do about it.
        remedy: String,
    },
    /// Ctrl-C.
    #[error("stopped")]
    Interrupted,
}

/// What is wrong with a statement, and where.
#[derive(Debug, Clone, Error)]
#[error("{message}")]
pub struct StatementError {
    /// What is wrong, with the value.
    pub message: String,
    /// What to do about it, where that is known.
    pub remedy: Option<String>,
    /// Where in the text, where that is known.
    pub location: Option<Location>,
}

impl Error {
    /// A statement that cannot be used, at an unknown place.
    pub fn statement(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Statement(StatementError { message: message.into(), remedy: Some(remedy.into()), location: None })
    }

    /// An argument or input that cannot be used.
    pub fn input(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Input { message: message.into(), remedy: remedy.into() }
    }

    /// A file or folder that cannot be read.
    #[must_use]
    pub fn unreadable(path: &Path, source: &std::io::Error) -> Self {
        Self::System {
            message: format!("cannot read {}: {source}", path.display()),
            remedy: "check that the path exists and is readable".into(),
        }
    }

    /// A file or folder that cannot be written.
    #[must_use]
    pub fn unwritable(path: &Path, source: &std::io::Error) -> Self {
        Self::System {
            message: format!("cannot write {}: {source}", path.display()),
            remedy: "check that the folder exists, can be written and has space; nothing was left behind".into(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Self::Statement(error) => error.remedy.as_deref(),
            Self::Input { remedy, .. } | Self::System { remedy, .. } => Some(remedy),
            Self::Interrupted => None,
        }
    }

    /// Exit code of the program: 2 for what was asked, 1 for what the machine could not do, 130 for Ctrl-C.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Statement(_) | Self::Input { .. } => 2,
            Self::System { .. } => 1,
            Self::Interrupted => 130,
        }
    }
}

/// The first line of a message, without a backtrace.
pub(crate) fn brief(message: &str) -> &str {
    message.lines().next().unwrap_or_default().trim()
}

/// A file in a message: as given, quoted where it has spaces or control characters.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) { format!("{text:?}") } else { text }
}

/// A folder or file that is not there.
pub(crate) fn missing(path: &Path) -> Error {
    Error::input(format!("there is no {}", shown(path)), "give the folder of a run or a lake, or a Parquet file")
}

/// The path as it is known to the system, with symbolic links resolved.
pub(crate) fn canonical(path: &Path) -> Result<PathBuf, Error> {
    match path.canonicalize() {
        Ok(found) => Ok(found),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing(path)),
        Err(error) => Err(Error::unreadable(path, &error)),
    }
}
