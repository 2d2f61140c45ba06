//! From aligned counts to places: repaired from the nation down, with covariates and regions.

use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Covariate, Fips, History, HistoryError, Level, Location, Region, Series, SeriesParts};
use jiff::civil::Date;
use rayon::prelude::*;

use super::align::{Aligned, County, Raw, county_name};
use super::covariates::{self, Facts};
use super::geography::State;
use super::input::Reader;
use super::place::Place;
use super::repair::{Around, Repair, Repairs, clean};
use super::settings::Settings;
use crate::error::{Error, InputError};

/// All places.
pub(super) struct Places {
    pub(super) nation: Place,
    pub(super) states: Vec<Place>,
    pub(super) counties: Vec<Place>,
}

/// Information that a place passes to the places within it.
struct Outer {
    region: Arc<Region>,
    cases: Around,
    deaths: Around,
}

/// Builds the places from published files. Problems are reported with the file of cases, and missing facts as notices.
pub(super) fn of_files(
    aligned: Aligned,
    first_day: Date,
    facts: &Facts,
    settings: &Settings,
    cases_file: &Path,
    reader: &mut Reader,
) -> Result<Places, Error> {
    let locations = locations(&aligned.counties, facts);
    if let Some((county, problem)) = overfull(&aligned.counties, &locations) {
        let days = i64::try_from(county.cases.new.len().saturating_sub(1)).unwrap_or(0).min(1 << 20);
        let day = first_day.saturating_add(jiff::Span::new().days(days));
        let remedy = "correct the count, or the population in the file with deaths or under counties/";
        return Err(InputError::new(cases_file, problem, remedy)
            .on_line(county.line)
            .in_column(day.strftime("%-m/%-d/%y").to_string())
            .into());
    }
    facts.note_missing(locations.iter().map(|l| &l.covariates), reader);
    let unknown = locations.iter().filter(|l| l.population.is_none()).count();
    reader.notice("counties without a population", unknown);
    assemble(aligned, locations, first_day, facts, settings).map_err(|error| inconsistent(cases_file, &error))
}

/// Builds the places from counties and their locations: the nation first, then its states, then their counties, each
/// repaired with information from its region.
///
/// State totals are repaired on their own series and not as the sum of repaired counties: transfers between a county
/// and `Unassigned` cancel in the state, and a state is large enough to distinguish a dump from chance.
pub(super) fn assemble(
    aligned: Aligned,
    locations: Vec<Location>,
    first_day: Date,
    facts: &Facts,
    settings: &Settings,
) -> Result<Places, HistoryError> {
    let build =
        |location, counts: &(Raw, Raw), outer: Option<&Outer>| place(location, first_day, counts, outer, settings);
    let days = aligned.states.values().next().map_or(0, |(cases, _)| cases.new.len());
    let mut total = (Raw::zero(days), Raw::zero(days));
    for (cases, deaths) in aligned.states.values() {
        total.0.add(cases, 1.0);
        total.1.add(deaths, 1.0);
    }
    let whole = |fips: Fips, name: &str, parts: &dyn Fn(Fips) -> bool| {
        let parts: Vec<_> = locations.iter().filter(|l| parts(l.fips)).collect();
        let mut location = Location::new(fips, name);
        // A sum over only some counties would not be the population of the whole.
        location.population = parts.iter().map(|l| l.population).sum::<Option<f64>>().filter(|p| *p > 0.0);
        location.covariates = covariates::together(parts.iter().map(|l| (&l.covariates, l.population)));
        location.contacts.clone_from(&facts.contacts);
        location
    };
    let (nation, around) = build(whole(Fips::US, "United States", &|_| true), &total, None)?;
    let around = outer(&nation, around);
    let states: Vec<(Place, Outer)> = aligned
        .states
        .par_iter()
        .map(|(fips, counts)| {
            let name = State::of(*fips).map_or("", |state| state.name);
            let state = whole(*fips, name, &|county| county.state() == Some(*fips));
            let (place, within) = build(state, counts, Some(&around))?;
            let outer = outer(&place, within);
            Ok((place, outer))
        })
        .collect::<Result<_, HistoryError>>()?;
    let counties = aligned
        .counties
        .into_par_iter()
        .zip(locations)
        .map(|(county, location)| {
            let state = county.fips.state();
            let outer = states.iter().find(|(place, _)| Some(place.fips()) == state).map(|(_, outer)| outer);
            let (mut place, _) = build(location, &(county.cases, county.deaths), outer)?;
            place.reported_in = county.reported_in.map(str::to_owned);
            Ok(place)
        })
        .collect::<Result<_, HistoryError>>()?;
    Ok(Places { nation, states: states.into_iter().map(|(place, _)| place).collect(), counties })
}

