//! Publishers' tables as they were fetched, and what was known of weekly signals on any day since.
//!
//! `raw/SOURCE/fetched_at=TIME/` holds each table as it came (crate `countycast-fetch`). `observations/` holds the values of
//! weekly signals with the day from which each was known, delta-coded: a new vintage adds what changed. It is made from `raw/`, and is
//! made anew where it does not fit to it.

mod included;
mod known;
mod observations;
mod places;
mod tables;

use std::path::Path;

use countycast_engine::Date;
use countycast_fetch::day_of;
use countycast_signals::{Hubs, Signals};

use super::Lake;
use crate::error::Error;
use crate::panel::InputFile;

use self::known::Known;
use self::tables::{Tables, known_on};

/// What an update added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Updated {
    /// Vintages that were added to the observations.
    pub vintages: usize,
    /// Tables that could not be read, with the reason; the values before them hold on.
    pub notices: Vec<String>,
}

impl Lake {
    /// Adds the vintages to the observations that are not yet among them. One update writes at a time; another one meanwhile
    /// leaves it to the next, for readers do without.
    ///
    /// # Errors
    /// [`Error::Input`] for a damaged lake, [`Error::Io`] where it cannot be written.
    pub fn update(&self, hubs: &Hubs) -> Result<Updated, Error> {
        let tables = Tables::of(&self.raw, hubs)?;
        let mut updated = Updated::default();
        if tables.signals.is_empty() {
            return Ok(updated);
        }
        let Some(_lock) = included::lock(&self.root)? else { return Ok(updated) };
        for source in &tables.signals {
            let known = Known::of(&self.root, source, &tables, hubs)?;
            updated.vintages += known.added;
            updated.notices.extend(known.included.skipped.iter().cloned());
            if known.added > 0 {
                known.keep(&self.root, &source.name)?;
            }
        }
        Ok(updated)
    }

    /// All that the lake tells of weekly signals, and the day of the forecast: `as_of`, or the last on which publishers were asked.
    /// Places are those known on that day. Nothing in the lake is changed.
    ///
    /// # Errors
    /// [`Error::Request`] where nothing was fetched into it, [`Error::Input`] where it is damaged.
    pub fn signals(&self, hubs: &Hubs, as_of: Option<Date>) -> Result<(Signals, Date), Error> {
        let tables = Tables::of(&self.raw, hubs)?;
        if tables.signals.is_empty() {
            return Err(Error::Request {
                message: format!("{} holds no table of weekly signals", self.root.display()),
                remedy: format!("`countycast data fetch --into {}` fetches them", self.root.display()),
            });
        }
        let day = as_of.or(self.last_checked(&tables)?).unwrap_or(Date::constant(1970, 1, 1));
        let mut found = Signals::default();
        let mut counties = Vec::new();
        for source in &tables.signals {
            let known = Known::of(&self.root, source, &tables, hubs)?;
            counties.extend(known.counties_on(day));
            found.vintages.absorb(known.vintages);
            let seen = source.vintages.iter().filter(|vintage| vintage.day() <= day);
            found.inputs.extend(seen.map(|vintage| input(&self.root, vintage)));
        }
        found.vintages = std::mem::take(&mut found.vintages).sorted();
        let of_places: Vec<_> = tables.places.iter().filter_map(|source| known_on(&source.vintages, day)).collect();
        found.inputs.extend(of_places.iter().map(|vintage| input(&self.root, vintage)));
        found.geography = tables.geography(day, &counties, hubs)?;
        Ok((found, day))
    }

    /// The last day on which a publisher of weekly signals was asked.
    fn last_checked(&self, tables: &Tables) -> Result<Option<Date>, Error> {
        let mut last = None;
        for source in &tables.signals {
            let fetched = source.vintages.last().map(|vintage| vintage.fetched_at);
            let checked = self.raw.last_check(&source.name)?.map(|check| check.checked_at);
            last = last.max(fetched).max(checked);
        }
        Ok(last.map(day_of))
    }
}

fn input(root: &Path, vintage: &countycast_fetch::Vintage) -> InputFile {
    let path = vintage.path.strip_prefix(root).unwrap_or(&vintage.path).to_owned();
    InputFile { path, sha256: vintage.manifest.sha256.clone(), last_day: Some(vintage.day()) }
}
