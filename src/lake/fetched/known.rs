//! What the vintages of one source tell, one after the other.

use std::path::Path;

use countycast_engine::Date;
use countycast_fetch::Vintage;
use countycast_signals::{Hubs, Published, Vintages, read_published};

use super::included::Included;
use super::places::Counties;
use super::tables::{Source, Tables};
use super::{observations, places};
use crate::error::Error;

/// What is known of a source: from the observations, and from vintages that are not yet among them.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) vintages: Vintages,
    /// Counties by the day from which they were told so.
    counties: Vec<(Date, Counties)>,
    /// What is among the observations, with this.
    pub(super) included: Included,
    /// Vintages that were not yet among them.
    pub(super) added: usize,
}

impl Known {
    /// Reads what is known. Vintages are read one at a time, so that memory does not grow with their number.
    pub(super) fn of(root: &Path, source: &Source, tables: &Tables, hubs: &Hubs) -> Result<Self, Error> {
        let names = source.vintages.iter().map(|vintage| vintage.folder.as_str());
        let mut known = match Included::read(root, &source.name, hubs)?.filter(|included| included.begins(names)) {
            Some(included) => Self {
                vintages: observations::read(root, &source.name)?,
                counties: places::read(root, &source.name)?,
                included,
                added: 0,
            },
            None => Self { included: Included::new(hubs), ..Self::default() },
        };
        for vintage in source.vintages.iter().skip(known.included.vintages.len()) {
            known.add(source, vintage, tables, hubs)?;
        }
        Ok(known)
    }

    /// Adds a vintage. One whose table cannot be read is skipped, and what was known before it holds on.
    fn add(&mut self, source: &Source, vintage: &Vintage, tables: &Tables, hubs: &Hubs) -> Result<(), Error> {
        let day = vintage.day();
        let geography = tables.geography(day, &[], hubs)?;
        match read_published(&vintage.path, day, &geography, hubs) {
            Ok(found) => self.revise(found, day),
            Err(error) => {
                self.included.skipped.push(format!("{} {} is left out: {error}", source.name, vintage.folder))
            }
        }
        self.included.vintages.push(vintage.folder.clone());
        self.added += 1;
        Ok(())
    }

    fn revise(&mut self, found: Published, day: Date) {
        if self.vintages.is_empty() {
            self.vintages = found.vintages.condensed();
        } else {
            self.vintages.revise(&found.vintages, day);
        }
        if !found.counties.is_empty() && self.counties.last().is_none_or(|(_, last)| *last != found.counties) {
            self.counties.retain(|(known, _)| *known != day);
            self.counties.push((day, found.counties));
        }
    }

    /// The counties as told on a day; the first where nothing was told by then.
    pub(super) fn counties_on(&self, day: Date) -> Counties {
        let known = self.counties.iter().rfind(|(known, _)| *known <= day).or(self.counties.first());
        known.map(|(_, counties)| counties.clone()).unwrap_or_default()
    }

    /// Writes what is known to the observations. What includes it is noted last: a process killed before adds the same again.
    pub(super) fn keep(&self, root: &Path, source: &str) -> Result<(), Error> {
        observations::write(root, source, &self.vintages)?;
        places::write(root, source, &self.counties)?;
        self.included.write(root, source)
    }
}