/// The counties with what is known about them.
pub(super) fn locations(counties: &[County], facts: &Facts) -> Vec<Location> {
    counties.iter().map(|county| location(county, facts)).collect()
}

fn location(county: &County, facts: &Facts) -> Location {
    let mut location = Location::new(county.fips, county_name(county));
    location.population = county.population.or_else(|| facts.population(county.fips));
    location.covariates = facts.of(county.fips);
    location.contacts.clone_from(&facts.contacts);
    if let Some((latitude, longitude)) = county.position {
        location.covariates.set(Covariate::Latitude, latitude);
        location.covariates.set(Covariate::Longitude, longitude);
    }
    location
}

/// A county with more cases than residents, of which one must be wrong, and the problem in words.
pub(super) fn overfull<'a>(counties: &'a [County], locations: &[Location]) -> Option<(&'a County, String)> {
    counties.iter().zip(locations).find_map(|(county, location)| {
        let (cases, residents) = (county.cases.total, location.population?);
        let problem =
            || format!("{cases:.0} cases in {} ({}), which has {residents:.0} residents", location.name, county.fips);
        (cases > residents).then(|| (county, problem()))
    })
}

/// Repairs both series of a place; also returns the information on cases and deaths for the places within it.
fn place(
    location: Location,
    first_day: Date,
    (cases, deaths): &(Raw, Raw),
    outer: Option<&Outer>,
    settings: &Settings,
) -> Result<(Place, (Around, Around)), HistoryError> {
    let nothing = Around::default();
    let (around_cases, around_deaths) = outer.map_or((&nothing, &nothing), |o| (&o.cases, &o.deaths));
    let level = location.fips.level();
    let (cases, case_repairs, cases_within) = series(cases, first_day, level, around_cases, settings)?;
    let (deaths, death_repairs, deaths_within) = series(deaths, first_day, level, around_deaths, settings)?;
    let state = State::of(location.fips);
    let region = outer.map(|outer| Arc::clone(&outer.region));
    let history = Arc::new(History::new(Arc::new(location), first_day, cases, deaths, region)?);
    let repairs = Repairs { cases: case_repairs, deaths: death_repairs };
    Ok((Place { history, state, repairs, reported_in: None }, (cases_within, deaths_within)))
}

fn series(
    raw: &Raw,
    first_day: Date,
    level: Level,
    around: &Around,
    settings: &Settings,
) -> Result<(Series, Vec<Repair>, Around), HistoryError> {
    let clean = clean(&raw.new, first_day, around, settings);
    // A county that is silent while its state reports may have nothing to report: no late cases are expected.
    let promised = level != Level::County || around.silences.iter().any(|(_, last)| last + 1 == raw.new.len());
    let series = Series::new(SeriesParts {
        reported: raw.new.clone(),
        cleaned: clean.counts,
        repaired: clean.repaired,
        weekday: clean.around.weekday,
        total: raw.total,
        late: if promised { clean.late } else { 0.0 },
    })?;
    Ok((series, clean.repairs, clean.around))
}

/// Information on a place for the places within it.
fn outer(place: &Place, (cases, deaths): (Around, Around)) -> Outer {
    let history = &place.history;
    let region = Region {
        location: history.location().clone(),
        cases: history.cases().clone(),
        deaths: history.deaths().clone(),
    };
    Outer { region: Arc::new(region), cases, deaths }
}

pub(super) fn inconsistent(cases_file: &Path, error: &HistoryError) -> Error {
    InputError::new(
        cases_file,
        format!("cannot form a history: {error}"),
        "check that the file is whole and has counts",
    )
    .into()
}
