//! Rows of a statement, within its limits, until it is cancelled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_pg::datatypes::encode_recordbatch;
use datafusion::arrow::array::RecordBatch;
use futures::StreamExt;
use futures::stream::{BoxStream, iter, once, unfold};
use pgwire::api::results::FieldInfo;
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::data::DataRow;
use pgwire::messages::startup::SecretKey;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;

use super::Postgres;
use super::failure::{plain, told};
use crate::engine::{Planned, runtime};
use crate::error::Error;
use crate::statement::from_engine;

/// Batches of rows that wait for the client.
const AHEAD: usize = 2;

/// Statements that run, by their connections.
#[derive(Debug, Default)]
pub(super) struct Cancels(Mutex<HashMap<i32, (SecretKey, Arc<Notify>)>>);

impl Cancels {
    /// What tells the connection's statement to end.
    pub(super) fn of(&self, pid: i32, key: &SecretKey) -> Arc<Notify> {
        let told = Arc::new(Notify::new());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(pid, (key.clone(), Arc::clone(&told)));
        told
    }

    /// Ends the statement of a connection whose key is known.
    pub(super) fn cancel(&self, pid: i32, key: &SecretKey) {
        if let Some((known, told)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&pid)
            && known.eq_value(key)
        {
            told.notify_one();
        }
    }

    /// Forgets a connection.
    pub(super) fn forget(&self, pid: i32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pid);
    }
}

/// Threads of a statement: one that cannot be stopped at once holds up no other.
struct Threads(Option<Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

struct Running {
    rows: mpsc::Receiver<Result<RecordBatch, Error>>,
    end: Instant,
    cancel: Arc<Notify>,
    seconds: u64,
    _threads: Threads,
    _place: OwnedSemaphorePermit,
}

impl Running {
    async fn next(&mut self) -> Option<PgWireResult<RecordBatch>> {
        tokio::select! {
            batch = self.rows.recv() => batch.map(|batch| batch.map_err(|error| told(&error, ""))),
            () = self.cancel.notified() => Some(Err(plain("57014", "canceling statement due to user request"))),
            () = tokio::time::sleep_until(self.end) => {
                let message = format!("canceling statement: it took longer than {} s", self.seconds);
                Some(Err(plain("57014", &message)))
            }
        }
    }
}

impl Postgres {
    /// The rows of a statement, which runs in its turn once they are asked for, and ends with them.
    pub(super) fn rows(
        self: &Arc<Self>,
        planned: Planned,
        fields: Arc<Vec<FieldInfo>>,
        cancel: Arc<Notify>,
    ) -> BoxStream<'static, PgWireResult<DataRow>> {
        let postgres = Arc::clone(self);
        let begun = once(async move { postgres.begin(planned, fields, cancel).await });
        begun.flat_map(|begun| begun.unwrap_or_else(|error| once(async { Err(error) }).boxed())).boxed()
    }

    async fn begin(
        &self,
        planned: Planned,
        fields: Arc<Vec<FieldInfo>>,
        cancel: Arc<Notify>,
    ) -> PgWireResult<BoxStream<'static, PgWireResult<DataRow>>> {
        let end = Instant::now() + self.limits.statement_time;
        let place = tokio::select! {
            place = Arc::clone(&self.running).acquire_owned() => place.map_err(|_| plain("57P01", "the service ends"))?,
            () = cancel.notified() => return Err(plain("57014", "canceling statement due to user request")),
            () = tokio::time::sleep_until(end) => return Err(plain("53300", "too many statements are running")),
        };
        let threads = runtime(self.limits.threads).map_err(|error| told(&error, ""))?;
        let (send, rows) = mpsc::channel(AHEAD);
        let warehouse = self.warehouse.clone();
        threads.spawn(async move {
            let sent = async {
                let mut rows = warehouse.run(planned).await?;
                while let Some(batch) = rows.next().await {
                    let batch = batch.map_err(|error| from_engine(&error, ""))?;
                    if send.send(Ok(batch)).await.is_err() {
                        break;
                    }
                }
                Ok(())
            };
            if let Err(error) = sent.await {
                // The client may have gone.
                let _ = send.send(Err(error)).await;
            }
        });
        let seconds = self.limits.statement_time.as_secs();
        let running = Running { rows, end, cancel, seconds, _threads: Threads(Some(threads)), _place: place };
        let batches = unfold(Some(running), |running| async {
            let mut running = running?;
            let batch = running.next().await?;
            // Nothing follows an error.
            let running = batch.is_ok().then_some(running);
            Some((batch, running))
        });
        let encoded = batches.flat_map(move |batch| match batch {
            Ok(batch) => {
                iter(encode_recordbatch(Arc::clone(&fields), batch).collect::<Vec<PgWireResult<DataRow>>>()).boxed()
            }
            Err(error) => once(async { Err::<DataRow, PgWireError>(error) }).boxed(),
        });
        Ok(encoded.boxed())
    }
}
