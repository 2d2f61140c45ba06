#![doc = include_str!("../README.md")]
//!
//! [`load`] reads a data folder up to an as-of day; [`Sources`] reads it once for any number of days; and
//! [`Panel::from_counties`] takes arrays. `sources` recognises the publisher's layout and reads it, `geography` maps rows
//! to places, `align` puts all series on the same days, `repair` moves counts to the days they belong to, `covariates`
//! adds county covariates, `commuting` adds commuters across county lines, and `patients` adds hospital patients of the
//! state. Nothing after the as-of day is used.

mod align;
mod arrays;
mod assemble;
mod averages;
mod commuting;
mod content;
mod covariates;
pub mod demo;
mod error;
mod geography;
mod guard;
mod hash;
mod holidays;
mod input;
mod lake;
mod last_report;
mod listed;
mod notices;
mod patients;
mod place;
mod quote;
mod raw;
#[cfg(any(test, fuzzing))]
pub mod readers;
mod repair;
mod repaired;
mod replay;
mod settings;
mod sources;
mod steps;
mod suspect;
mod totals;
mod unpack;
mod vintage;

use std::path::PathBuf;
use std::sync::Arc;

use countycast_engine::{Fips, History};
use jiff::ToSpan;
use jiff::civil::Date;

pub use arrays::CountyData;
pub use error::{Error, InputError};
pub use geography::{State, codes};
pub use guard::{guarded, is_guarded};
pub use hash::{sha256, sha256_of};
pub use holidays::reported_share;
pub use input::{InputFile, Notice};
pub use place::{District, Place};
pub use quote::quoted;
pub use repair::{Repair, RepairKind, Repairs, repair_series};
pub use replay::Sources;
pub use settings::{Dumps, Gaps, JointDistricts, LastReport, Negatives, Restatements, Settings, Source, Weekday};
pub use unpack::opened;

/// Which data to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The data folder.
    pub data: PathBuf,
    /// The last day to use; none for the last that the files hold.
    pub as_of: Option<Date>,
    /// Whether to use the publisher's files as of that time instead of the newest ones.
    pub vintage: bool,
}

/// All places on the same days, cleaned.
#[derive(Debug, Clone)]
pub struct Panel {
    nation: Place,
    states: Vec<Place>,
    counties: Vec<Place>,
    neighbours: covariates::Neighbours,
    inputs: Vec<InputFile>,
    notices: Vec<Notice>,
}

/// Loads a data folder as known on one day; for several days, [`Sources`] reads the files once.
///
/// # Errors
/// [`Error`] for anything the user has to fix: a missing folder or file, an unknown layout, an invalid value, a day
/// outside the data, a setting out of range.
pub fn load(request: &Request, settings: &Settings) -> Result<Panel, Error> {
    Sources::open(&request.data, settings)?.as_of(request.as_of, request.vintage)
}

impl Panel {
    /// The first day of all histories.
    #[must_use]
    pub fn first_day(&self) -> Date {
        self.nation.history.first_day()
    }

    /// The last day of all histories.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.nation.history.as_of()
    }

    /// All dates, from the first day to the as-of day.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.first_day().series(1.day()).take(self.nation.history.days())
    }

    /// The United States: the sum of the states.
    #[must_use]
    pub fn nation(&self) -> &Place {
        &self.nation
    }

    /// The states and the District of Columbia, by code.
    #[must_use]
    pub fn states(&self) -> &[Place] {
        &self.states
    }

    /// The counties, by code.
    #[must_use]
    pub fn counties(&self) -> &[Place] {
        &self.counties
    }

    /// The place with this code.
    #[must_use]
    pub fn place(&self, fips: Fips) -> Option<&Place> {
        let among = |places: &'_ [Place]| places.binary_search_by_key(&fips, Place::fips).ok();
        match fips.level() {
            countycast_engine::Level::Nation => Some(&self.nation),
            countycast_engine::Level::State => among(&self.states).map(|index| &self.states[index]),
            countycast_engine::Level::County => among(&self.counties).map(|index| &self.counties[index]),
        }
    }

    /// The history of the place with this code: its region is the state for a county, the nation for a state.
    #[must_use]
    pub fn history(&self, fips: Fips) -> Option<Arc<History>> {
        self.place(fips).map(|place| Arc::clone(&place.history))
    }

    /// Counties that share a border with this one, by code; none for states, islands and counties not in the panel.
    #[must_use]
    pub fn neighbours(&self, fips: Fips) -> &[Fips] {
        self.neighbours.get(&fips).map_or(&[], Vec::as_slice)
    }

    /// Every file that was read, in the order of reading.
    #[must_use]
    pub fn inputs(&self) -> &[InputFile] {
        &self.inputs
    }

    /// Notices about the data: missing files and values, omitted rows, joint districts.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.notices_about(|_| true)
    }

    /// Notices about the files, and about the last reports of the places wanted.
    #[must_use]
    pub fn notices_about(&self, wanted: impl Fn(Fips) -> bool) -> Vec<Notice> {
        let places = std::iter::once(&self.nation).chain(&self.states).chain(&self.counties);
        let of_places = notices::of_places(places.filter(|place| wanted(place.fips())));
        self.notices.iter().cloned().chain(of_places).collect()
    }
}
