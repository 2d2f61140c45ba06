//! The statements of the last day.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::failure::Failure;
use super::statement::{Request, Statement};

/// Most statements that wait or run.
const MOST_ACTIVE: usize = 500;
/// Most statements that are remembered.
const MOST_KEPT: usize = 20_000;
/// How long a statement and its rows are kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Statements by their ids, oldest first.
#[derive(Debug)]
pub(super) struct Store {
    most_bytes: u64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    last: u64,
    order: VecDeque<Arc<Statement>>,
    by_id: HashMap<Uuid, Arc<Statement>>,
    by_token: HashMap<(String, String), Uuid>,
}

/// A statement that was submitted now or, with the same token, before.
pub(super) enum Submitted {
    New(Arc<Statement>),
    Known(Arc<Statement>),
}

impl Store {
    pub(super) fn new(most_bytes: u64) -> Self {
        Self { most_bytes, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a statement on. One that the same client submitted before with the same token is found again.
    pub(super) fn submit(&self, owner: &str, request: Request, token: Option<String>) -> Result<Submitted, Failure> {
        let mut inner = self.inner();
        inner.tidy(self.most_bytes);
        if let Some(token) = &token
            && let Some(id) = inner.by_token.get(&(owner.to_owned(), token.clone()))
            && let Some(known) = inner.by_id.get(id)
        {
            if known.request == request {
                return Ok(Submitted::Known(Arc::clone(known)));
            }
            return Err(Failure::validation("ClientToken was used before with another request"));
        }
        if inner.order.iter().filter(|statement| !statement.status().is_final()).count() >= MOST_ACTIVE {
            return Err(Failure::too_many_statements(MOST_ACTIVE));
        }
        inner.last += 1;
        let statement = Arc::new(Statement::new(inner.last, owner.to_owned(), request, token));
        inner.order.push_back(Arc::clone(&statement));
        inner.by_id.insert(statement.id, Arc::clone(&statement));
        if let Some(token) = &statement.token {
            inner.by_token.insert((owner.to_owned(), token.clone()), statement.id);
        }
        Ok(Submitted::New(statement))
    }

    /// A client's statement.
    pub(super) fn find(&self, owner: &str, id: Uuid) -> Option<Arc<Statement>> {
        let inner = self.inner();
        inner.by_id.get(&id).filter(|statement| statement.owner == owner && !is_old(statement)).cloned()
    }

    /// A client's statements, newest first.
    pub(super) fn list(&self, owner: &str) -> Vec<Arc<Statement>> {
        let inner = self.inner();
        inner.order.iter().rev().filter(|statement| statement.owner == owner && !is_old(statement)).cloned().collect()
    }

    /// Forgets what is old, or too much.
    pub(super) fn tidy(&self) {
        self.inner().tidy(self.most_bytes);
    }

    /// Stops all statements.
    pub(super) fn stop(&self) {
        for statement in &self.inner().order {
            statement.cancel.notify_one();
        }
    }
}

fn is_old(statement: &Statement) -> bool {
    statement.arrived.elapsed() > KEPT
}

impl Inner {
    /// Forgets the oldest statements that are done, until time, number and bytes are within their bounds.
    fn tidy(&mut self, most_bytes: u64) {
        let mut bytes: u64 = self.order.iter().map(|statement| statement.bytes()).sum();
        let mut count = self.order.len();
        let (by_id, by_token) = (&mut self.by_id, &mut self.by_token);
        self.order.retain(|statement| {
            let unwanted = is_old(statement) || count > MOST_KEPT || bytes > most_bytes;
            if !unwanted || !statement.status().is_final() {
                return true;
            }
            count -= 1;
            bytes -= statement.bytes();
            by_id.remove(&statement.id);
            if let Some(token) = &statement.token {
                by_token.remove(&(statement.owner.clone(), token.clone()));
            }
            false
        });
    }
}
