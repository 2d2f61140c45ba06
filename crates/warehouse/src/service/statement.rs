//! Statements of the service and their states.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::results::Rows;
use crate::statement::Parameter;

/// State of a statement, by the service's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Submitted,
    Picked,
    Started,
    Finished,
    Failed,
    Aborted,
}

impl Status {
    pub(super) const ALL: [Self; 6] =
        [Self::Submitted, Self::Picked, Self::Started, Self::Finished, Self::Failed, Self::Aborted];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "SUBMITTED",
            Self::Picked => "PICKED",
            Self::Started => "STARTED",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Aborted => "ABORTED",
        }
    }

    /// Whether it stays so.
    pub(super) const fn is_final(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Aborted)
    }
}

/// What was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) sqls: Vec<String>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) name: Option<String>,
    /// Whether rows are given as CSV.
    pub(super) csv: bool,
    pub(super) batch: bool,
    /// Whether later statements of a batch run after one that failed.
    pub(super) auto_commit: bool,
    pub(super) connection: Connection,
}

/// What the client believes to be connected to. It is given back and changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Connection {
    pub(super) cluster: Option<String>,
    pub(super) workgroup: Option<String>,
    pub(super) database: Option<String>,
    pub(super) user: Option<String>,
    pub(super) secret: Option<String>,
}

/// A statement, or a batch of them.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) id: Uuid,
    /// Number of the statement in the service.
    pub(super) number: u64,
    /// Whose key submitted it; others do not see it.
    pub(super) owner: String,
    pub(super) request: Request,
    pub(super) token: Option<String>,
    pub(super) created: SystemTime,
    pub(super) arrived: Instant,
    pub(super) progress: watch::Sender<Progress>,
    /// Told when the statement is to stop.
    pub(super) cancel: Notify,
    /// Requests that wait for it.
    pub(super) waiting: AtomicUsize,
}

/// How far a statement is.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    pub(super) status: Status,
    pub(super) updated: SystemTime,
    pub(super) error: Option<String>,
    pub(super) parts: Vec<Part>,
}

/// How far one statement of a batch is; a single statement is a batch of one.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) status: Status,
    pub(super) updated: SystemTime,
    pub(super) duration: Duration,
    pub(super) error: Option<String>,
    pub(super) rows: Option<Arc<Rows>>,
    /// Rows that it changed.
    pub(super) changed: Option<u64>,
}

impl Statement {
    pub(super) fn new(number: u64, owner: String, request: Request, token: Option<String>) -> Self {
        let created = SystemTime::now();
        let part = Part {
            status: Status::Submitted,
            updated: created,
            duration: Duration::ZERO,
            error: None,
            rows: None,
            changed: None,
        };
        let parts = vec![part; request.sqls.len()];
        let progress = Progress { status: Status::Submitted, updated: created, error: None, parts };
        Self {
            id: Uuid::new_v4(),
            number,
            owner,
            request,
            token,
            created,
            arrived: Instant::now(),
            progress: watch::Sender::new(progress),
            cancel: Notify::new(),
            waiting: AtomicUsize::new(0),
        }
    }

    pub(super) fn status(&self) -> Status {
        self.progress.borrow().status
    }

    /// Goes on to a state, with all parts that `change` changes. What is final stays.
    pub(super) fn advance(&self, change: impl FnOnce(&mut Progress)) {
        self.progress.send_if_modified(|progress| {
            if progress.status.is_final() {
                return false;
            }
            change(progress);
            progress.updated = SystemTime::now();
            true
        });
    }

    /// Bytes of the results that it keeps.
    pub(super) fn bytes(&self) -> u64 {
        self.progress.borrow().parts.iter().filter_map(|part| part.rows.as_ref()).map(|rows| rows.bytes).sum()
    }
}

impl Part {
    pub(super) fn set(&mut self, status: Status) {
        self.status = status;
        self.updated = SystemTime::now();
    }
}
