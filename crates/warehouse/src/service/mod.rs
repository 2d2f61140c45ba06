//! The Redshift Data API over a lake: statements are given, run on their own, and their rows fetched in pages.
//!
//! ```text
//! listen (connections) → http (one request) → sigv4 (who asks) → api (one file per operation)
//!                                                                  ↓
//!                                            store (statements) ← run (states) → results (pages on disk)
//! ```

mod api;
mod availability;
mod availability_api;
mod columns;
mod failure;
mod http;
mod listen;
mod results;
mod run;
mod sigv4;
mod statement;
mod store;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::engine::Warehouse;
use crate::error::Error;
use crate::web::{Offer, Web};

pub use crate::keys::Keys;
pub use availability::{Availability, Numbers};
pub use listen::Listener;

/// What the service may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Statements that run at a time; further ones wait.
    pub running: usize,
    /// Threads of a statement.
    pub threads: usize,
    /// Longest time of a statement from its start.
    pub statement_time: Duration,
    /// Most bytes of one result.
    pub result_bytes: u64,
    /// Most bytes of all results that are kept.
    pub kept_bytes: u64,
}

/// The service: its lake, statements and keys.
#[derive(Debug)]
pub struct Service {
    warehouse: Warehouse,
    store: Arc<store::Store>,
    runner: run::Runner,
    keys: Option<Arc<Keys>>,
    running: Arc<Semaphore>,
    web: Web,
    availability: Option<Arc<Availability>>,
}

impl Service {
    /// A service over a lake, within a runtime.
    ///
    /// # Errors
    /// [`Error::Input`] where it would listen beyond this machine without keys, [`Error::System`] where results cannot be
    /// stored; and as [`Web::new`].
    pub fn new(
        warehouse: Warehouse,
        limits: &Limits,
        keys: Option<Arc<Keys>>,
        listen: SocketAddr,
        offer: &Offer,
    ) -> Result<Self, Error> {
        if keys.is_none() && !listen.ip().is_loopback() {
            return Err(Error::input(
                format!("without keys the service listens on this machine alone, and {listen} is reached from others"),
                "give --keys FILE with access keys, or listen on 127.0.0.1",
            ));
        }
        let store = Arc::new(store::Store::new(limits.kept_bytes));
        let running = Arc::new(Semaphore::new(limits.running));
        let runner = run::Runner::new(warehouse.clone(), Arc::clone(&store), limits, Arc::clone(&running))?;
        let web = Web::new(&warehouse, limits.threads, Arc::clone(&running), keys.clone(), offer)?;
        Ok(Self { warehouse, store, runner, keys, running, web, availability: None })
    }

    /// Places of statements that run at a time, for others that run statements beside the service.
    #[must_use]
    pub fn running(&self) -> Arc<Semaphore> {
        Arc::clone(&self.running)
    }

    /// The same with availability of providers at `/api/availability`.
    #[must_use]
    pub fn with_availability(self, availability: Option<Availability>) -> Self {
        Self { availability: availability.map(Arc::new), ..self }
    }
}
