//! The wide layouts: one row per place, one column per day, cumulative. JHU and USAFacts differ in the naming of rows.

use std::collections::HashMap;
use std::path::Path;

use csv::ByteRecord;
use jiff::civil::Date;

use super::blank::Blanks;
use super::days::{DayColumns, days_until};
use super::table::{Table, line, number, text};
use super::{Counts, Row, Unusable};
use crate::error::Error;
use crate::geography::{Unit, unit, unknown};
use crate::input::Notice;
use crate::quote::quoted;

/// Columns that identify the place of a row.
struct Names {
    code: usize,
    place: usize,
    state: usize,
    population: Option<usize>,
    position: Option<(usize, usize)>,
}

impl Names {
    fn find(table: &Table<'_>) -> Result<Self, Error> {
        if table.position("countyFIPS").is_some() {
            let (code, place, state) =
                (table.column("countyFIPS")?, table.column("County Name")?, table.column("State")?);
            return Ok(Self { code, place, state, population: None, position: None });
        }
        Ok(Self {
            code: table.column("FIPS")?,
            place: table.column("Admin2")?,
            state: table.column("Province_State")?,
            population: table.position("Population"),
            position: table.position("Lat").zip(table.position("Long_")),
        })
    }
}

/// A whole wide file.
#[derive(Debug)]
pub(super) struct Wide {
    counts: Counts,
    /// Cells without a count.
    blanks: Blanks,
    /// Invalid counts, the first of each row; the row ends before it.
    unusable: Vec<Unusable>,
}

impl Wide {
    /// The counts up to and including a day.
    pub(super) fn until(&self, day: Option<Date>) -> Result<Counts, Error> {
        Unusable::check(&self.unusable, |of| day.is_none_or(|day| of <= day))?;
        let Counts { path, first_day, last_day, left_out, .. } = &self.counts;
        let days = days_until(*first_day, *last_day, day);
        let rows = self.counts.rows.iter().map(|row| row.until(days)).collect();
        Ok(Counts { path: path.clone(), first_day: *first_day, last_day: *last_day, rows, left_out: *left_out })
    }

    /// Notices about these counts.
    pub(super) fn notices(&self, day: Option<Date>) -> Vec<Notice> {
        self.blanks.notices(&self.counts.path, self.counts.last_day, day)
    }
}

/// Reads a file.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Wide, Error> {
    let mut table = Table::new(path, bytes)?;
    let days = DayColumns::find(path, table.header())?;
    let names = Names::find(&table)?;
    let (mut rows, mut left_out, mut seen) = (Vec::with_capacity(3_400), 0, HashMap::with_capacity(3_400));
    let (mut unusable, mut blanks) = (Vec::new(), Blanks::of(&days));
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let code = table.fips(&record, names.code)?;
        let (place, state) = (text(&record, names.place), text(&record, names.state));
        let unit = unit(code, &place, &state).ok_or_else(|| {
            let remedy = "correct the code, or remove the row if it is not a county or state";
            table.wrong(&record, names.code, unknown(code, &place, &state), remedy)
        })?;
        // A county is known by its code; other rows share codes or have none.
        let key = match unit {
            Unit::County(_) => (code, String::new()),
            _ => (code, format!("{place}, {state}")),
        };
        if let Some(first) = seen.insert(key, line(&record)) {
            let named = code
                .map_or_else(|| format!("`{}, {}`", quoted(&place), quoted(&state)), |code| format!("FIPS {code:05}"));
            let problem = format!("{named} is already on line {first}");
            return Err(table.wrong(&record, names.code, problem, "keep one row per place").into());
        }
        if unit == Unit::LeftOut {
            left_out += 1;
            continue;
        }
        let (cumulative, blank, wrong) = counts(&table, &record, &days);
        blanks.note(unit, &place, &state, &blank);
        unusable.extend(wrong);
        rows.push(Row {
            unit,
            name: place,
            line: line(&record),
            population: names.population.and_then(|c| positive(&record, c)),
            position: names.position.and_then(|(lat, lon)| Some((nonzero(&record, lat)?, nonzero(&record, lon)?))),
            total: 0.0,
            cumulative,
        });
    }
    let used = blanks.days(path, &table.header()[days.start..], &mut unusable)?;
    for row in &mut rows {
        row.cumulative.truncate(used);
        row.total = row.cumulative.last().copied().unwrap_or_default();
    }
    let (first_day, last_day) = (days.first_day, days.day(used - 1));
    let counts = Counts { path: path.to_owned(), first_day, last_day, rows, left_out };
    Ok(Wide { counts: counts.merged(), blanks, unusable })
}

/// The counts of a row up to the first invalid one, which is returned, and which of them are blank: these repeat the day
/// before.
fn counts(table: &Table<'_>, record: &ByteRecord, days: &DayColumns) -> (Vec<f64>, Vec<bool>, Option<Unusable>) {
    let (mut counts, mut blank) = (Vec::with_capacity(record.len()), Vec::with_capacity(record.len()));
    for (index, column) in (days.start..record.len()).enumerate() {
        match table.count(record, column) {
            Ok(count) => {
                blank.push(count.is_none());
                counts.push(count.unwrap_or(counts.last().copied().unwrap_or_default()));
            }
            Err(error) => return (counts, blank, Some(Unusable { day: days.day(index), error })),
        }
    }
    (counts, blank, None)
}

/// USAFacts' residents, of the counties that have any.
pub(super) fn residents(path: &Path, bytes: &[u8]) -> Result<HashMap<Unit, f64>, Error> {
    let mut table = Table::new(path, bytes)?;
    let (names, population) = (Names::find(&table)?, table.column("population")?);
    let (mut residents, mut record) = (HashMap::with_capacity(3_400), ByteRecord::new());
    while table.read(&mut record)? {
        let code = table.fips(&record, names.code)?;
        let unit = unit(code, &text(&record, names.place), &text(&record, names.state));
        let people =
            table.people(&record, population, "residents", "write how many people live there, such as 1234")?;
        if let Some(unit @ Unit::County(_)) = unit.filter(|_| people > 0.0) {
            *residents.entry(unit).or_default() += people;
        }
    }
    Ok(residents)
}

fn positive(record: &ByteRecord, column: usize) -> Option<f64> {
    number(record.get(column)?).filter(|n| *n > 0.0)
}

/// JHU writes 0 for a position that it does not have.
fn nonzero(record: &ByteRecord, column: usize) -> Option<f64> {
    number(record.get(column)?).filter(|n| *n != 0.0)
}
