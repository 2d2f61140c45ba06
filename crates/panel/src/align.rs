//! From published rows to counties, states and the nation on the same days.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use countycast_engine::Fips;
use jiff::civil::Date;

use super::geography::{State, Unit, new_york};
use super::input::Reader;
use super::last_report;
use super::notices;
use super::place::District;
use super::raw::{NoReport, Raw, Report};
use super::repaired::await_counties;
use super::settings::{JointDistricts, LastReport, Settings};
use super::sources::{Counts, Published, Row, day_after};
use super::totals::{self, Rows};
use crate::error::{Error, InputError};

/// A county as published.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct County {
    pub(super) fips: Fips,
    pub(super) name: String,
    /// Line of its row in the file with cases.
    pub(super) line: u64,
    pub(super) population: Option<f64>,
    pub(super) position: Option<(f64, f64)>,
    pub(super) cases: Raw,
    pub(super) deaths: Raw,
    pub(super) reported_in: Option<Arc<District>>,
}

/// All places as published.
#[derive(Debug)]
pub(super) struct Aligned {
    pub(super) counties: Vec<County>,
    /// Cases and deaths of each state: its counties and its rows without a county.
    pub(super) states: BTreeMap<Fips, (Raw, Raw)>,
}

impl Aligned {
    /// Counties whose states are the sums of them: no case is without a county.
    pub(super) fn of_counties(counties: Vec<County>, settings: &Settings) -> Self {
        let mut states = BTreeMap::new();
        for County { fips, cases, deaths, .. } in &counties {
            let Some(state) = fips.state() else { continue };
            let days = cases.new.len();
            let sums: &mut (Raw, Raw) = states.entry(state).or_insert_with(|| (Raw::zero(days), Raw::zero(days)));
            sums.0.add(cases, 1.0);
            sums.1.add(deaths, 1.0);
        }
        let mut aligned = Self { counties, states };
        aligned.doubt(&settings.last_report);
        aligned
    }

    /// Residents of a state: of all its counties, if each is known.
    pub(super) fn residents(&self, state: Fips, population: &dyn Fn(Fips) -> Option<f64>) -> Option<f64> {
        let counties = self.counties.iter().filter(|county| county.fips.state() == Some(state));
        let residents = counties.map(|county| county.population.or_else(|| population(county.fips)));
        residents.sum::<Option<f64>>().filter(|residents| *residents > 0.0)
    }

    /// Lets states wait for counties whose last reports are missing.
    fn wait(&mut self, first_day: Date, settings: &Settings) {
        for (state, both) in &mut self.states {
            for (kind, of) in KINDS {
                let within = self.counties.iter_mut().filter(|county| county.fips.state() == Some(*state));
                await_counties(of(both), within.map(|county| &*kind(county)), first_day, settings);
            }
        }
    }

    /// Doubts the last reports of states, and then those of their counties.
    fn doubt(&mut self, settings: &LastReport) {
        for (kind, of) in KINDS {
            let states = self.states.iter_mut().map(|(state, both)| (*state, of(both)));
            let doubted = totals::hold(states.collect(), settings);
            for county in &mut self.counties {
                let Some(&of_state) = county.fips.state().and_then(|state| doubted.get(&state)) else { continue };
                let raw = kind(county);
                // What is already held back is no part of what the state's total says.
                if let Some((day, people)) = last_report::part(&raw.believed(), of_state) {
                    raw.hold(day, people);
                }
            }
        }
    }

    /// Marks the last days of counties whose state goes on without any of them.
    fn mark_elsewhere(&mut self) {
        for (state, both) in &mut self.states {
            for (kind, of) in KINDS {
                let within = |county: &&mut County| county.fips.state() == Some(*state);
                let mut counties: Vec<&mut Raw> = self.counties.iter_mut().filter(within).map(kind).collect();
                let Some(days) = totals::elsewhere(of(both), counties.iter().map(|raw| &**raw)) else { continue };
                counties.iter_mut().for_each(|raw| raw.reports[days.clone()].fill(Report::Elsewhere));
            }
        }
    }
}

/// Access to cases and deaths of a county, and of a state.
type Kind = (fn(&mut County) -> &mut Raw, fn(&mut (Raw, Raw)) -> &mut Raw);
const KINDS: [Kind; 2] =
    [(|county| &mut county.cases, |both| &mut both.0), (|county| &mut county.deaths, |both| &mut both.1)];

/// Cumulative counts for each resident above which a number is no report: reinfections of many years.
const MOST_PER_RESIDENT: f64 = 3.0;
/// Residents above whom no state and no county has, for places of unknown population: California has 39.5 million.
const MOST_RESIDENTS: f64 = 4.5e7;

