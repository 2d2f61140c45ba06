//! Connections: accepted, and bounded in number.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use pgwire::tokio::process_socket;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::Postgres;
use super::handlers::Handlers;
use crate::error::Error;

/// Most connections at a time; further ones wait. Pools keep theirs open while they are idle.
const MOST_CONNECTIONS: usize = 256;

/// An address that is listened on.
#[derive(Debug)]
pub struct Listener(TcpListener);

impl Listener {
    /// Listens on an address; port 0 is any that is free.
    ///
    /// # Errors
    /// [`Error::System`] where the address cannot be had.
    pub async fn bind(address: SocketAddr) -> Result<Self, Error> {
        let listener = TcpListener::bind(address).await.map_err(|source| Error::System {
            message: format!("cannot listen on {address}: {source}"),
            remedy: "choose another port with --postgres, or end the program that has it".into(),
        })?;
        Ok(Self(listener))
    }

    /// The address.
    ///
    /// # Errors
    /// [`Error::System`] where the system does not tell it.
    pub fn address(&self) -> Result<SocketAddr, Error> {
        self.0.local_addr().map_err(|source| Error::System {
            message: format!("the address is not known: {source}"),
            remedy: "choose another with --postgres".into(),
        })
    }

    /// Answers connections.
    pub async fn serve(self, postgres: Arc<Postgres>) {
        let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            // The semaphore is never closed, so there is a slot in the end.
            let slot = Arc::clone(&slots).acquire_owned().await;
            // Out of file handles, or a connection that is gone already: others may come.
            let Ok((stream, _)) = self.0.accept().await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let handlers = Handlers::new(&postgres);
            tokio::spawn(async move {
                // A client that goes away, or sends what is no PostgreSQL, concerns nobody else.
                let _ = process_socket(stream, None, handlers).await;
                drop(slot);
            });
        }
    }
}
