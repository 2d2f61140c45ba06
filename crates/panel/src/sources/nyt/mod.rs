//! The New York Times' layout: one row per county and day, cases and deaths together, starting with the first case.

mod places;
mod series;
mod years;

use std::collections::BTreeSet;
use std::path::Path;

use csv::ByteRecord;
use jiff::ToSpan;
use jiff::civil::Date;

use self::places::{Place, Places, Report};
pub(super) use self::series::{Part, published};
pub(super) use self::years::{Years, joined};
use super::Unusable;
use super::days::{LENGTH_REMEDY, check_length, day};
use super::table::{Table, line, text};
use crate::error::{Error, InputError};
use crate::geography::{Unit, unknown};
use crate::quote::quoted;

/// A whole file.
#[derive(Debug)]
pub(super) struct Nyt {
    first_day: Date,
    last_day: Date,
    /// Places in the order of their first rows.
    places: Vec<Place>,
    /// Rows with invalid values.
    unusable: Vec<Unusable>,
}

/// Reads both kinds of counts.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Nyt, Error> {
    let mut table = Table::new(path, bytes)?;
    let columns = Columns::find(&table)?;
    let mut places = Places::default();
    let (mut seen, mut unusable) = (BTreeSet::new(), Vec::new());
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let written = text(&record, columns.date);
        let today = day(&written).ok_or_else(|| {
            table.wrong(
                &record,
                columns.date,
                format!("`{}` is not a date", quoted(&written)),
                "write the day as 2020-03-01",
            )
        })?;
        seen.insert(today);
        if let Err(error) = columns.add(&table, &record, today, &mut places) {
            unusable.push(Unusable { day: today, error });
        }
    }
    let (first_day, last_day) = span(path, &seen)?;
    Ok(Nyt { first_day, last_day, places: places.into_all(), unusable })
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
    fn add(&self, table: &Table<'_>, record: &ByteRecord, today: Date, places: &mut Places) -> Result<(), InputError> {
        let written = [self.fips, self.county, self.state].map(|c| record.get(c).unwrap_or_default());
        let place = match places.written(written) {
            Some(place) => place,
            None => {
                let code = table.fips(record, self.fips)?;
                let (name, state) = (text(record, self.county), text(record, self.state));
                places.named(written, code, &name, &state).ok_or_else(|| {
                    let problem = unknown(code, &name, &state);
                    table.wrong(record, self.fips, problem, "correct the code, or remove the row")
                })?
            }
        };
        let line = line(record);
        let (cases, deaths) = match place.key.unit {
            Unit::LeftOut => (None, None),
            _ => (table.count(record, self.cases)?, table.count(record, self.deaths)?),
        };
        let report = Report { cases, deaths, line };
        let other = place.report(today, report);
        // A row that occurs twice says nothing new; two that differ cannot both be the place's total.
        let Some(other) = other.filter(|other| (other.cases, other.deaths) != (cases, deaths)) else { return Ok(()) };
        let problem = format!(
            "`{}` has {} on {today}, but {} on line {}",
            quoted(&place.name),
            report.counts(),
            other.counts(),
            other.line
        );
        Err(table.wrong(record, self.fips, problem, "keep one row per county and day"))
    }
}

impl Nyt {
    /// The first and the last day.
    pub(super) fn days(&self) -> (Date, Date) {
        (self.first_day, self.last_day)
    }
}

/// First and last day, where none is missing between them.
fn span(path: &Path, seen: &BTreeSet<Date>) -> Result<(Date, Date), Error> {
    let (Some(&first), Some(&last)) = (seen.first(), seen.last()) else {
        return Err(InputError::new(path, "there is no row", "download the file again").into());
    };
    let gap = seen.iter().zip(seen.iter().skip(1)).find(|(a, b)| a.saturating_add(1.day()) != **b);
    match gap {
        None => check_length(first, last)
            .map(|()| (first, last))
            .map_err(|problem| InputError::new(path, problem, LENGTH_REMEDY).in_column("date").into()),
        Some((a, b)) => {
            let problem = format!("after {a} comes {b}: no county has a row for the days between");
            Err(InputError::new(path, problem, "every day needs its rows").in_column("date").into())
        }
    }
}
