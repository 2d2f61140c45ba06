//! Repair of whole places: states from the nation down, and the nation as the sum of its states.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast_engine::{Fips, History, HistoryError, Location, Region, Series, SeriesParts};
use jiff::civil::Date;
use rayon::prelude::*;

use super::geography::State;
use super::place::Place;
use super::raw::{Raw, Report};
use super::repair::{self, Around, Cleaned, Holiday, Repair, Repairs, clean, weekday};
use super::settings::Settings;

/// Repairs places on the same days.
pub(super) struct Repairer<'a> {
    pub(super) first_day: Date,
    pub(super) settings: &'a Settings,
}

/// Repaired cases and deaths of a place.
pub(super) struct Repaired {
    kinds: [Kind; 2],
}

/// A repaired series, with what the places within its own need to know.
struct Kind {
    series: Series,
    repairs: Vec<Repair>,
    silences: Vec<(usize, usize)>,
    rises: Vec<f64>,
    holidays: Vec<Holiday>,
}

impl Kind {
    fn new(raw: &Raw, cleaned: Cleaned) -> Result<Self, HistoryError> {
        let unconfirmed: f64 = raw.held.iter().map(|(_, people)| people.max(0.0)).sum();
        let Cleaned { counts, repaired, repairs, last_days, weekday, silences, rises, holidays } = cleaned;
        let series = Series::new(SeriesParts {
            reported: raw.new.clone(),
            cleaned: counts,
            repaired,
            weekday,
            total: raw.total - unconfirmed,
            last_days,
        })?;
        Ok(Self { series, repairs, silences, rises, holidays })
    }
}

impl Repairer<'_> {
    /// Repairs cases and deaths of a place within its region.
    pub(super) fn place(&self, counts: [&Raw; 2], around: &[Around; 2]) -> Result<Repaired, HistoryError> {
        let [cases, deaths] = counts;
        let kind = |raw: &Raw, around| Kind::new(raw, clean(raw, self.first_day, around, self.settings));
        Ok(Repaired { kinds: [kind(cases, &around[0])?, kind(deaths, &around[1])?] })
    }

    /// Repairs the states, and adds them up.
    pub(super) fn states(
        &self,
        states: &BTreeMap<Fips, (Raw, Raw)>,
    ) -> Result<(Repaired, Vec<(Fips, Repaired)>), HistoryError> {
        let kinds: [Vec<&Raw>; 2] =
            [states.values().map(|(cases, _)| cases).collect(), states.values().map(|(_, deaths)| deaths).collect()];
        let sums = kinds.map(|raws| self.sum(&raws));
        let around = sums.each_ref().map(|(_, cleaned, course)| Around {
            weekday: cleaned.weekday,
            silences: cleaned.silences.clone(),
            rises: cleaned.rises.clone(),
            holidays: cleaned.holidays.clone(),
            course: course.clone(),
            of_county: false,
        });
        let repaired: Vec<(Fips, Repaired)> = states
            .par_iter()
            .map(|(fips, (cases, deaths))| Ok((*fips, self.place([cases, deaths], &around)?)))
            .collect::<Result<_, HistoryError>>()?;
        let whole = |index: usize, (raw, cleaned, _): (Raw, Cleaned, Vec<f64>)| {
            let parts = repaired.iter().map(|(_, state)| &state.kinds[index].series);
            Kind::new(&raw, repair::together(cleaned, parts, self.first_day, self.settings))
        };
        let [cases, deaths] = sums;
        Ok((Repaired { kinds: [whole(0, cases)?, whole(1, deaths)?] }, repaired))
    }

    /// The published sum of the states, repaired on its own, and the course of the states that report to the end.
    fn sum(&self, states: &[&Raw]) -> (Raw, Cleaned, Vec<f64>) {
        let alone = |raw: &Raw| clean(raw, self.first_day, &Around::default(), self.settings);
        let course = |cleaned: &Cleaned| weekday::without(&cleaned.counts, &cleaned.weekday, self.first_day);
        let mut total = Raw::zero(states.first().map_or(0, |raw| raw.new.len()));
        states.iter().for_each(|raw| total.add(raw, 1.0));
        let whole = alone(&total);
        let each: Vec<Cleaned> = states.par_iter().map(|raw| alone(raw)).collect();
        let reporting: Vec<&Cleaned> = each.iter().filter(|state| !state.ends_in_silence()).collect();
        if reporting.len() == each.len() || reporting.is_empty() {
            let course = course(&whole);
            return (total, whole, course);
        }
        let mut sum = vec![0.0; total.new.len()];
        for state in reporting {
            sum.iter_mut().zip(course(state)).for_each(|(sum, count)| *sum += count);
        }
        (total, whole, sum)
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

impl Repaired {
    /// Information for the counties within a state.
    pub(super) fn within(&self, first_day: Date) -> [Around; 2] {
        self.kinds.each_ref().map(|Kind { series, silences, rises, holidays, .. }| Around {
            weekday: *series.weekday(),
            silences: silences.clone(),
            rises: rises.clone(),
            holidays: holidays.clone(),
            course: weekday::without(series.cleaned(), series.weekday(), first_day),
            of_county: true,
        })
    }

    /// The place, in its region.
    pub(super) fn place(
        self,
        location: Location,
        first_day: Date,
        region: Option<&Arc<Region>>,
    ) -> Result<Place, HistoryError> {
        let state = State::of(location.fips);
        let [cases, deaths] = self.kinds;
        let history = History::new(Arc::new(location), first_day, cases.series, deaths.series, region.cloned())?;
        let repairs = Repairs { cases: cases.repairs, deaths: deaths.repairs };
        Ok(Place { history: Arc::new(history), state, repairs, reported_in: None })
    }
}
