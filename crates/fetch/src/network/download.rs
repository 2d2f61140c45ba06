//! A file that is fetched whole: only if it changed, and on from where an interrupted download ended.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use http::header;
use serde::{Deserialize, Serialize};

use crate::error::FetchError;
use crate::manifest::{self, Check};
use crate::network::client::{Answer, Client, refused};
use crate::network::retry::{Budget, Failure};
use crate::network::sources::Source;

/// What was fetched.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// The content lies in the folder, as [`CONTENT`].
    Content {
        /// The server's `ETag`.
        etag: Option<String>,
        /// The server's `Last-Modified`.
        last_modified: Option<String>,
    },
    /// The server has nothing newer.
    Unchanged,
}

/// Name of the content in the folder.
pub(crate) const CONTENT: &str = "content";
/// Name of the note that tells what an unfinished content belongs to.
const TRANSFER: &str = "transfer.json";

/// What an unfinished content belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Transfer {
    /// Address, with which the source may have changed.
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    /// A mark of this state of the file that the server can compare exactly: without one a download is not resumed.
    strong: Option<String>,
}

impl Transfer {
    fn of(source: &Source, answer: &Answer) -> Self {
        let [etag, last_modified] = [header::ETAG, header::LAST_MODIFIED].map(|name| answer.header(name));
        let strong = match &etag {
            Some(etag) => Some(etag.clone()).filter(|etag| etag.starts_with('"')),
            // A time is exact if the file was left alone for a while since (RFC 9110, 8.8.2.2).
            None => last_modified.clone().filter(|changed| {
                let time = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
                let answered = answer.header(header::DATE).and_then(|date| time(&date));
                answered.zip(time(changed)).is_some_and(|(now, then)| now.duration_since(then).as_secs() >= 60)
            }),
        };
        Self { url: source.address.uri().to_string(), etag, last_modified, strong }
    }
}

/// A download into a folder.
pub(crate) struct Download<'a> {
    pub(crate) client: &'a Client,
    pub(crate) budget: &'a Budget<'a>,
    pub(crate) source: &'a Source,
    /// Folder for what is unfinished.
    pub(crate) folder: &'a Path,
}

impl Download<'_> {
    /// Fetches the file, if it is newer than at the last check.
    pub(crate) fn run(&self, last: Option<&Check>) -> Result<Fetched, FetchError> {
        self.budget.retrying(|| self.attempt(last))
    }

    fn content(&self) -> PathBuf {
        self.folder.join(CONTENT)
    }

    /// What an earlier attempt left that can be resumed, with its bytes.
    fn left(&self) -> Option<(Transfer, u64)> {
        let transfer: Transfer = manifest::read(&self.folder.join(TRANSFER)).ok()?;
        let bytes = self.content().metadata().ok()?.len();
        let usable = transfer.url == self.source.address.uri().to_string() && transfer.strong.is_some() && bytes > 0;
        usable.then_some((transfer, bytes))
    }

    fn attempt(&self, last: Option<&Check>) -> Result<Fetched, Failure> {
        let left = self.left();
        // A range is of the bytes as they are sent: packed ones could not be told from others afterwards.
        let mut headers = vec![(header::ACCEPT_ENCODING, "identity".to_owned())];
        if let Some((transfer, bytes)) = &left {
            headers.push((header::RANGE, format!("bytes={bytes}-")));
            headers.push((header::IF_RANGE, transfer.strong.clone().unwrap_or_default()));
        } else if let Some(last) = last {
            headers.extend(last.etag.clone().map(|etag| (header::IF_NONE_MATCH, etag)));
            headers.extend(last.last_modified.clone().map(|time| (header::IF_MODIFIED_SINCE, time)));
        }
        let answer = self.client.get(self.source, &self.source.address, &headers)?;
        match (answer.status, left) {
            (200, _) => self.receive(answer, None),
            (206, Some((transfer, bytes))) => {
                let is_rest = range(&answer).is_some_and(|(start, _)| start == bytes)
                    && answer.header(header::ETAG).is_none_or(|etag| Some(etag) == transfer.etag);
                if is_rest {
                    self.receive(answer, Some(transfer))
                } else {
                    self.again("another part than was asked for")
                }
            }
            (304, None) if last.is_some() => Ok(Fetched::Unchanged),
            (416, Some(_)) => self.again("no more of the file"),
            _ => Err(refused(&self.source.address, &answer)),
        }
    }

    /// Gives up what is left of earlier attempts.
    fn again<T>(&self, what: &str) -> Result<T, Failure> {
        fs::remove_file(self.content()).map_err(FetchError::disk(&self.content()))?;
        Err(Failure::Passing { message: format!("{} sends {what}", self.source.address), wait: None, progress: false })
    }

    /// Writes a body to the content: from the start, or behind what is left.
    fn receive(&self, mut answer: Answer, resumed: Option<Transfer>) -> Result<Fetched, Failure> {
        self.budget.announced(answer.length().unwrap_or(0))?;
        let content = self.content();
        let fail = |error| Failure::Fatal(FetchError::disk(&content)(error));
        let is_resumed = resumed.is_some();
        let total = if is_resumed { range(&answer).and_then(|(_, total)| total) } else { answer.length() };
        let mut file = if is_resumed {
            File::options().append(true).open(&content).map_err(fail)?
        } else {
            File::create(&content).map_err(fail)?
        };
        let transfer = resumed.unwrap_or_else(|| Transfer::of(self.source, &answer));
        if !is_resumed {
            manifest::write(&self.folder.join(TRANSFER), &transfer)?;
        }
        let received = copy(&mut answer.body, &mut file, self.budget, &content)?;
        if let Some(error) = received.broken {
            let message = format!("{} breaks off: {error}", self.source.address);
            return Err(Failure::Passing {
                message,
                wait: None,
                progress: received.bytes > 0 && transfer.strong.is_some(),
            });
        }
        let bytes = file.metadata().map_err(fail)?.len();
        if total.is_some_and(|total| total != bytes) {
            return self.again("another number of bytes than it announced");
        }
        file.sync_all().map_err(fail)?;
        Ok(Fetched::Content { etag: transfer.etag, last_modified: transfer.last_modified })
    }
}

/// First byte and length of the whole in a `Content-Range`.
fn range(answer: &Answer) -> Option<(u64, Option<u64>)> {
    let text = answer.header(header::CONTENT_RANGE)?;
    let (part, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((part.split_once('-')?.0.parse().ok()?, total.parse().ok()))
}

/// What came of a body.
pub(crate) struct Received {
    pub(crate) bytes: u64,
    /// Why it ended early, if it did.
    pub(crate) broken: Option<std::io::Error>,
}

/// Copies a body piece by piece, within the budget.
pub(crate) fn copy(
    body: &mut dyn Read,
    to: &mut dyn Write,
    budget: &Budget<'_>,
    path: &Path,
) -> Result<Received, FetchError> {
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = match body.read(&mut piece) {
            Ok(0) => return Ok(Received { bytes, broken: None }),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Ok(Received { bytes, broken: Some(error) }),
        };
        budget.receive(read as u64)?;
        to.write_all(&piece[..read]).map_err(FetchError::disk(path))?;
        bytes += read as u64;
    }
}
