//! The New York Times' layout: one row per county and day, cases and deaths together, starting with the first case.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use jiff::ToSpan;
use jiff::civil::Date;

use super::days::{day, days_between, days_until};
use super::table::{Table, line, text};
use super::{Counts, Published, Row, Unusable};
use crate::error::{Error, InputError};
use crate::geography::{Unit, unit};

/// A whole file.
#[derive(Debug)]
pub(super) struct Nyt {
    path: PathBuf,
    first_day: Date,
    last_day: Date,
    /// Places in the order of their first rows.
    places: Vec<Place>,
    /// Rows with invalid values.
    unusable: Vec<Unusable>,
}

/// One place of the file.
#[derive(Debug)]
struct Place {
    unit: Unit,
    name: String,
    /// Day and line of the first row, and of every later row whose day is earlier than all before it: these include the
    /// first row up to any given day.
    firsts: Vec<(Date, u64)>,
    /// Cases and deaths by day.
    days: BTreeMap<Date, (f64, f64)>,
}

/// Reads both kinds of counts.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Nyt, Error> {
    let mut table = Table::new(path, bytes)?;
    let columns = Columns::find(&table)?;
    let mut places: Vec<Place> = Vec::with_capacity(3_300);
    let mut index: HashMap<[Vec<u8>; 3], usize> = HashMap::with_capacity(3_300);
    let (mut seen, mut unusable) = (BTreeSet::new(), Vec::new());
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let written = text(&record, columns.date);
        let today = day(&written).ok_or_else(|| {
            table.wrong(&record, columns.date, format!("`{written}` is not a date"), "write the day as 2020-03-01")
        })?;
        seen.insert(today);
        if let Err(error) = columns.add(&table, &record, today, &mut places, &mut index) {
            unusable.push(Unusable { day: today, error });
        }
    }
    let (first_day, last_day) = span(path, &seen)?;
    Ok(Nyt { path: path.to_owned(), first_day, last_day, places, unusable })
}

/// Positions of the columns.
struct Columns {
    date: usize,
    county: usize,
    state: usize,
    fips: usize,
    cases: usize,
    deaths: usize,
}

impl Columns {
    fn find(table: &Table<'_>) -> Result<Self, Error> {
        let column = |name| table.column(name);
        let (date, county, state) = (column("date")?, column("county")?, column("state")?);
        Ok(Self { date, county, state, fips: column("fips")?, cases: column("cases")?, deaths: column("deaths")? })
    }

    /// Adds a row to its place.
    fn add(
        &self,
        table: &Table<'_>,
        record: &ByteRecord,
        today: Date,
        places: &mut Vec<Place>,
        index: &mut HashMap<[Vec<u8>; 3], usize>,
    ) -> Result<(), InputError> {
        let key = [self.fips, self.county, self.state].map(|c| record.get(c).unwrap_or_default().to_vec());
        let place = match index.get(&key) {
            Some(&place) => place,
            None => {
                let code = table.fips(record, self.fips)?;
                let (name, state) = (text(record, self.county), text(record, self.state));
                let unit = unit(code, &name, &state).ok_or_else(|| {
                    let problem = format!("`{name}, {state}` (FIPS {code:?}) is unknown to the crosswalk");
                    table.wrong(record, self.fips, problem, "correct the code, or remove the row")
                })?;
                index.insert(key, places.len());
                places.push(Place { unit, name, firsts: Vec::new(), days: BTreeMap::new() });
                places.len() - 1
            }
        };
        let place = &mut places[place];
        if place.firsts.last().is_none_or(|(first, _)| today < *first) {
            place.firsts.push((today, line(record)));
        }
        if place.unit == Unit::LeftOut {
            place.days.insert(today, (0.0, 0.0));
            return Ok(());
        }
        let counts = (table.count(record, self.cases)?, table.count(record, self.deaths)?);
        if place.days.insert(today, counts).is_some() {
            let problem = format!("`{}` has two rows for {today}", place.name);
            return Err(table.wrong(record, self.fips, problem, "keep one row per county and day"));
        }
        Ok(())
    }
}

impl Nyt {
    /// The counts up to and including a day, and the number of days within them on which a county has no row.
    pub(super) fn until(&self, day: Option<Date>) -> Result<(Published, usize), Error> {
        Unusable::check(&self.unusable, |of| day.is_none_or(|day| of <= day))?;
        let Self { path, first_day, last_day, .. } = self;
        let first = |place: &Place| place.firsts.iter().find(|(of, _)| day.is_none_or(|day| *of <= day)).copied();
        let mut places: Vec<(u64, &Place)> =
            self.places.iter().filter_map(|place| Some((first(place)?.1, place))).collect();
        places.sort_by_key(|(line, _)| *line);
        let there = places.len();
        places.retain(|(_, place)| place.unit != Unit::LeftOut);
        let left_out = there - places.len();
        let days = days_until(*first_day, *last_day, day);
        let holes = places.iter().map(|(_, place)| holes(place, *first_day, days)).sum();
        let counts = |kind: fn(&(f64, f64)) -> f64| {
            let rows = places.iter().map(|(line, place)| row(place, *line, *first_day, days, kind)).collect();
            let counts = Counts { path: path.clone(), first_day: *first_day, last_day: *last_day, rows, left_out };
            counts.merged()
        };
        Ok((Published { cases: counts(|c| c.0), deaths: counts(|c| c.1) }, holes))
    }
}

/// First and last day, where none is missing between them.
fn span(path: &Path, seen: &BTreeSet<Date>) -> Result<(Date, Date), Error> {
    let (Some(&first), Some(&last)) = (seen.first(), seen.last()) else {
        return Err(InputError::new(path, "there is no row", "download the file again").into());
    };
    let gap = seen.iter().zip(seen.iter().skip(1)).find(|(a, b)| a.saturating_add(1.day()) != **b);
    match gap {
        None => Ok((first, last)),
        Some((a, b)) => {
            let problem = format!("after {a} comes {b}: no county has a row for the days between");
            Err(InputError::new(path, problem, "every day needs its rows").in_column("date").into())
        }
    }
}

/// A place's counts on the first `days` days: zero before its first row, unchanged where a row is missing.
fn row(place: &Place, line: u64, first_day: Date, days: usize, kind: fn(&(f64, f64)) -> f64) -> Row {
    let mut cumulative = vec![0.0; days];
    let mut last = 0.0;
    let mut rows = place.days.iter().filter_map(|(day, c)| Some((days_between(first_day, *day)?, kind(c)))).peekable();
    for (index, value) in cumulative.iter_mut().enumerate() {
        while let Some((_, count)) = rows.next_if(|(day, _)| *day <= index) {
            last = count;
        }
        *value = last;
    }
    let name = place.name.clone();
    Row { unit: place.unit, name, line, population: None, position: None, cumulative, total: last }
}

/// Days without a row from the place's first to the last of `days`.
fn holes(place: &Place, first_day: Date, days: usize) -> usize {
    let known = place.days.keys().filter_map(|day| days_between(first_day, *day)).filter(|day| *day < days);
    let (first, rows) = known.fold((None, 0), |(first, rows), day| (first.or(Some(day)), rows + 1));
    first.map_or(0, |first: usize| (days - first).saturating_sub(rows))
}
