//! Why a data folder cannot be read, in words a person can act on.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// Why a panel cannot be made.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// A file holds something that cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Input(#[from] Box<InputError>),
    /// A request that cannot be met: an as-of date outside the data, a setting out of range.
    #[error("{message}")]
    Request {
        /// What is wrong.
        message: String,
        /// What to do about it.
        #[help]
        remedy: String,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// A location in an input file, the problem found there, and its remedy.
#[derive(Debug, Clone, Error, Diagnostic)]
#[error("{}{}: {problem}", file.display(), self.place())]
pub struct InputError {
    /// The file.
    pub file: PathBuf,
    /// Line, from 1, where the problem has one.
    pub line: Option<u64>,
    /// Name of the column, where the problem has one.
    pub column: Option<String>,
    /// What is wrong, with the value.
    pub problem: String,
    /// What to do about it.
    #[help]
    pub remedy: String,
}

impl InputError {
    /// A problem with a file as a whole.
    pub fn new(file: impl Into<PathBuf>, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None, problem: problem.into(), remedy: remedy.into() }
    }

    /// A file or folder that cannot be read.
    #[must_use]
    pub fn unreadable(path: &Path, source: &std::io::Error) -> Self {
        Self::new(path, format!("cannot be read: {source}"), "check that the path exists and is readable")
    }

    /// The line it is on, from 1.
    #[must_use]
    pub fn on_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The column it is in.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    fn place(&self) -> String {
        let line = self.line.map(|line| format!(", line {line}")).unwrap_or_default();
        let column = self.column.as_ref().map(|column| format!(", column `{column}`")).unwrap_or_default();
        line + &column
    }
}

impl From<InputError> for Error {
    fn from(error: InputError) -> Self {
        Self::Input(Box::new(error))
    }
}

impl Error {
    /// A file or folder that cannot be read.
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        InputError::unreadable(path, &source).into()
    }

    /// A file or folder that cannot be written.
    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}
