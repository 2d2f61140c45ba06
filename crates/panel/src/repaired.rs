//! Repair of whole places: states from the nation down, and the nation as the sum of its states.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast_engine::{Fips, History, HistoryError, Location, Region, Series, SeriesParts};
use jiff::civil::Date;
use rayon::prelude::*;

use super::geography::State;
use super::place::Place;
use super::raw::{Raw, Report};
use super::repair::{self, Around, Cleaned, Repairs, clean};
use super::settings::Settings;

/// Repairs places on the same days.
pub(super) struct Repairer<'a> {
    pub(super) first_day: Date,
    pub(super) settings: &'a Settings,
}

/// Repaired cases and deaths of a place.
pub(super) struct Repaired {
    kinds: [(Series, Cleaned); 2],
}

impl Repairer<'_> {
    /// Repairs cases and deaths of a place within its region.
    pub(super) fn place(&self, counts: [&Raw; 2], around: &[Around; 2]) -> Result<Repaired, HistoryError> {
        let [cases, deaths] = counts;
        let kind = |raw: &Raw, around: &Around| {
            let cleaned = clean(raw, self.first_day, around, self.settings);
            Ok::<_, HistoryError>((series(raw, &cleaned)?, cleaned))
        };
        Ok(Repaired { kinds: [kind(cases, &around[0])?, kind(deaths, &around[1])?] })
    }

    /// Repairs the states, and adds them up.
    pub(super) fn states(
        &self,
        states: &BTreeMap<Fips, (Raw, Raw)>,
    ) -> Result<(Repaired, Vec<(Fips, Repaired)>), HistoryError> {
        let kinds: [Vec<&Raw>; 2] =
            [states.values().map(|(cases, _)| cases).collect(), states.values().map(|(_, deaths)| deaths).collect()];
        let [cases, deaths] = kinds.map(|raws| self.sum(&raws));
        let around = [cases.1.around.clone(), deaths.1.around.clone()];
        let repaired: Vec<(Fips, Repaired)> = states
            .par_iter()
            .map(|(fips, (cases, deaths))| Ok((*fips, self.place([cases, deaths], &around)?)))
            .collect::<Result<_, HistoryError>>()?;
        let whole = |index: usize, (raw, cleaned): (Raw, Cleaned)| {
            let parts = repaired.iter().map(|(_, state)| &state.kinds[index].1);
            let cleaned = repair::together(cleaned, parts, self.first_day, self.settings);
            Ok::<_, HistoryError>((series(&raw, &cleaned)?, cleaned))
        };
        Ok((Repaired { kinds: [whole(0, cases)?, whole(1, deaths)?] }, repaired))
    }

    /// The published sum of the states, repaired on its own. Its course is that of the states that report to the end.
    fn sum(&self, states: &[&Raw]) -> (Raw, Cleaned) {
        let mut total = Raw::zero(states.first().map_or(0, |raw| raw.new.len()));
        states.iter().for_each(|raw| total.add(raw, 1.0));
        let mut cleaned = clean(&total, self.first_day, &Around::default(), self.settings);
        let alone: Vec<Cleaned> =
            states.par_iter().map(|raw| clean(raw, self.first_day, &Around::default(), self.settings)).collect();
        let reporting: Vec<&Cleaned> = alone.iter().filter(|state| !state.ends_in_silence()).collect();
        if reporting.len() < alone.len() && !reporting.is_empty() {
            for (day, sum) in cleaned.around.course.iter_mut().enumerate() {
                *sum = reporting.iter().map(|state| state.around.course[day]).sum();
            }
        }
        (total, cleaned)
    }
}

/// Adds to states the expected people of counties whose reports are missing while the state's others are there.
pub(super) fn await_counties<'a>(
    state: &mut Raw,
    counties: impl Iterator<Item = &'a Raw>,
    first_day: Date,
    settings: &Settings,
) {
    let days = state.new.len();
    for county in counties {
        let first = county.reports.iter().rposition(|report| *report != Report::Missing).map_or(0, |last| last + 1);
        if first >= days || state.reports[first..].contains(&Report::Missing) {
            continue;
        }
        let expected = clean(county, first_day, &Around::default(), settings).counts;
        state.awaited.extend((first..days).map(|day| (day, expected[day])));
    }
}

fn series(raw: &Raw, cleaned: &Cleaned) -> Result<Series, HistoryError> {
    let unconfirmed: f64 = raw.held.iter().map(|(_, people)| people.max(0.0)).sum();
    Series::new(SeriesParts {
        reported: raw.new.clone(),
        cleaned: cleaned.counts.clone(),
        repaired: cleaned.repaired.clone(),
        weekday: cleaned.around.weekday,
        total: raw.total - unconfirmed,
        last_days: cleaned.last_days,
    })
}

impl Repaired {
    /// Information for the counties within a state.
    pub(super) fn within(&self) -> [Around; 2] {
        [0, 1].map(|index| Around { of_county: true, ..self.kinds[index].1.around.clone() })
    }

    /// The place, in its region.
    pub(super) fn place(
        self,
        location: Location,
        first_day: Date,
        region: Option<&Arc<Region>>,
    ) -> Result<Place, HistoryError> {
        let state = State::of(location.fips);
        let [(cases, of_cases), (deaths, of_deaths)] = self.kinds;
        let history = History::new(Arc::new(location), first_day, cases, deaths, region.cloned())?;
        let repairs = Repairs { cases: of_cases.repairs, deaths: of_deaths.repairs };
        Ok(Place { history: Arc::new(history), state, repairs, reported_in: None })
    }
}
