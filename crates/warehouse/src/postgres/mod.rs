//! PostgreSQL's wire protocol over a lake: psql, drivers and tools of other makers connect as to a server, and only read.
//!
//! ```text
//! listen (connections) → login (SCRAM) → handlers (simple and extended queries)
//!                                           ↓
//!                                        session (SET, SHOW, BEGIN) · plan (statements, catalogs) → run (rows, limits, cancel)
//! ```

mod catalog;
mod failure;
mod handlers;
mod listen;
mod login;
mod plan;
mod run;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::engine::Warehouse;
use crate::error::Error;
use crate::keys::Keys;
use crate::service::Limits;
use catalog::Catalog;
use run::Cancels;

pub use listen::Listener;

/// What connections share.
#[derive(Debug)]
pub struct Postgres {
    warehouse: Warehouse,
    catalog: Catalog,
    /// Statements that run at a time, together with those of the Data API.
    running: Arc<Semaphore>,
    limits: Limits,
    keys: Option<Arc<Keys>>,
    cancels: Cancels,
}

impl Postgres {
    /// The protocol over a lake. With keys, users are their ids and passwords their secrets.
    ///
    /// # Errors
    /// [`Error::Input`] where it would listen beyond this machine without keys.
    pub fn new(
        warehouse: &Warehouse,
        running: Arc<Semaphore>,
        limits: &Limits,
        keys: Option<Arc<Keys>>,
        listen: SocketAddr,
    ) -> Result<Self, Error> {
        if keys.is_none() && !listen.ip().is_loopback() {
            return Err(Error::input(
                format!("without keys the service listens on this machine alone, and {listen} is reached from others"),
                "give --keys FILE with access keys, or listen on 127.0.0.1",
            ));
        }
        let warehouse = warehouse.reading();
        let catalog = Catalog::new(&warehouse)?;
        Ok(Self { warehouse, catalog, running, limits: *limits, keys, cancels: Cancels::default() })
    }
}
