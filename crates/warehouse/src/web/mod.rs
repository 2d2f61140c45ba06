//! What browsers and programs ask by address: `/api`, as JSON or Arrow, and the static site.
//!
//! ```text
//! routes (addresses) → questions (SQL) or fans (the latest day, in memory) → reply (JSON, Arrow; ETag, gzip)
//!                      state (the lake as it is, and answers that were given)
//! files (the site)   → reply
//! ```

mod fans;
mod files;
mod login;
mod questions;
mod reply;
mod routes;
mod state;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue, ORIGIN, VARY};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

use crate::engine::{Warehouse, runtime};
use crate::error::Error;
use crate::keys::Keys;
use files::Site;
use reply::Reply;
use state::Current;

/// Longest time of a question.
const QUESTION_TIME: Duration = Duration::from_secs(30);

/// What is offered beside `/api`.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    /// Folder of the site.
    pub site: Option<PathBuf>,
    /// The one other site whose pages may read `/api`; without it browsers let none.
    pub origin: Option<String>,
}

/// Answers to requests by address.
#[derive(Debug)]
pub struct Web {
    warehouse: Warehouse,
    keys: Option<Arc<Keys>>,
    site: Option<Site>,
    origin: Option<HeaderValue>,
    current: Arc<Current>,
    /// Questions that are put to the engine at a time, together with other statements.
    running: Arc<Semaphore>,
    threads: Threads,
}

/// Threads of questions: they hold up no answers that are known.
#[derive(Debug)]
struct Threads(Option<Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

impl Web {
    /// Answers over a lake, which is looked at anew as long as they live. Within a runtime.
    ///
    /// # Errors
    /// [`Error::Input`] where the site is no folder with an `index.html`, or the origin is none; [`Error::System`] where no thread can be
    /// started.
    pub fn new(
        warehouse: &Warehouse,
        threads: usize,
        running: Arc<Semaphore>,
        keys: Option<Arc<Keys>>,
        offer: &Offer,
    ) -> Result<Self, Error> {
        let site = offer.site.as_deref().map(Site::open).transpose()?;
        let origin = offer.origin.as_deref().map(origin).transpose()?;
        let warehouse = warehouse.reading();
        let threads = Threads(Some(runtime(threads)?));
        let current = Arc::new(Current::default());
        if let Some(runtime) = &threads.0 {
            state::follow(&current, &warehouse, runtime.handle());
        }
        Ok(Self { warehouse, keys, site, origin, current, running, threads })
    }

    /// Whether a request is one of these, and not of the Data API.
    #[must_use]
    pub fn is_asked(&self, head: &Parts) -> bool {
        routes::is_api(head.uri.path()) || (self.site.is_some() && head.method != Method::POST)
    }

    /// The answer to a request.
    pub async fn answer(&self, head: &Parts) -> Response<Full<Bytes>> {
        let is_api = routes::is_api(head.uri.path());
        let reply = match self.find(head, is_api).await {
            Ok(reply) => reply,
            Err(refusal) => Arc::from(refusal),
        };
        let mut response = reply.response(head);
        if let Some(origin) = &self.origin
            && is_api
        {
            let headers = response.headers_mut();
            headers.append(VARY, HeaderValue::from_name(ORIGIN));
            if head.headers.get(ORIGIN) == Some(origin) {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        }
        response
    }

    async fn find(&self, head: &Parts, is_api: bool) -> Result<Arc<Reply>, Box<Reply>> {
        if let Some(keys) = &self.keys {
            login::check(head, keys)?;
        }
        if head.method != Method::GET && head.method != Method::HEAD {
            return Err(Reply::refusal(StatusCode::METHOD_NOT_ALLOWED, "pages and tables are asked for with GET", ""));
        }
        if is_api {
            return routes::answer(self, head).await;
        }
        let nothing =
            || Reply::refusal(StatusCode::NOT_FOUND, "there is no site", "start the service with --site FOLDER");
        self.site.as_ref().ok_or_else(nothing)?.find(head).await
    }
}

fn origin(text: &str) -> Result<HeaderValue, Error> {
    let wrong = || {
        Error::input(
            format!("{text:?} is no origin of pages"),
            "write it as browsers do, without a path: --allow-origin https://example.org",
        )
    };
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    if url.origin().ascii_serialization() != text || !url.origin().is_tuple() {
        return Err(wrong());
    }
    HeaderValue::from_str(text).map_err(|_| wrong())
}
