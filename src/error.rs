//! Errors that stop a run, with messages a user can act on.

use std::path::{Path, PathBuf};

use countycast_fetch::FetchError;
pub use countycast_panel::InputError;
use miette::Diagnostic;
use thiserror::Error;

/// Anything that stops a run. The program prints it once and exits with [`Error::exit_code`].
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// A file holds something that cannot be used.
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
    /// Sources could not be fetched; others were.
    #[error("{message}")]
    Fetch {
        /// How many, and which.
        message: String,
        /// What to do about it.
        #[help]
        remedy: String,
        /// Whether one was refused because its table is not as it was, which time does not mend.
        refused: bool,
    },
    /// The operating system starts no thread.
    #[error("cannot start a thread: {0}")]
    #[diagnostic(help(
        "ask for fewer threads (--jobs), or raise the limit of processes; the last complete result is untouched"
    ))]
    Threads(#[from] NoThread),
    /// The run was asked to stop.
    #[error("interrupted: the last complete result is untouched")]
    #[diagnostic(help("run the same command again to resume"))]
    Interrupted,
}

/// No thread could be started to work on, with the reason.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct NoThread(#[from] pub std::io::Error);

impl From<InputError> for Error {
    fn from(error: InputError) -> Self {
        Self::Input(Box::new(error))
    }
}

impl From<countycast_panel::Error> for Error {
    fn from(error: countycast_panel::Error) -> Self {
        use countycast_panel::Error as Panel;
        match error {
            Panel::Input(error) => Self::Input(error),
            Panel::Request { message, remedy } => Self::Request { message, remedy },
            Panel::Write { path, source } => Self::write(&path, source),
        }
    }
}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        let remedy = error.remedy().to_owned();
        match error {
            FetchError::Damaged { path, problem } => InputError::new(path, problem, remedy).into(),
            FetchError::Disk { path, source } => Self::Io { action: "cannot read or write", path, source, remedy },
            FetchError::Stopped => Self::Interrupted,
            error => {
                Self::Fetch { message: error.to_string(), remedy, refused: matches!(error, FetchError::Layout(_)) }
            }
        }
    }
}

impl Error {
    /// The exit code of the program: 2 for errors that the user can fix, 130 after Ctrl-C, 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) | Self::Request { .. } | Self::Fetch { refused: true, .. } => 2,
            Self::Io { .. } | Self::Threads(_) | Self::Fetch { .. } => 1,
            Self::Interrupted => 130,
        }
    }

    /// A file or folder that could not be read, for the user to fix.
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        InputError::unreadable(path, &source).into()
    }

    /// A file or folder that could not be written.
    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        let remedy = "check free space and permissions; the last complete result is untouched".to_owned();
        Self::Io { action: "cannot write", path: path.to_owned(), source, remedy }
    }
}
