//! A panel from arrays instead of files.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::{Covariates, Fips, Level};
use jiff::civil::Date;

use super::align::{Aligned, County};
use super::assemble::{self, Places};
use super::covariates::{self, Facts, RESIDENTS};
use super::geography::State;
use super::raw::Raw;
use super::settings::Settings;
use super::suspect;
use crate::Panel;
use crate::error::Error;

/// Largest count of a day, up or down: no county has so many residents, and sums stay exact.
const MOST_PEOPLE: f64 = 1e9;

/// A county's daily counts as arrays, with what else is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct CountyData {
    /// FIPS code of a county of the 50 states or the District of Columbia.
    pub fips: Fips,
    /// Name without the state, such as `Autauga`.
    pub name: String,
    /// New cases by day, people. A negative count is a correction of earlier days; the sum is at least 0.
    pub cases: Vec<f64>,
    /// New deaths on the same days, people, under the same rules.
    pub deaths: Vec<f64>,
    /// Residents, from 1 to 20 million; if none, a population among the covariates is used.
    pub population: Option<f64>,
    /// Further covariates, such as shares of age groups. States get sums and means of their counties'.
    pub covariates: Covariates,
    /// Counties that share a border. A border that one of the two counties names is known to both; those outside the panel
    /// are left out.
    pub neighbours: Vec<Fips>,
}

impl CountyData {
    /// Daily counts of a county of which nothing else is known.
    #[must_use]
    pub fn new(fips: Fips, name: impl Into<String>, cases: Vec<f64>, deaths: Vec<f64>) -> Self {
        let (covariates, neighbours) = (Covariates::default(), Vec::new());
        Self { fips, name: name.into(), cases, deaths, population: None, covariates, neighbours }
    }
}

impl Panel {
    /// A panel from daily counts of counties, whose first day is `first_day` in all of them.
    ///
    /// States are the sums of their counties here, and the nation is that of its states. All places are repaired and
    /// given their covariates as [`load`](crate::load) does. Without files there are neither commuting nor hospital
    /// patients nor contact matrices, and no [`Panel::inputs`].
    ///
    /// ```
    /// use countycast_panel::{CountyData, Panel, Settings};
    /// let counts = |daily: f64| vec![daily; 90];
    /// let counties = vec![
    ///     CountyData::new("01001".parse()?, "Autauga", counts(12.0), counts(0.0)),
    ///     CountyData::new("01003".parse()?, "Baldwin", counts(30.0), counts(1.0)),
    /// ];
    /// let panel = Panel::from_counties("2020-06-01".parse()?, counties, &Settings::default())?;
    /// assert_eq!(panel.as_of().to_string(), "2020-08-29");
    /// assert_eq!(panel.nation().history.cases().total(), 90.0 * 42.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Request`] if there is no county or no day, for a code that is not a county's or whose state is unknown,
    /// a county given twice, arrays of different lengths, a count that is not finite or beyond a billion, a negative
    /// total, a population that no county has, more deaths than cases in all counties together, and a setting out of
    /// range. What is odd in single counties, such as more cases than residents, or a covariate out of its range, which
    /// is left out, is among the [`Panel::notices`].
    pub fn from_counties(first_day: Date, mut counties: Vec<CountyData>, settings: &Settings) -> Result<Self, Error> {
        settings.validate()?;
        counties.sort_by_key(|county| county.fips);
        check(&counties)?;
        let codes: BTreeSet<Fips> = counties.iter().map(|county| county.fips).collect();
        let beside =
            |county: &CountyData| county.neighbours.iter().map(|other| (county.fips, *other)).collect::<Vec<_>>();
        let neighbours = covariates::among(&codes, counties.iter().flat_map(beside));
        let mut facts: BTreeMap<Fips, Covariates> = counties.iter().map(|c| (c.fips, c.covariates.clone())).collect();
        let mut notices = covariates::leave_out_impossible(&mut facts);
        let facts = Facts::new(facts);
        let aligned = Aligned::of_counties(counties.into_iter().map(published).collect(), settings);
        let locations = assemble::locations(&aligned.counties, &facts);
        let remedy = "exchange cases and deaths if they were confused";
        notices.extend(suspect::totals(&aligned, &locations).map_err(|problem| request(problem, remedy))?);
        notices.extend(suspect::daily(&aligned));
        let places = assemble::assemble(aligned, locations, first_day, &facts, settings);
        let Places { nation, states, counties } = places
            .map_err(|error| request(format!("cannot form a history: {error}"), "check the counts of all counties"))?;
        Ok(Self { nation, states, counties, neighbours, inputs: Vec::new(), notices })
    }
}

/// The county as if it had been read.
fn published(county: CountyData) -> County {
    let CountyData { fips, name, population, cases, deaths, .. } = county;
    let (cases, deaths) = (Raw::of_new(cases), Raw::of_new(deaths));
    County { fips, name, line: 0, population, position: None, cases, deaths, reported_in: None }
}

/// Checks counties in the order of their codes.
fn check(counties: &[CountyData]) -> Result<(), Error> {
    let days = counties.first().map_or(0, |county| county.cases.len());
    if days == 0 {
        return Err(request("there is no county, or no day in the first", "give at least one county with counts"));
    }
    if let Some(twice) = counties.windows(2).find(|pair| pair[0].fips == pair[1].fips) {
        return Err(request(format!("county {} is given twice", twice[0].fips), "add up its counts, or leave one out"));
    }
    counties.iter().try_for_each(|county| check_one(county, days))
}

fn check_one(county: &CountyData, days: usize) -> Result<(), Error> {
    let (fips, known) = (county.fips, State::of(county.fips));
    if fips.level() != Level::County || known.is_none() {
        let remedy = "use five-digit county codes of the 50 states and the District of Columbia";
        return Err(request(format!("{fips} is not the code of a county in a known state"), remedy));
    }
    for (what, counts) in [("cases", &county.cases), ("deaths", &county.deaths)] {
        if counts.len() != days {
            let message = format!("{what} of {fips} have {} days, where {days} were expected", counts.len());
            return Err(request(message, "give every county the same days for cases and deaths"));
        }
        if let Some((day, count)) = counts.iter().enumerate().find(|(_, count)| !count.is_finite()) {
            let message = format!("{what} of {fips} on day {day}, counted from 0: {count} is not a number of people");
            return Err(request(message, "use 0 for a day without a report: repair recognises reporting gaps"));
        }
        if let Some((day, count)) = counts.iter().enumerate().find(|(_, count)| count.abs() > MOST_PEOPLE) {
            let message =
                format!("{what} of {fips} on day {day}, counted from 0: {count:e} are more than any county has");
            return Err(request(message, "correct the count"));
        }
        let total: f64 = counts.iter().sum();
        if total < 0.0 {
            let message = format!("{what} of {fips} add up to {total}, below zero");
            return Err(request(message, "begin early enough to hold the counts that negative days correct"));
        }
    }
    match county.population {
        Some(residents) if !RESIDENTS.holds(residents) => {
            let message = format!("population of {fips}: {residents:?} is not a county's number of residents");
            Err(request(message, "leave out a population that is not known"))
        }
        _ => Ok(()),
    }
}

fn request(message: impl Into<String>, remedy: &str) -> Error {
    Error::Request { message: message.into(), remedy: remedy.to_owned() }
}
