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
mod keys;
mod listen;
mod results;
mod run;
mod sigv4;
mod statement;
mod store;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::Warehouse;
use crate::error::Error;

pub use availability::{Availability, Numbers};
pub use keys::Keys;
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
    keys: Option<Keys>,
    availability: Option<Arc<Availability>>,
}

impl Service {
    /// A service over a lake, within a runtime.
    ///
    /// # Errors
    /// [`Error::Input`] where it would listen beyond this machine without keys, [`Error::System`] where results cannot be
    /// stored.
    pub fn new(warehouse: Warehouse, limits: &Limits, keys: Option<Keys>, listen: SocketAddr) -> Result<Self, Error> {
        if keys.is_none() && !listen.ip().is_loopback() {
            return Err(Error::input(
                format!("without keys the service listens on this machine alone, and {listen} is reached from others"),
                "give --keys FILE with access keys, or listen on 127.0.0.1",
            ));
        }
        let store = Arc::new(store::Store::new(limits.kept_bytes));
        let runner = run::Runner::new(warehouse.clone(), Arc::clone(&store), limits)?;
        Ok(Self { warehouse, store, runner, keys, availability: None })
    }

    /// The same with availability of providers at `/api/availability`.
    #[must_use]
    pub fn with_availability(self, availability: Option<Availability>) -> Self {
        Self { availability: availability.map(Arc::new), ..self }
    }
}
