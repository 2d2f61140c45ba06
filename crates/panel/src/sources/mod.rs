//! Publishers' files: each layout is recognised by its header and read into [`Counts`].

mod blank;
mod candidates;
mod days;
mod discover;
mod layout;
mod nyt;
pub(super) mod table;
mod unusable;
mod wide;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

pub(super) use candidates::entries;
pub(super) use days::{day_after, days_between};
pub(super) use discover::{Files, find, find_among};
pub(super) use unusable::Unusable;

use self::nyt::Years;
use super::geography::Unit;
use super::input::Reader;
use crate::error::{Error, InputError};

/// Fewest people counted on the first day for them to be those of many days.
const MANY: f64 = 100.0;

/// A publisher of county counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Publisher {
    /// Johns Hopkins CSSE: wide, cumulative, cases and deaths apart.
    Jhu,
    /// The New York Times: long, cumulative, cases and deaths together.
    Nyt,
    /// USAFacts: wide, cumulative, cases and deaths apart.
    UsaFacts,
}

/// Cumulative counts of one kind, from one file.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    /// The file, for messages.
    pub(super) path: PathBuf,
    /// Day of each row's first count.
    pub(super) first_day: Date,
    /// The last day in the file, whether or not it was read.
    pub(super) last_day: Date,
    /// One row per place.
    pub(super) rows: Vec<Row>,
    /// Rows of territories and ships.
    pub(super) left_out: usize,
}

/// One place's counts.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The place it counts.
    pub(super) unit: Unit,
    /// The place as published, such as `Autauga`.
    pub(super) name: String,
    /// Line in the file, from 1.
    pub(super) line: u64,
    /// Residents, if the file has them.
    pub(super) population: Option<f64>,
    /// Latitude and longitude in degrees, if the file has them.
    pub(super) position: Option<(f64, f64)>,
    /// Published cumulative counts, one per day from the first day on.
    pub(super) cumulative: Vec<f64>,
    /// Cumulative count of the last day read, as this vintage has it.
    pub(super) total: f64,
}

/// A publisher's counts up to a day.
#[derive(Debug)]
pub(super) struct Published {
    /// Cases.
    pub(super) cases: Counts,
    /// Deaths, over the same days.
    pub(super) deaths: Counts,
}

/// Reads the counts up to and including `until`; later ones are not used.
pub(super) fn read(files: &Files, until: Option<Date>, reader: &mut Reader) -> Result<Published, Error> {
    let mut published = match files.publisher {
        Publisher::Nyt => nyt(files, until, reader)?,
        _ => Published { cases: wide(&files.cases, until, reader)?, deaths: wide(&files.deaths, until, reader)? },
    };
    published.check_first_days()?;
    if published.starts_late() {
        let Counts { path, first_day, .. } = &published.cases;
        let message =
            "starts in the middle of the epidemic: what was counted up to then is not the new counts of that day";
        reader.notice(format!("{}, {first_day}: {message}", path.display()), 1);
        published.cases.start_at_nothing();
        published.deaths.start_at_nothing();
    }
    if let Some(path) = &files.residents {
        add_residents(path, &mut published, reader)?;
    }
    Ok(published)
}

/// The counts of a wide file up to and including `until`.
pub(super) fn wide(path: &Path, until: Option<Date>, reader: &mut Reader) -> Result<Counts, Error> {
    let file = reader.parsed(path, |bytes| wide::read(path, bytes))?;
    let counts = file.until(until)?;
    reader.holds_until(path, counts.last_day);
    reader.notices.extend(file.notices(until));
    Ok(counts)
}

/// Both kinds of counts of the New York Times' files up to and including `until`.
fn nyt(files: &Files, until: Option<Date>, reader: &mut Reader) -> Result<Published, Error> {
    let mut read = Vec::with_capacity(files.years.len());
    let is_read = |years: &Years| until.is_none_or(|until| years.days.0 <= until);
    for Years { path, days } in files.years.iter().filter(|years| is_read(years)) {
        let file = reader.parsed(path, |bytes| nyt::read(path, bytes))?;
        reader.holds_until(path, file.days().1);
        read.push((file, *days));
    }
    let parts: Vec<_> = read.iter().map(|(file, days)| nyt::Part { file, days: *days }).collect();
    let span = files.years.first().zip(files.years.last()).map(|(first, last)| (first.days.0, last.days.1));
    let (published, holes) = nyt::published(&files.cases, span.unwrap_or_default(), &parts, until)?;
    reader.notice(
        format!("{}: days without a row or a count of the county, counted as no change", files.cases.display()),
        holes,
    );
    Ok(published)
}

/// Adds residents to rows of counties.
fn add_residents(path: &Path, published: &mut Published, reader: &mut Reader) -> Result<(), Error> {
    let residents = reader.parsed(path, |bytes| wide::residents(path, bytes))?;
    for row in published.cases.rows.iter_mut().chain(&mut published.deaths.rows) {
        row.population = residents.get(&row.unit).copied();
    }
    Ok(())
}

impl Published {
    /// Checks that cases and deaths start on the same day.
    pub(super) fn check_first_days(&self) -> Result<(), Error> {
        let Self { cases, deaths } = self;
        if cases.first_day == deaths.first_day {
            return Ok(());
        }
        let problem =
            format!("starts on {} where {} starts on {}", deaths.first_day, cases.path.display(), cases.first_day);
        Err(InputError::new(&deaths.path, problem, "use both files of the same download").into())
    }

    /// Whether the first day's total is that of an epidemic under way: of more than a week like the following one.
    fn starts_late(&self) -> bool {
        let total = |day: usize| self.cases.rows.iter().filter_map(|row| row.cumulative.get(day)).sum::<f64>();
        let days = self.cases.rows.iter().map(|row| row.cumulative.len()).max().unwrap_or(0);
        let week = days.saturating_sub(1).min(7);
        let daily = (total(week) - total(0)) / week.max(1) as f64;
        week > 0 && total(0) >= MANY && total(0) > 7.0 * daily
    }
}

impl Counts {
    /// Leaves what was counted before the first day out of the series, so that it is no increment of that day.
    fn start_at_nothing(&mut self) {
        for row in &mut self.rows {
            let before = row.cumulative.first().copied().unwrap_or_default();
            row.cumulative.iter_mut().for_each(|count| *count -= before);
        }
    }
    /// Adds up rows of counties that were counted apart under older or newer codes.
    fn merged(mut self) -> Self {
        let mut rows: Vec<Row> = Vec::with_capacity(self.rows.len());
        let mut place = std::collections::HashMap::new();
        for row in self.rows {
            let Unit::County(county) = row.unit else {
                rows.push(row);
                continue;
            };
            match place.entry(county) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(rows.len());
                    rows.push(row);
                }
                std::collections::hash_map::Entry::Occupied(entry) => rows[*entry.get()].add(&row),
            }
        }
        self.rows = rows;
        self
    }
}

impl Row {
    /// The first `days` days.
    fn until(&self, days: usize) -> Self {
        let cumulative = self.cumulative[..days.min(self.cumulative.len())].to_vec();
        let total = cumulative.last().copied().unwrap_or_default();
        Self { name: self.name.clone(), cumulative, total, ..*self }
    }

    /// Adds another row's counts and residents.
    pub(super) fn add(&mut self, other: &Self) {
        for (sum, value) in self.cumulative.iter_mut().zip(&other.cumulative) {
            *sum += value;
        }
        self.total += other.total;
        if let (Some(sum), Some(more)) = (self.population.as_mut(), other.population) {
            *sum += more;
        }
    }
}
