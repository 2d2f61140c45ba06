//! Running statements: their states, in the order that the service has them.

use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::Limits;
use super::results::{Folder, Rows};
use super::statement::{Statement, Status};
use super::store::Store;
use crate::act::{Outcome, Transaction};
use crate::engine::{Warehouse, runtime};
use crate::error::Error;
use crate::statement::parse_one;

/// Runs statements, each on threads of its own: one that cannot be stopped at once holds up no other.
#[derive(Debug)]
pub(super) struct Runner {
    queue: UnboundedSender<Arc<Statement>>,
}

#[derive(Debug)]
struct Shared {
    warehouse: Warehouse,
    store: Arc<Store>,
    results: Folder,
    limits: Limits,
}

/// Why a statement did not finish.
enum Stop {
    Failed(String),
    Cancelled,
}

impl Runner {
    /// A runner, within a runtime.
    pub(super) fn new(
        warehouse: Warehouse,
        store: Arc<Store>,
        limits: &Limits,
        running: Arc<Semaphore>,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared { warehouse, store, results: Folder::new()?, limits: *limits });
        // As long as the store allows it.
        let (queue, mut waiting) = unbounded_channel::<Arc<Statement>>();
        tokio::spawn(async move {
            while let Some(statement) = waiting.recv().await {
                let place = Arc::clone(&running).acquire_owned().await;
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    shared.run(&statement).await;
                    drop(place);
                });
            }
        });
        Ok(Self { queue })
    }

    /// Puts a statement into the queue. It runs in its turn, whoever waits for it.
    pub(super) fn begin(&self, statement: Arc<Statement>) {
        // The queue ends with the service.
        let _ = self.queue.send(statement);
    }
}

impl Shared {
    async fn run(self: &Arc<Self>, statement: &Arc<Statement>) {
        if statement.status().is_final() {
            return;
        }
        statement.advance(|progress| {
            progress.status = Status::Picked;
            progress.parts.iter_mut().take(1).for_each(|part| part.set(Status::Picked));
        });
        let threads = match runtime(self.limits.threads) {
            Ok(threads) => threads,
            Err(error) => return end(statement, 0, Stop::Failed(described(&error))),
        };
        self.answer_all(statement, threads.handle()).await;
        // Does not wait for a step of the engine that is not finished yet.
        threads.shutdown_background();
        self.store.tidy();
    }

    async fn answer_all(self: &Arc<Self>, statement: &Arc<Statement>, threads: &Handle) {
        let mut first_error = None;
        let mut transaction = Transaction::new(&self.warehouse);
        for i in 0..statement.request.sqls.len() {
            statement.advance(|progress| {
                progress.status = Status::Started;
                progress.parts[i].set(Status::Started);
            });
            let started = Instant::now();
            let (shared, asked) = (Arc::clone(self), Arc::clone(statement));
            // What has changed goes with the work, if that is stopped.
            let mut work = threads.spawn(async move {
                let answer = shared.answer(i, &asked, &mut transaction).await;
                if answer.is_ok() && Self::is_end(i, &asked) {
                    transaction.commit()?;
                    transaction = Transaction::new(&shared.warehouse);
                }
                answer.map(|answer| (transaction, answer))
            });
            let stopped = tokio::select! {
                done = &mut work => match done {
                    Ok(Ok((next, answer))) => {
                        transaction = next;
                        statement.advance(|progress| {
                            let part = &mut progress.parts[i];
                            part.set(Status::Finished);
                            part.duration = started.elapsed();
                            match answer {
                                Answer::Rows(rows) => part.rows = Some(rows),
                                Answer::Changed(rows) => part.changed = Some(rows),
                            }
                        });
                        continue;
                    }
                    Ok(Err(error)) => described(&error),
                    Err(_) => "ERROR: the query engine failed on this statement".to_owned(),
                },
                () = tokio::time::sleep(self.limits.statement_time) => {
                    let seconds = self.limits.statement_time.as_secs();
                    format!("ERROR: the statement took longer than {seconds} s, and was stopped")
                }
                () = statement.cancel.notified() => {
                    work.abort();
                    return end(statement, i, Stop::Cancelled);
                }
            };
            work.abort();
            statement.advance(|progress| progress.parts[i].duration = started.elapsed());
            if !statement.request.auto_commit {
                return end(statement, i, Stop::Failed(stopped));
            }
            transaction = Transaction::new(&self.warehouse);
            statement.advance(|progress| {
                progress.parts[i].set(Status::Failed);
                progress.parts[i].error = Some(stopped.clone());
            });
            first_error.get_or_insert(stopped);
        }
        statement.advance(|progress| {
            progress.status = if first_error.is_some() { Status::Failed } else { Status::Finished };
            progress.error = first_error;
        });
    }

    /// Whether a transaction ends with a statement: with each, or with the last of a batch.
    fn is_end(number: usize, statement: &Statement) -> bool {
        statement.request.auto_commit || number + 1 == statement.request.sqls.len()
    }

    async fn answer(&self, number: usize, asked: &Statement, transaction: &mut Transaction) -> Result<Answer, Error> {
        let sql = &asked.request.sqls[number];
        match transaction.run(parse_one(sql)?, sql, &asked.request.parameters).await? {
            Outcome::Rows(rows) => self.results.store(rows, self.limits.result_bytes, sql).await.map(Answer::Rows),
            Outcome::Changed(rows) => Ok(Answer::Changed(rows)),
        }
    }
}

/// What a statement answered.
enum Answer {
    Rows(Arc<Rows>),
    Changed(u64),
}

/// Stops a statement: at once where it waits, and else where it is.
pub(super) fn cancel(statement: &Statement) {
    if statement.status() == Status::Submitted {
        end(statement, 0, Stop::Cancelled);
    }
    statement.cancel.notify_one();
}

/// Ends a statement at a part; those after it were never begun.
fn end(statement: &Statement, at: usize, stop: Stop) {
    let (status, error) = match stop {
        Stop::Failed(error) => (Status::Failed, Some(error)),
        Stop::Cancelled => (Status::Aborted, None),
    };
    statement.advance(|progress| {
        progress.status = status;
        progress.error.clone_from(&error);
        for (i, part) in progress.parts.iter_mut().enumerate().skip(at) {
            part.set(if i == at { status } else { Status::Aborted });
            if i == at {
                part.error.clone_from(&error);
            }
        }
    });
}

/// An error as one line, with its place and remedy.
fn described(error: &Error) -> String {
    let place = match error {
        Error::Statement(inner) => inner.location.map(|at| format!(" (line {}, column {})", at.line, at.column)),
        _ => None,
    };
    let remedy = error.remedy().map(|remedy| format!("; {remedy}"));
    format!("ERROR: {error}{}{}", place.unwrap_or_default(), remedy.unwrap_or_default())
}
