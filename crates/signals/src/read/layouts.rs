//! Which layout a table has, told by its columns.

use std::path::Path;

use countycast_panel::{InputError, opened};

use super::{Signals, Table, parquet, places, publishers, table};
use crate::hubs::Hubs;

/// A layout of a publisher's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Counties with their Health Service Areas and residents.
    Crosswalk,
    /// States with residents.
    States,
    /// A hub's names for areas.
    Slugs,
    /// Emergency visits by area, with vintages.
    EmergencyVintages,
    /// Emergency visits by county, state and nation, as the CDC publishes them.
    Emergency,
    /// Weekly admissions by jurisdiction, as the CDC publishes them.
    Admissions,
    /// A hub's target data with a column for the target.
    Targets,
    /// A hub's target data of one target.
    OneTarget,
    /// Outpatient visits for influenza-like illness.
    Outpatient,
}

/// Columns by which a layout is known, the first that fits.
const KNOWN: [(Layout, &[&str]); 9] = [
    (Layout::Crosswalk, &["fips", "hsa_nci_id", "pop2024"]),
    (Layout::States, &["abbreviation", "location", "location_name", "population"]),
    (Layout::Slugs, &["location", "original_location_code", "location_type", "population"]),
    (Layout::EmergencyVintages, &["as_of", "geo", "week_end", "influenza"]),
    (Layout::Emergency, &["week_end", "geography", "county", "percent_visits_influenza", "hsa_nci_id"]),
    (Layout::Admissions, &["weekendingdate", "jurisdiction", "totalconfflunewadm"]),
    (Layout::Targets, &["location", "target", "observation"]),
    (Layout::OneTarget, &["date", "location", "value"]),
    (Layout::Outpatient, &["region_type", "region", "week_start", "unweighted_ili"]),
];

impl Layout {
    /// The layout of a file; none where its columns are of no use.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(crate) fn of_file(path: &Path, hubs: &Hubs) -> Result<Option<Self>, InputError> {
        let columns = columns(path)?;
        let has = |names: &&[&str]| names.iter().all(|name| columns.iter().any(|column| column == name));
        let layout = KNOWN.iter().find(|(_, names)| has(names)).map(|(layout, _)| *layout);
        // A hub's forecasts have a location and a target as well, but no observation; oracle output repeats them.
        let known = |layout: &Self| *layout != Self::OneTarget || publishers::one_target(path, hubs).is_some();
        Ok(layout.filter(known))
    }

    /// Whether it is read before others: 0 for names of places.
    pub(crate) const fn order(self) -> u8 {
        match self {
            Self::Crosswalk | Self::States | Self::Slugs => 0,
            _ => 1,
        }
    }

    /// Adds what a table of this layout holds.
    ///
    /// # Errors
    /// Where a cell cannot be what it must be.
    pub(crate) fn add(self, table: &Table, hubs: &Hubs, into: &mut Signals) -> Result<(), InputError> {
        match self {
            Self::Crosswalk => places::crosswalk(table, into),
            Self::States => places::states(table, into),
            Self::Slugs => places::slugs(table, into),
            Self::EmergencyVintages => publishers::emergency_vintages(table, into),
            Self::Emergency => publishers::emergency(table, into),
            Self::Admissions => publishers::admissions(table, into),
            Self::Targets => publishers::targets(table, hubs, into),
            Self::OneTarget => publishers::single_target(table, hubs, into),
            Self::Outpatient => publishers::outpatient(table, into),
        }
    }
}

/// Names of a file's columns, without its rows.
pub(super) fn columns(path: &Path) -> Result<Vec<String>, InputError> {
    let wrong = |error: String| InputError::new(path, format!("not readable: {error}"), "download the file again");
    if table::is_parquet(path) {
        return Ok(parquet::shape(path)?.0);
    }
    let mut reader = csv::Reader::from_reader(opened(path).map_err(|error| InputError::unreadable(path, &error))?);
    let header = reader.headers().map_err(|error| wrong(error.to_string()))?;
    Ok(header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect())
}
