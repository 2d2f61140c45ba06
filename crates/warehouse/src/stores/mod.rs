//! Stores of objects that speak to S3's interface, and the folders and buckets that statements may use.
//!
//! Addresses, regions and keys come from the environment, by the names that AWS's own tools have: `AWS_ENDPOINT_URL`,
//! `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; on AWS's machines from their roles.

mod object;
mod parquet;
mod place;
mod roots;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::client::SpawnedReqwestConnector;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, RetryConfig};
use tokio::runtime::{Builder, Runtime};
use url::{Host, Url};

use crate::error::Error;

pub(crate) use object::{Source, find};
pub(crate) use parquet::ParquetObject;
pub use place::Place;
pub use roots::Roots;

/// How long a request that fails for a passing reason is repeated.
const RETRY: Duration = Duration::from_secs(60);
/// How often it is repeated at most.
const RETRIES: usize = 4;

/// Buckets that have been used, and the thread on which they are asked.
#[derive(Debug, Clone, Default)]
pub struct Stores(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Connections outlive the statement that opened them, and the threads of a statement do not.
    io: Mutex<Option<Runtime>>,
    buckets: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(io) = self.io.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            // The last use may be on a thread that must not wait.
            io.shutdown_background();
        }
    }
}

impl Stores {
    /// A bucket. Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::Input`] where the environment does not tell how it is reached.
    pub fn bucket(&self, name: &str) -> Result<Arc<dyn ObjectStore>, Error> {
        let mut buckets = self.0.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = buckets.get(name) {
            return Ok(Arc::clone(store));
        }
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .with_retry(retry)
            .with_http_connector(SpawnedReqwestConnector::new(self.handle()?));
        if on_this_machine() {
            builder = builder.with_allow_http(true);
        }
        let store: Arc<dyn ObjectStore> = Arc::new(builder.build().map_err(|error| {
            Error::input(
                format!("the bucket {name} cannot be reached: {error}"),
                "set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL for a store that is not AWS's",
            )
        })?);
        buckets.insert(name.to_owned(), Arc::clone(&store));
        Ok(store)
    }

    fn handle(&self) -> Result<tokio::runtime::Handle, Error> {
        let mut io = self.0.io.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(io) = io.as_ref() {
            return Ok(io.handle().clone());
        }
        let started = Builder::new_multi_thread().worker_threads(1).thread_name("stores").enable_all().build();
        let started = started.map_err(|source| Error::System {
            message: format!("no thread could be started: {source}"),
            remedy: "end other programs".into(),
        })?;
        let handle = started.handle().clone();
        *io = Some(started);
        Ok(handle)
    }

    /// Waits for a work that asks a store, from any thread.
    pub(crate) fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, Error> {
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.handle()?.spawn(async move {
            // Whoever asked has gone.
            let _ = send.send(work.await);
        });
        receive.recv().map_err(|_| Error::System {
            message: "asking the store failed".into(),
            remedy: "repeat the statement".into(),
        })
    }
}

/// Whether the store is on this machine, where there is no network that TLS would guard.
fn on_this_machine() -> bool {
    let endpoint =
        ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"].iter().find_map(|name| std::env::var(name).ok());
    match endpoint.as_deref().map(Url::parse) {
        Some(Ok(url)) => match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

/// All objects below a folder of a bucket, by their keys.
pub(crate) async fn list(store: &dyn ObjectStore, folder: &str) -> object_store::Result<Vec<ObjectMeta>> {
    let folder = folder.trim_matches('/');
    let folder = if folder.is_empty() { None } else { Some(Path::parse(folder)?) };
    let mut found: Vec<ObjectMeta> = store.list(folder.as_ref()).try_collect().await?;
    found.sort_unstable_by(|a, b| a.location.cmp(&b.location));
    Ok(found)
}

/// What a store answered that is no answer.
pub(crate) fn failed(what: &str, error: &object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => {
            Error::input(format!("there is no {what}"), "check the bucket and the key")
        }
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => Error::input(
            format!("the store does not allow the use of {what}"),
            "check the keys of the environment and what they may do",
        ),
        object_store::Error::InvalidPath { .. } => {
            Error::input(format!("{what} is no name of an object: {error}"), "write s3://BUCKET/FOLDER/NAME")
        }
        error if error.to_string().contains("NoSuchBucket") => Error::input(
            format!("there is no bucket for {what}"),
            "check the bucket's name, and AWS_ENDPOINT_URL and AWS_REGION",
        ),
        _ => Error::System {
            message: format!("{what}: the store cannot be used: {}", crate::error::brief(&error.to_string())),
            remedy: "check AWS_ENDPOINT_URL, AWS_REGION and the network, and repeat the statement".into(),
        },
    }
}
