//! From published rows to counties, states and the nation on the same days.

use std::collections::BTreeMap;

use countycast_engine::Fips;

use super::geography::{State, Unit, new_york};
use super::input::Reader;
use super::settings::JointDistricts;
use super::sources::{Counts, Published, Row};
use crate::error::{Error, InputError};

/// New counts of one place, as published.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Raw {
    /// Daily new counts.
    pub(super) new: Vec<f64>,
    /// Cumulative count on the last day.
    pub(super) total: f64,
}

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
    pub(super) reported_in: Option<&'static str>,
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
    pub(super) fn of_counties(counties: Vec<County>) -> Self {
        let mut states = BTreeMap::new();
        for County { fips, cases, deaths, .. } in &counties {
            let Some(state) = fips.state() else { continue };
            let days = cases.new.len();
            let sums: &mut (Raw, Raw) = states.entry(state).or_insert_with(|| (Raw::zero(days), Raw::zero(days)));
            sums.0.add(cases, 1.0);
            sums.1.add(deaths, 1.0);
        }
        Self { counties, states }
    }
}

impl Raw {
    pub(super) fn zero(days: usize) -> Self {
        Self { new: vec![0.0; days], total: 0.0 }
    }

    /// Increments of the first `days` days; the first day's is the total up to then.
    fn of(row: &Row, days: usize) -> Self {
        let cumulative = &row.cumulative[..days.min(row.cumulative.len())];
        let before = std::iter::once(0.0).chain(cumulative.iter().copied());
        let new = cumulative.iter().zip(before).map(|(count, before)| count - before).collect();
        let (last, kept) = (row.cumulative.last().copied(), cumulative.last().copied());
        Self { new, total: row.total - last.unwrap_or_default() + kept.unwrap_or_default() }
    }

    /// Adds a share of another place's counts.
    pub(super) fn add(&mut self, other: &Self, share: f64) {
        for (sum, value) in self.new.iter_mut().zip(&other.new) {
            *sum += share * value;
        }
        self.total += share * other.total;
    }
}

/// Aligns the first `days` days.
///
/// # Errors
/// Where a county is in only one of the two files.
pub(super) fn align(
    mut published: Published,
    days: usize,
    joint: JointDistricts,
    population: &dyn Fn(Fips) -> Option<f64>,
    reader: &mut Reader,
) -> Result<Aligned, Error> {
    reader.notice("rows of territories and ships, left out", published.cases.left_out);
    let lumped = city_is_lumped(&published.cases) && city_is_lumped_or_empty(&published.deaths);
    if lumped {
        lump_city(&mut published.cases);
        lump_city(&mut published.deaths);
    }
    let states = states(&published, days);
    let mut counties = counties(&published, days)?;
    let city = |counts: &Counts| counts.rows.iter().find(|row| row.unit == Unit::NewYorkCity).map(|r| Raw::of(r, days));
    if let (Some(cases), Some(deaths)) = (city(&published.cases), city(&published.deaths)) {
        let line = published.cases.rows.iter().find(|row| row.unit == Unit::NewYorkCity).map_or(0, |row| row.line);
        divide_city(&mut counties, &cases, &deaths, line, days);
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
    districts(&published, &mut counties, days, joint, population, reader);
    let apart = published.cases.rows.iter().filter(|row| matches!(row.unit, Unit::Apart(_))).count();
    reader.notice("rows without a county, counted only in their state", apart);
    Ok(Aligned { counties: counties.into_values().collect(), states })
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
    }
}

fn states(published: &Published, days: usize) -> BTreeMap<Fips, (Raw, Raw)> {
    let mut states = BTreeMap::new();
    for (counts, deaths) in [(&published.cases, false), (&published.deaths, true)] {
        for row in &counts.rows {
            let Some(state) = row.unit.state() else { continue };
            let sums = states.entry(state).or_insert_with(|| (Raw::zero(days), Raw::zero(days)));
            if deaths { &mut sums.1 } else { &mut sums.0 }.add(&Raw::of(row, days), 1.0);
        }
    }
    states
}

fn counties(published: &Published, days: usize) -> Result<BTreeMap<Fips, County>, Error> {
    let by_code = |counts: &'_ Counts| -> BTreeMap<Fips, usize> {
        let rows = counts.rows.iter().enumerate();
        rows.filter_map(|(i, row)| if let Unit::County(county) = row.unit { Some((county, i)) } else { None }).collect()
    };
    let (cases, deaths) = (by_code(&published.cases), by_code(&published.deaths));
    for (here, there, file) in [(&cases, &deaths, &published.deaths), (&deaths, &cases, &published.cases)] {
        if let Some(missing) = here.keys().find(|county| !there.contains_key(county)) {
            let problem = format!("county {missing} has no row here, but one in the other file");
            return Err(InputError::new(&file.path, problem, "use both files of the same download").into());
        }
    }
    let county = |(&fips, &index): (&Fips, &usize)| {
        let (row, dead) = (&published.cases.rows[index], &published.deaths.rows[deaths[&fips]]);
        let county = County {
            fips,
            name: row.name.clone(),
            line: row.line,
            population: dead.population.or(row.population),
            position: row.position.or(dead.position),
            cases: Raw::of(row, days),
            deaths: Raw::of(dead, days),
            reported_in: None,
        };
        (fips, county)
    };
    Ok(cases.iter().map(county).collect())
}

/// Counties whose health district reports for them.
fn districts(
    published: &Published,
    counties: &mut BTreeMap<Fips, County>,
    days: usize,
    joint: JointDistricts,
    population: &dyn Fn(Fips) -> Option<f64>,
    reader: &mut Reader,
) {
    let mut concerned = 0;
    for row in &published.cases.rows {
        let Unit::Joint(unit) = row.unit else { continue };
        let silent = |fips: &Fips| counties.get(fips).is_some_and(|county| county.cases.total == 0.0);
        let members: Vec<Fips> = unit.counties().filter(silent).collect();
        concerned += members.len();
        let residents: Option<Vec<f64>> =
            members.iter().map(|fips| counties[fips].population.or_else(|| population(*fips))).collect();
        let (JointDistricts::Shared, Some(residents)) = (joint, residents) else {
            for fips in &members {
                if let Some(county) = counties.get_mut(fips) {
                    county.reported_in = Some(unit.name);
                }
            }
            continue;
        };
        let dead = published.deaths.rows.iter().find(|dead| dead.unit == row.unit);
        let (cases, deaths) = (Raw::of(row, days), dead.map_or_else(|| Raw::zero(days), |dead| Raw::of(dead, days)));
        let all: f64 = residents.iter().sum();
        for (fips, residents) in members.iter().zip(residents) {
            if let Some(county) = counties.get_mut(fips) {
                county.cases.add(&cases, residents / all);
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
