//! A source from its server into a lake.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use crate::error::FetchError;
use crate::lake::Lake;
use crate::manifest::Manifest;
use crate::network::client::Client;
use crate::network::clock::Clock;
use crate::network::download::{CONTENT, Download, Fetched};
use crate::network::land::{Arrived, checked, land, remove};
use crate::network::limits::Limits;
use crate::network::lock::Lock;
use crate::network::pages::Pages;
use crate::network::retry::Budget;
use crate::network::shape::ParquetShape;
use crate::network::sources::{Paging, Source};
use crate::network::watch::Watch;

/// What came of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A new vintage is in place.
    New {
        /// Name of its folder.
        folder: String,
        /// What it is.
        manifest: Box<Manifest>,
        /// What is worth telling of it.
        notices: Vec<String>,
    },
    /// The newest vintage is still what the publisher has.
    Unchanged {
        /// Name of its folder.
        folder: String,
    },
}

/// Fetches sources into a lake.
pub struct Fetcher<'a> {
    lake: &'a Lake,
    limits: Limits,
    clock: &'a dyn Clock,
    watch: &'a dyn Watch,
    parquet: &'a ParquetShape<'a>,
    client: Client,
}

impl<'a> Fetcher<'a> {
    /// A fetcher into a lake; `parquet` tells the shape of Parquet files.
    #[must_use]
    pub fn new(
        lake: &'a Lake,
        limits: Limits,
        clock: &'a dyn Clock,
        watch: &'a dyn Watch,
        parquet: &'a ParquetShape<'a>,
    ) -> Self {
        Self { lake, limits, clock, watch, parquet, client: Client::new(&limits) }
    }

    /// Fetches a source, if it changed since the last time, and puts it in place as a vintage.
    ///
    /// # Errors
    /// [`FetchError`]; the last good vintage is then untouched.
    pub fn fetch(&self, source: &Source) -> Result<Outcome, FetchError> {
        let raw = self.lake.raw(&source.name);
        let partial = raw.join(".partial");
        fs::create_dir_all(&partial).map_err(FetchError::disk(&partial))?;
        let _lock = Lock::take(&raw)?;
        let vintages = self.lake.vintages(&source.name)?;
        // What an earlier check knows is of use only while its vintage is the newest.
        let last = self.lake.last_check(&source.name)?;
        let last = last.filter(|last| vintages.last().is_some_and(|newest| newest.folder == last.vintage));
        let budget = Budget::new(self.limits, self.clock, self.watch);
        let (client, budget, folder) = (&self.client, &budget, partial.as_path());
        let fetched = match source.paging {
            None => Download { client, budget, source, folder }.run(last.as_ref())?,
            Some(Paging::Socrata { rows }) => Pages { client, budget, source, rows, folder }.run(last.as_ref())?,
        };
        let now = self.clock.now();
        let at = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let (etag, last_modified) = match (fetched, last) {
            (Fetched::Unchanged, Some(last)) => {
                self.sweep(&partial)?;
                checked(self.lake, source, at, &last.vintage, (last.etag, last.last_modified))?;
                return Ok(Outcome::Unchanged { folder: last.vintage });
            }
            (Fetched::Unchanged, None) => {
                return Err(FetchError::Server(format!("{} says that nothing changed, unasked", source.address)));
            }
            (Fetched::Content { etag, last_modified }, _) => (etag, last_modified),
        };
        let content = partial.join(CONTENT);
        let validators = (etag.clone(), last_modified.clone());
        let arrived = Arrived { content: &content, at, etag, last_modified };
        let landed = land(self.lake, source, &vintages, &arrived, self.parquet);
        // A table that is refused is not resumed, but fetched anew.
        self.sweep(&partial)?;
        let landed = landed?;
        checked(self.lake, source, at, &landed.folder, validators)?;
        Ok(if landed.is_new {
            Outcome::New { folder: landed.folder, manifest: Box::new(landed.manifest), notices: landed.notices }
        } else {
            Outcome::Unchanged { folder: landed.folder }
        })
    }

    fn sweep(&self, partial: &Path) -> Result<(), FetchError> {
        remove(partial).map_err(FetchError::disk(partial))
    }
}
