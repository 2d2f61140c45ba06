//! From aligned counts to places: repaired from the nation down, with covariates and regions.

use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Covariate, Fips, HistoryError, Location, Region};
use jiff::civil::Date;
use rayon::prelude::*;

use super::align::{Aligned, County, county_name};
use super::covariates::{self, Facts};
use super::geography::State;
use super::input::Reader;
use super::place::Place;
use super::repair::Around;
use super::repaired::Repairer;
use super::settings::Settings;
use super::steps;
use super::suspect;
use crate::error::{Error, InputError};

/// All places.
pub(super) struct Places {
    pub(super) nation: Place,
    pub(super) states: Vec<Place>,
    pub(super) counties: Vec<Place>,
}

/// Builds the places from published files. Problems are reported with the file of cases, and missing facts as notices.
pub(super) fn of_files(
    aligned: Aligned,
    first_day: Date,
    facts: &Facts,
    settings: &Settings,
    (cases_file, deaths_file): (&Path, &Path),
    reader: &mut Reader,
) -> Result<Places, Error> {
    let locations = locations(&aligned.counties, facts);
    let notices = suspect::totals(&aligned, &locations).map_err(|problem| {
        let problem = format!("{problem}, which are in {}", cases_file.display());
        InputError::new(deaths_file, problem, "exchange the files or columns of cases and deaths if they were confused")
    });
    reader.notices.extend(notices?);
    facts.note_missing(locations.iter().map(|l| &l.covariates), reader);
    let unknown = locations.iter().filter(|l| l.population.is_none()).count();
    reader.notice("counties without a population", unknown);
    assemble(aligned, locations, first_day, facts, settings).map_err(|error| inconsistent(cases_file, &error))
}

/// Builds the places from counties and their locations: states within the nation, then counties within their states, each
/// repaired with information from its region.
///
/// State totals are repaired on their own series and not as the sum of repaired counties: transfers between a county
/// and `Unassigned` cancel in the state, and a state is large enough to distinguish a dump from chance. Steps that counties' own
/// reports tell are moved into the past in their state, too, where it stands out on the day by half of them at least. The nation is
/// the sum of its repaired states.
pub(super) fn assemble(
    mut aligned: Aligned,
    locations: Vec<Location>,
    first_day: Date,
    facts: &Facts,
    settings: &Settings,
) -> Result<Places, HistoryError> {
    let repair = Repairer { first_day, settings };
    steps::carry(&mut aligned, &repair)?;
    let whole = |fips: Fips, name: &str, parts: &dyn Fn(Fips) -> bool| {
        let parts: Vec<_> = locations.iter().filter(|l| parts(l.fips)).collect();
        let mut location = Location::new(fips, name);
        // A sum over only some counties would not be the population of the whole.
        location.population = parts.iter().map(|l| l.population).sum::<Option<f64>>().filter(|p| *p > 0.0);
        location.covariates = covariates::together(parts.iter().map(|l| (&l.covariates, l.population)));
        location.contacts.clone_from(&facts.contacts);
        location
    };
    let (of_nation, of_states) = repair.states(&aligned.states)?;
    let nation = of_nation.place(whole(Fips::US, "United States", &|_| true), first_day, None)?;
    let around_states = region(&nation);
    let states: Vec<(Place, Arc<Region>, [Around; 2])> = of_states
        .into_iter()
        .map(|(fips, repaired)| {
            let name = State::of(fips).map_or("", |state| state.name);
            let location = whole(fips, name, &|county| county.state() == Some(fips));
            let within = repaired.within(first_day);
            let place = repaired.place(location, first_day, Some(&around_states))?;
            let region = region(&place);
            Ok((place, region, within))
        })
        .collect::<Result<_, HistoryError>>()?;
    let counties = aligned
        .counties
        .into_par_iter()
        .zip(locations)
        .map(|(county, location)| {
            let state = county.fips.state();
            let around = states.iter().find(|(place, ..)| Some(place.fips()) == state);
            let nothing = [Around::default(), Around::default()];
            let repaired =
                repair.place([&county.cases, &county.deaths], around.map_or(&nothing, |(_, _, around)| around))?;
            let mut place = repaired.place(location, first_day, around.map(|(_, region, _)| region))?;
            place.reported_in = county.reported_in;
            Ok(place)
        })
        .collect::<Result<_, HistoryError>>()?;
    Ok(Places { nation, states: states.into_iter().map(|(place, ..)| place).collect(), counties })
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

/// A place as the region of the places within it.
fn region(place: &Place) -> Arc<Region> {
    let history = &place.history;
    Arc::new(Region {
        location: history.location().clone(),
        cases: history.cases().clone(),
        deaths: history.deaths().clone(),
    })
}

pub(super) fn inconsistent(cases_file: &Path, error: &HistoryError) -> Error {
    InputError::new(
        cases_file,
        format!("cannot form a history: {error}"),
        "check that the file is whole and has counts",
    )
    .into()
}
