//! The New York Times' layout: one row per county and day, cases and deaths together, starting with the first case.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use csv::ByteRecord;
use jiff::ToSpan;
use jiff::civil::Date;

use super::days::{day, days_between};
use super::table::{Table, line, text};
use super::{Counts, Published, Row};
use crate::error::{Error, InputError};
use crate::geography::{Unit, unit};
use crate::input::Reader;

/// One place of the file: line of its first row, and counts by day.
struct Place {
    unit: Unit,
    name: String,
    line: u64,
    days: BTreeMap<Date, (f64, f64)>,
}

/// Reads both kinds of counts up to and including `until`.
pub(super) fn read(path: &Path, until: Option<Date>, reader: &mut Reader) -> Result<Published, Error> {
    let bytes = reader.bytes(path)?;
    let mut table = Table::new(path, &bytes)?;
    let [date, county, state, fips, cases, deaths] =
        ["date", "county", "state", "fips", "cases", "deaths"].map(|name| table.column(name));
    let (date, county, state, fips, cases, deaths) = (date?, county?, state?, fips?, cases?, deaths?);
    let mut places: Vec<Place> = Vec::with_capacity(3_300);
    let mut index: HashMap<[Vec<u8>; 3], usize> = HashMap::with_capacity(3_300);
    let (mut seen, mut left_out) = (BTreeSet::new(), 0);
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let written = text(&record, date);
        let today = day(&written).ok_or_else(|| {
            table.wrong(&record, date, format!("`{written}` is not a date"), "write the day as 2020-03-01")
        })?;
        seen.insert(today);
        if until.is_some_and(|until| today > until) {
            continue;
        }
        let field = |column: usize| record.get(column).unwrap_or_default().to_vec();
        let key = [fips, county, state].map(field);
        let place = match index.get(&key) {
            Some(&place) => place,
            None => {
                let code = table.fips(&record, fips)?;
                let (name, state) = (text(&record, county), text(&record, state));
                let unit = unit(code, &name, &state).ok_or_else(|| {
                    let problem = format!("`{name}, {state}` (FIPS {code:?}) is unknown to the crosswalk");
                    table.wrong(&record, fips, problem, "correct the code, or remove the row")
                })?;
                index.insert(key, places.len());
                places.push(Place { unit, name, line: line(&record), days: BTreeMap::new() });
                places.len() - 1
            }
        };
        let place = &mut places[place];
        if place.unit == Unit::LeftOut {
            left_out += usize::from(place.days.is_empty());
            place.days.insert(today, (0.0, 0.0));
            continue;
        }
        let counts = (table.count(&record, cases)?, table.count(&record, deaths)?);
        if place.days.insert(today, counts).is_some() {
            let problem = format!("`{}` has two rows for {today}", place.name);
            return Err(table.wrong(&record, fips, problem, "keep one row per county and day"));
        }
    }
    let (first_day, last_day) = span(path, &seen)?;
    reader.holds_until(path, last_day);
    places.retain(|place| place.unit != Unit::LeftOut);
    let days = until.map_or(last_day, |until| until.min(last_day));
    let days = days_between(first_day, days).map_or(0, |days| days + 1);
    let holes = places.iter().map(|place| holes(place, first_day, days)).sum();
    reader.notice(format!("{}: days without a row of the county, counted as no change", path.display()), holes);
    let counts = |kind: fn(&(f64, f64)) -> f64| {
        let rows = places.iter().map(|place| row(place, first_day, days, kind)).collect();
        Counts { path: path.to_owned(), first_day, last_day, rows, left_out }.merged()
    };
    Ok(Published { cases: counts(|c| c.0), deaths: counts(|c| c.1) })
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

/// A place's counts on every day: zero before its first row, unchanged where a row is missing.
fn row(place: &Place, first_day: Date, days: usize, kind: fn(&(f64, f64)) -> f64) -> Row {
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
    Row { unit: place.unit, name, line: place.line, population: None, position: None, cumulative, total: last }
}

fn holes(place: &Place, first_day: Date, days: usize) -> usize {
    let first = place.days.keys().next().and_then(|day| days_between(first_day, *day));
    first.map_or(0, |first| (days - first).saturating_sub(place.days.len()))
}
