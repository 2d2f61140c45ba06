//! A table that comes in pages, all of one state of it.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use http::header;

use crate::error::FetchError;
use crate::manifest::Check;
use crate::network::client::{Client, refused};
use crate::network::download::{CONTENT, Fetched, copy};
use crate::network::retry::{Budget, Failure};
use crate::network::sources::Source;

/// Most bytes of the answer that counts rows.
const MOST_COUNT_BYTES: u64 = 1 << 12;

/// Most bytes of a page, which is held in memory: fifty thousand rows of the widest table have 50 MB.
const MOST_PAGE_BYTES: u64 = 1 << 28;

/// How often a table that changes while it is read is read anew.
const READINGS: u32 = 3;

/// A table in pages.
pub(crate) struct Pages<'a> {
    pub(crate) client: &'a Client,
    pub(crate) budget: &'a Budget<'a>,
    pub(crate) source: &'a Source,
    /// Rows of a page.
    pub(crate) rows: u64,
    /// Folder for what is unfinished.
    pub(crate) folder: &'a Path,
}

/// A state of the table: its rows, and what the server says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    rows: u64,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Pages<'_> {
    /// Fetches all pages, if the table changed since the last check. Rows are counted before and after, and every page must
    /// be of the same `Last-Modified`: otherwise the table changed meanwhile, and is read again.
    pub(crate) fn run(&self, last: Option<&Check>) -> Result<Fetched, FetchError> {
        let Some(mut before) = self.budget.retrying(|| self.count(last))? else { return Ok(Fetched::Unchanged) };
        for _ in 0..READINGS {
            let whole = self.read(&before)?;
            // Without a condition there is always a count.
            let after = self.budget.retrying(|| self.count(None))?.unwrap_or_else(|| before.clone());
            if whole && (after.rows, &after.last_modified) == (before.rows, &before.last_modified) {
                return Ok(Fetched::Content { etag: before.etag, last_modified: before.last_modified });
            }
            self.budget.watch.note(&format!("{} changed while it was read: again", self.source.address));
            before = after;
        }
        let problem = format!("{} changes each time it is read: {READINGS} times", self.source.address);
        Err(FetchError::Server(problem))
    }

    /// Counts the rows; none where the table has not changed since the last check.
    fn count(&self, last: Option<&Check>) -> Result<Option<State>, Failure> {
        let address = self.source.address.with_query(&[("$select", "count(*)")]);
        let mut headers = Vec::new();
        if let Some(last) = last {
            headers.extend(last.etag.clone().map(|etag| (header::IF_NONE_MATCH, etag)));
            headers.extend(last.last_modified.clone().map(|time| (header::IF_MODIFIED_SINCE, time)));
        }
        let mut answer = self.client.get(self.source, &address, &headers)?;
        match answer.status {
            304 if last.is_some() => return Ok(None),
            200 => {}
            _ => return Err(refused(&address, &answer)),
        }
        let mut text = Vec::new();
        let body: &mut dyn Read = &mut answer.body;
        let passing = |message: String| Failure::Passing { message, wait: None, progress: false };
        body.take(MOST_COUNT_BYTES)
            .read_to_end(&mut text)
            .map_err(|error| passing(format!("{address} breaks off: {error}")))?;
        self.budget.receive(text.len() as u64)?;
        let rows =
            String::from_utf8_lossy(&text).lines().nth(1).and_then(|cell| cell.trim().trim_matches('"').parse().ok());
        let rows = rows.ok_or_else(|| FetchError::Layout(format!("{address} does not count its rows")))?;
        let [etag, last_modified] = [header::ETAG, header::LAST_MODIFIED].map(|name| answer.header(name));
        Ok(Some(State { rows, etag, last_modified }))
    }

    /// Reads all pages of a state into the content, with one row of names; false where a page is of another state.
    fn read(&self, state: &State) -> Result<bool, FetchError> {
        let path = self.folder.join(CONTENT);
        let fail = |error| FetchError::disk(&path)(error);
        let mut content = BufWriter::new(File::create(&path).map_err(fail)?);
        let mut header = None;
        let mut rows = 0;
        while rows < state.rows {
            let page = self.budget.retrying(|| self.page(rows))?;
            let is_same = page.last_modified.is_none() || page.last_modified == state.last_modified;
            let names = header.get_or_insert_with(|| {
                let first = page.text.iter().position(|byte| *byte == b'\n').map_or(page.text.len(), |end| end + 1);
                page.text[..first].to_vec()
            });
            let Some(body) = page.text.strip_prefix(names.as_slice()).filter(|_| is_same && page.rows > 0) else {
                return Ok(false);
            };
            if rows == 0 {
                content.write_all(names).map_err(fail)?;
            }
            content.write_all(body).map_err(fail)?;
            if !body.ends_with(b"\n") {
                content.write_all(b"\n").map_err(fail)?;
            }
            rows += page.rows;
        }
        let file = content.into_inner().map_err(|error| fail(error.into_error()))?;
        file.sync_all().map_err(fail)?;
        Ok(rows == state.rows)
    }

    fn page(&self, offset: u64) -> Result<Page, Failure> {
        let (limit, offset) = (self.rows.to_string(), offset.to_string());
        // Ordered by the rows' own identifiers, without which pages may overlap.
        let parameters = [("$limit", limit.as_str()), ("$offset", &offset), ("$order", ":id")];
        let address = self.source.address.with_query(&parameters);
        let mut answer = self.client.get(self.source, &address, &[])?;
        if answer.status != 200 {
            return Err(refused(&address, &answer));
        }
        self.budget.announced(answer.length().unwrap_or(0))?;
        let mut text = Vec::new();
        let received = copy(&mut answer.body.by_ref().take(MOST_PAGE_BYTES), &mut text, self.budget, self.folder)?;
        if received.bytes == MOST_PAGE_BYTES {
            let problem = format!("a page of {address} has {MOST_PAGE_BYTES} bytes or more");
            return Err(FetchError::Limit(problem).into());
        }
        let passing = |message: String| Failure::Passing { message, wait: None, progress: false };
        if let Some(error) = received.broken {
            return Err(passing(format!("{address} breaks off: {error}")));
        }
        let shape = crate::network::shape::of_csv(text.as_slice());
        let rows = shape.map_err(|problem| passing(format!("{address} sends no page of a table: {problem}")))?.rows;
        Ok(Page { text, rows, last_modified: answer.header(header::LAST_MODIFIED) })
    }
}

/// A page: its text with names, and its rows.
struct Page {
    text: Vec<u8>,
    rows: u64,
    last_modified: Option<String>,
}