/// Aligns the first `days` days.
///
/// # Errors
/// Where a county is in only one of the two files.
pub(super) fn align(
    mut published: Published,
    days: usize,
    settings: &Settings,
    population: &dyn Fn(Fips) -> Option<f64>,
    reader: &mut Reader,
) -> Result<Aligned, Error> {
    reader.notice("rows of territories and ships, left out", published.cases.left_out);
    let lumped = city_is_lumped(&published.cases) && city_is_lumped_or_empty(&published.deaths);
    if lumped {
        lump_city(&mut published.cases);
        lump_city(&mut published.deaths);
    }
    let residents = residents(&published, population);
    let most = |unit| MOST_PER_RESIDENT * residents.get(&unit).copied().unwrap_or(MOST_RESIDENTS);
    let mut rows = [&published.cases, &published.deaths].map(|counts| Rows::new(counts, days, &most));
    rows.iter_mut().for_each(|rows| rows.hold(&settings.last_report));
    note_remainders(&published.cases, &rows[0], reader);
    note_remainders(&published.deaths, &rows[1], reader);
    let [cases, deaths] = &rows;
    let deaths_of_states = deaths.totals();
    let states = cases.totals().into_iter().map(|(state, total)| {
        let dead = deaths_of_states.get(&state).cloned().unwrap_or_else(|| Raw::zero(days));
        (state, (total, dead))
    });
    let states = states.collect();
    let mut counties = counties(&published, cases, deaths)?;
    if let (Some(of_cases), Some(of_deaths)) = (cases.of(Unit::NewYorkCity), deaths.of(Unit::NewYorkCity)) {
        let line = published.cases.rows.iter().find(|row| row.unit == Unit::NewYorkCity).map_or(0, |row| row.line);
        divide_city(&mut counties, of_cases, of_deaths, line, days);
        reader.notice("counties of New York City, counted as one and divided by population", 5);
    }
    for county in counties.values_mut() {
        // With the city's counts, JHU gave Manhattan the city's population.
        if let Some((_, residents)) = new_york::BOROUGHS.iter().find(|(code, _)| *code == county.fips.number())
            && county.population.is_none_or(|found| found > 4.0e6)
        {
            county.population = Some(*residents);
        }
    }
    districts(&rows, &mut counties, days, settings.joint_districts, population, reader);
    let apart = published.cases.rows.iter().filter(|row| matches!(row.unit, Unit::Apart(_))).count();
    reader.notice("rows without a county, counted only in their state", apart);
    let mut aligned = Aligned { counties: counties.into_values().collect(), states };
    aligned.doubt(&settings.last_report);
    aligned.mark_elsewhere();
    aligned.wait(published.cases.first_day, settings);
    Ok(aligned)
}

/// Notices about rows without a county that are no reports: they have no page of their own.
fn note_remainders(counts: &Counts, rows: &Rows<'_>, reader: &mut Reader) {
    for (row, raw) in rows.iter().filter(|(row, _)| !matches!(row.unit, Unit::County(_))) {
        for NoReport { days: (first, last), published, used } in &raw.no_reports {
            let date = |day| day_after(counts.first_day, day);
            let [published, used] = [published, used].map(|number| notices::count(*number));
            let place = format!("{}, line {}: `{}`", counts.path.display(), row.line, row.name);
            let days = format!("{} to {}", date(*first), date(*last));
            reader.notice(format!("{place}, {days}: {published} is no report; {used} was carried on"), 1);
        }
    }
}

/// Residents of each county whose population is known, and of the states all of whose counties' are.
fn residents(published: &Published, population: &dyn Fn(Fips) -> Option<f64>) -> HashMap<Unit, f64> {
    let mut known = HashMap::<Unit, f64>::new();
    for row in published.cases.rows.iter().chain(&published.deaths.rows) {
        let Unit::County(fips) = row.unit else { continue };
        if let Some(residents) = row.population.or_else(|| population(fips)) {
            known.insert(row.unit, residents);
        }
    }
    let mut states = BTreeMap::<Fips, Option<f64>>::new();
    for row in &published.cases.rows {
        if let (Unit::County(_), Some(state)) = (row.unit, row.unit.state()) {
            let sum = states.entry(state).or_insert(Some(0.0));
            *sum = sum.zip(known.get(&row.unit)).map(|(sum, residents)| sum + residents);
        }
    }
    known.extend(states.into_iter().filter_map(|(state, sum)| Some((Unit::Apart(state), sum?))));
    known
}

/// Whether a file counts all of New York City under Manhattan: the four other boroughs are present without any case.
pub(super) fn city_is_lumped(counts: &Counts) -> bool {
    city_is_lumped_or_empty(counts)
        && borough(counts, new_york::LUMPED_UNDER).is_some_and(|row| row.cumulative.iter().any(|count| *count > 0.0))
}

fn city_is_lumped_or_empty(counts: &Counts) -> bool {
    let others = new_york::BOROUGHS.iter().filter(|(code, _)| *code != new_york::LUMPED_UNDER);
    others
        .map(|(code, _)| borough(counts, *code))
        .all(|row| row.is_some_and(|r| r.cumulative.iter().all(|c| *c == 0.0)))
        && borough(counts, new_york::LUMPED_UNDER).is_some()
}

