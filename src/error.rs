//! Errors that stop a run, with messages a user can act on.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// Anything that stops a run. The program prints it once and exits with [`Error::exit_code`].
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// A file has unusable content.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Input(#[from] Box<InputError>),
    /// A request that cannot be met: an unknown state, an as-of date outside the data.
    #[error("{message}")]
    Request {
        /// What is wrong.
        message: String,
        /// What to do about it.
        #[help]
        remedy: String,
    },
    /// A file or folder could not be read or written.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was tried, such as `cannot read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
        /// What to do about it.
        #[help]
        remedy: String,
    },
    /// The run was asked to stop.
    #[error("interrupted: the last complete result is untouched")]
    #[diagnostic(help("run the same command again to resume"))]
    Interrupted,
}

/// A location in an input file, the problem there, and its remedy.
#[derive(Debug, Error, Diagnostic)]
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
    /// The exit code of the program: 2 for errors that the user can fix, 130 after Ctrl-C, 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) | Self::Request { .. } => 2,
            Self::Io { .. } => 1,
            Self::Interrupted => 130,
        }
    }

    /// A file or folder that could not be read, for the user to fix.
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        let remedy = "check that the path exists and is readable";
        InputError::new(path, format!("cannot be read: {source}"), remedy).into()
    }

    /// A file or folder that could not be written.
    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        let remedy = "check free space and permissions; the last complete result is untouched".to_owned();
        Self::Io { action: "cannot write", path: path.to_owned(), source, remedy }
    }
}
