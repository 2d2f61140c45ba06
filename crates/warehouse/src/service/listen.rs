//! Connections: accepted, bounded in number and time, and ended.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::{Service, http};
use crate::error::Error;

/// Most connections at a time; further ones wait.
const MOST_CONNECTIONS: usize = 512;
/// Longest time until a request's headers are there, and longest idle time of a connection.
const HEADER_TIME: Duration = Duration::from_secs(20);
/// Longest time of a connection; a client makes another then.
const CONNECTION_TIME: Duration = Duration::from_secs(10 * 60);
/// Longest time of an answer that a client does not take, once its connection is to end.
const ENDING_TIME: Duration = Duration::from_secs(60);
/// Most bytes of a request's headers.
const HEADER_BYTES: usize = 64 << 10;
/// How often old results are looked for.
const TIDY_TIME: Duration = Duration::from_secs(60);

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
            remedy: "choose another port with --listen, or end the program that has it".into(),
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
            remedy: "choose another with --listen".into(),
        })
    }

    /// Answers requests until `end`; then all statements are stopped.
    pub async fn serve(self, service: Arc<Service>, end: impl Future<Output = ()>) {
        let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut tidy = tokio::time::interval(TIDY_TIME);
        tokio::pin!(end);
        loop {
            let accepted = async {
                // The semaphore is never closed, so there is a slot in the end.
                let slot = Arc::clone(&slots).acquire_owned().await;
                (slot, self.0.accept().await)
            };
            tokio::select! {
                (slot, accepted) = accepted => match accepted {
                    Ok((stream, _)) => {
                        let service = Arc::clone(&service);
                        tokio::spawn(async move {
                            converse(service, stream).await;
                            drop(slot);
                        });
                    }
                    // Out of file handles, or a connection that is gone already: others may come.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                _ = tidy.tick() => service.store.tidy(),
                () = &mut end => break,
            }
        }
        service.store.stop();
    }
}

/// Answers the requests of a connection.
async fn converse(service: Arc<Service>, stream: TcpStream) {
    // Answers are small, and a client waits for each.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| http::answer(Arc::clone(&service), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), answer);
    tokio::pin!(connection);
    // A client that goes away, or sends what is no HTTP, concerns nobody else.
    if tokio::time::timeout(CONNECTION_TIME, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        let _ = tokio::time::timeout(ENDING_TIME, connection).await;
    }
}