fn borough(counts: &Counts, code: u32) -> Option<&Row> {
    let unit = Unit::County(Fips::from_county(code)?);
    counts.rows.iter().find(|row| row.unit == unit)
}

/// Merges the city's five rows into one.
pub(super) fn lump_city(counts: &mut Counts) {
    let is_borough = |row: &Row| matches!(row.unit, Unit::County(county) if new_york::share(county).is_some());
    let (boroughs, others): (Vec<_>, Vec<_>) = counts.rows.drain(..).partition(is_borough);
    counts.rows = others;
    let mut boroughs = boroughs.into_iter();
    if let Some(mut city) = boroughs.next() {
        boroughs.for_each(|row| city.add(&row));
        (city.unit, city.name) = (Unit::NewYorkCity, "New York City".to_owned());
        counts.rows.push(city);
    }
}

fn divide_city(counties: &mut BTreeMap<Fips, County>, cases: &Raw, deaths: &Raw, line: u64, days: usize) {
    for (fips, name) in new_york::counties().zip(["Bronx", "Kings", "New York", "Queens", "Richmond"]) {
        let county = counties.entry(fips).or_insert_with(|| County {
            fips,
            name: name.to_owned(),
            line,
            population: None,
            position: None,
            cases: Raw::zero(days),
            deaths: Raw::zero(days),
            reported_in: None,
        });
        let share = new_york::share(fips).unwrap_or_default();
        county.cases.add(cases, share);
        county.deaths.add(deaths, share);
        county.cases.reports.clone_from(&cases.reports);
        county.deaths.reports.clone_from(&deaths.reports);
    }
}

fn counties(published: &Published, cases: &Rows<'_>, deaths: &Rows<'_>) -> Result<BTreeMap<Fips, County>, Error> {
    let by_code = |rows: &Rows<'_>| -> BTreeMap<Fips, usize> {
        let units = rows.iter().enumerate();
        units
            .filter_map(|(i, (row, _))| if let Unit::County(county) = row.unit { Some((county, i)) } else { None })
            .collect()
    };
    let (of_cases, of_deaths) = (by_code(cases), by_code(deaths));
    for (here, there, file) in [(&of_cases, &of_deaths, &published.deaths), (&of_deaths, &of_cases, &published.cases)] {
        if let Some(missing) = here.keys().find(|county| !there.contains_key(county)) {
            let problem = format!("county {missing} has no row here, but one in the other file");
            return Err(InputError::new(&file.path, problem, "use both files of the same download").into());
        }
    }
    let county = |(&fips, &index): (&Fips, &usize)| {
        let ((row, cases), (dead, deaths)) = (cases.at(index), deaths.at(of_deaths[&fips]));
        let county = County {
            fips,
            name: row.name.clone(),
            line: row.line,
            population: dead.population.or(row.population),
            position: row.position.or(dead.position),
            cases: cases.clone(),
            deaths: deaths.clone(),
            reported_in: None,
        };
        (fips, county)
    };
    Ok(of_cases.iter().map(county).collect())
}

/// Counties whose health district reports for them.
fn districts(
    [of_cases, of_deaths]: &[Rows<'_>; 2],
    counties: &mut BTreeMap<Fips, County>,
    days: usize,
    joint: JointDistricts,
    population: &dyn Fn(Fips) -> Option<f64>,
    reader: &mut Reader,
) {
    let mut concerned = 0;
    for (row, cases) in of_cases.iter() {
        let Unit::Joint(unit) = row.unit else { continue };
        let silent = |fips: &Fips| counties.get(fips).is_some_and(|county| county.cases.total == 0.0);
        let members: Vec<Fips> = unit.counties().filter(silent).collect();
        concerned += members.len();
        let residents: Option<Vec<f64>> =
            members.iter().map(|fips| counties[fips].population.or_else(|| population(*fips))).collect();
        let (JointDistricts::Shared, Some(residents)) = (joint, residents) else {
            let (name, reported) = (unit.name.to_owned(), members.clone());
            let district = Arc::new(District { name, counties: reported, cases: cases.believed() });
            for fips in &members {
                if let Some(county) = counties.get_mut(fips) {
                    county.reported_in = Some(Arc::clone(&district));
                }
            }
            continue;
        };
        let deaths = of_deaths.of(row.unit).cloned().unwrap_or_else(|| Raw::zero(days));
        let all: f64 = residents.iter().sum();
        for (fips, residents) in members.iter().zip(residents) {
            if let Some(county) = counties.get_mut(fips) {
                county.cases.add(cases, residents / all);
                county.deaths.add(&deaths, residents / all);
            }
        }
    }
    let what = match joint {
        JointDistricts::Apart => "counties at zero whose health district reports for them",
        JointDistricts::Shared => "counties with a share of their health district's counts",
    };
    reader.notice(what, concerned);
}

/// Readable name of a county, such as `Autauga, AL`.
pub(super) fn county_name(county: &County) -> String {
    match State::of(county.fips) {
        Some(state) => format!("{}, {}", county.name, state.abbreviation),
        None => county.name.clone(),
    }
}
