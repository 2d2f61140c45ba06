//! Which tables of a lake are of use for weekly signals.

use std::path::Path;

use countycast_engine::Date;
use countycast_fetch::Vintage;
use countycast_signals::{County, Geography, Hubs, Use, read_places, use_of};

use crate::error::Error;

/// A source with its vintages, the oldest first; at least one.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) vintages: Vec<Vintage>,
}

/// The sources of a lake that are of use.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Tables of weekly signals.
    pub(super) signals: Vec<Source>,
    /// Tables of places.
    pub(super) places: Vec<Source>,
}

impl Tables {
    /// The tables of a lake, each told by the columns of its newest vintage.
    pub(super) fn of(raw: &countycast_fetch::Lake, hubs: &Hubs) -> Result<Self, Error> {
        let mut tables = Self::default();
        for name in raw.sources()? {
            let vintages = raw.vintages(&name)?;
            let Some(newest) = vintages.last() else { continue };
            match use_of(&newest.path, hubs)? {
                Some(Use::Signals) => tables.signals.push(Source { name, vintages }),
                Some(Use::Places) => tables.places.push(Source { name, vintages }),
                None => {}
            }
        }
        Ok(tables)
    }

    /// The geography that was known on a day.
    pub(super) fn geography(&self, day: Date, counties: &[(County, String)], hubs: &Hubs) -> Result<Geography, Error> {
        let known = self.places.iter().filter_map(|source| known_on(&source.vintages, day));
        let paths: Vec<&Path> = known.map(|vintage| vintage.path.as_path()).collect();
        Ok(read_places(&paths, counties, hubs)?)
    }
}

/// The newest vintage up to a day; the first where none is as old.
pub(super) fn known_on(vintages: &[Vintage], day: Date) -> Option<&Vintage> {
    vintages.iter().rfind(|vintage| vintage.day() <= day).or(vintages.first())
}
