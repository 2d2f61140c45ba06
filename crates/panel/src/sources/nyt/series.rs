//! Series of places, from one file or from several that follow each other.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;

use super::super::days::{days_between, days_until};
use super::super::{Counts, Published, Row, Unusable};
use super::Nyt;
use super::places::{Key, Report};
use crate::error::{Error, InputError};
use crate::geography::Unit;

/// A file, and the first and last day for which it is used.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub(crate) file: &'a Nyt,
    pub(crate) days: (Date, Date),
}

/// The counts of files, in order of their days, up to and including a day, and the number of days within them on which a
/// county has no row, or a blank in it. `path` names the files in messages; `span` is the first and last day of all of them.
pub(crate) fn published(
    path: &Path,
    span: (Date, Date),
    parts: &[Part<'_>],
    until: Option<Date>,
) -> Result<(Published, usize), Error> {
    for Part { file, days: (from, to) } in parts {
        let is_read = |day: Date| (*from..=*to).contains(&day) && until.is_none_or(|until| day <= until);
        Unusable::check(&file.unusable, is_read)?;
    }
    let (first_day, last_day) = span;
    let days = days_until(first_day, last_day, until);
    let mut all = series(parts, first_day, days);
    check_rows(path, &all, days)?;
    let there = all.len();
    all.retain(|series| series.key.unit != Unit::LeftOut);
    let left_out = there - all.len();
    let holes = all.iter().map(Series::holes).sum();
    let counts = |kind: fn(&Report) -> Option<f64>| {
        let rows = all.iter().map(|series| series.row(days, kind)).collect();
        Counts { path: path.to_owned(), first_day, last_day, rows, left_out }.merged()
    };
    Ok((Published { cases: counts(|c| c.cases), deaths: counts(|c| c.deaths) }, holes))
}

/// Counts of a place and day that any file may have, and those for each row of a larger one. A place has a row for every day
/// from its first case on, or for every seventh where reports are weekly; a file of a few rows for many places and days would
/// fill the memory with zeros.
const FEW_COUNTS: usize = 1_000_000;
const COUNTS_FOR_EACH_ROW: usize = 20;

/// Checks that most places have rows for the first `days` days.
fn check_rows(path: &Path, all: &[Series<'_>], days: usize) -> Result<(), Error> {
    let counts = all.len() * days;
    let rows: usize = all.iter().map(|series| series.reports.len()).sum();
    if counts <= FEW_COUNTS || counts <= COUNTS_FOR_EACH_ROW * rows {
        return Ok(());
    }
    let problem = format!("{rows} rows for {} places on {days} days: most are missing", all.len());
    Err(InputError::new(path, problem, "use the file as published: a row for each county and day").into())
}

/// One place's reports.
struct Series<'a> {
    key: &'a Key,
    name: &'a str,
    /// The last file with the place, and its first line there.
    line: (usize, u64),
    /// Days from the first one, and what was reported on them.
    reports: Vec<(usize, &'a Report)>,
    /// The day from which on other rows count the place.
    ends: usize,
}

/// The series of all places on the first `days` days, in order of their lines.
fn series<'a>(parts: &[Part<'a>], first_day: Date, days: usize) -> Vec<Series<'a>> {
    let mut all: Vec<Series<'a>> = Vec::with_capacity(3_300);
    let mut known: HashMap<&Key, usize> = HashMap::with_capacity(3_300);
    for (number, Part { file, days: (from, to) }) in parts.iter().enumerate() {
        for place in &file.places {
            let index = |(day, report)| Some((days_between(first_day, day)?, report));
            let mut reports = place.reports(*from, *to).filter_map(index).take_while(|(day, _)| *day < days).peekable();
            if reports.peek().is_none() {
                continue;
            }
            let index = *known.entry(&place.key).or_insert(all.len());
            if index == all.len() {
                let (key, name) = (&place.key, place.name.as_str());
                all.push(Series { key, name, line: (0, 0), reports: Vec::new(), ends: days });
            }
            let series = &mut all[index];
            let before = series.reports.len();
            series.reports.extend(reports);
            let first = series.reports[before..].iter().map(|(_, report)| report.line).min();
            series.line = (number, first.unwrap_or_default());
        }
    }
    all.sort_by_key(|series| series.line);
    let spans: Vec<_> = all.iter().map(|series| (series.key, series.span())).collect();
    for series in all.iter_mut().filter(|series| series.span().1 + 1 < days) {
        let last = series.span().1;
        let next = |(other, (start, _)): &(&Key, (usize, usize))| {
            (*start > last && series.key.goes_on_as(other)).then_some(*start)
        };
        series.ends = spans.iter().filter_map(next).min().unwrap_or(days);
    }
    all
}

impl Series<'_> {
    /// The first and the last day with a report.
    fn span(&self) -> (usize, usize) {
        let day = |report: Option<&(usize, &Report)>| report.map_or(0, |(day, _)| *day);
        (day(self.reports.first()), day(self.reports.last()))
    }

    /// Days without a whole report between its first day and its end.
    fn holes(&self) -> usize {
        let is_whole = |(_, report): &&(usize, &Report)| report.cases.is_some() && report.deaths.is_some();
        (self.ends - self.span().0).saturating_sub(self.reports.iter().filter(is_whole).count())
    }

    /// Counts of one kind: zero before the first report, unchanged where one is missing, zero again from the end on.
    fn row(&self, days: usize, kind: fn(&Report) -> Option<f64>) -> Row {
        let (mut cumulative, mut last) = (vec![0.0; days], 0.0);
        for (index, (day, report)) in self.reports.iter().enumerate() {
            let until = self.reports.get(index + 1).map_or(self.ends, |(next, _)| *next);
            last = kind(report).unwrap_or(last);
            cumulative[*day..until].fill(last);
        }
        let total = cumulative.last().copied().unwrap_or_default();
        let (unit, name, line) = (self.key.unit, self.name.to_owned(), self.line.1);
        Row { unit, name, line, population: None, position: None, cumulative, total }
    }
}
