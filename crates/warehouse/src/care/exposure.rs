//! What care may go along with: the epidemic's course, and policies in force; by place and week.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::claim::Span;
use super::lines::{self, Row};
use super::places::Places;
use crate::error::{Error, shown};

/// A series of values by place and week, before whose first day all is 0.
#[derive(Debug)]
pub(super) struct Exposure {
    pub(super) name: String,
    /// By FIPS code of a county, a state or `US`.
    series: HashMap<String, Vec<Option<f64>>>,
}

impl Exposure {
    /// The value of a county's week, or of its state's or the nation's; none where it is not known.
    fn value(&self, fips: &str, week: usize) -> Option<f64> {
        let keys = [Some(fips), fips.get(..2), Some("US")];
        let series = keys.into_iter().flatten().find_map(|key| self.series.get(key))?;
        series.get(week).copied().flatten()
    }

    /// What a week has more than the same one a year before.
    pub(super) fn change(&self, fips: &str, week: usize, weeks_before: usize) -> Option<f64> {
        let before = week.checked_sub(weeks_before)?;
        Some(self.value(fips, week)? - self.value(fips, before)?)
    }
}

/// Reads the epidemic's course: a CSV file with the columns `fips`, `date` and `value`, which are averaged over each week. Weeks before
/// the first of the file have 0.
pub(super) fn epidemic(path: &Path, span: Span, places: &Places) -> Result<Exposure, Error> {
    let rows = lines::read(path, &["fips", "date", "value"])?;
    let mut sums: HashMap<String, Vec<(f64, u32)>> = HashMap::new();
    let mut first = i32::MAX;
    for row in rows {
        let day = row.day(path, 1)?;
        first = first.min(day);
        let fips = place(&row, path, 0, places)?;
        let value: f64 = row
            .text(2)
            .parse()
            .ok()
            .filter(|v: &f64| v.is_finite())
            .ok_or_else(|| row.refused(path, 2, "write a number"))?;
        if (span.first_day..=span.last_day).contains(&day) {
            let week = &mut sums.entry(fips).or_insert_with(|| vec![(0.0, 0); span.weeks()])[span.place(day)];
            *week = (week.0 + value, week.1 + 1);
        }
    }
    if sums.is_empty() {
        return Err(Error::input(
            format!("{} has no day between the first and the last of the claims", shown(path)),
            "give the epidemic's course over the time of the claims",
        ));
    }
    let before = |week: usize| span.saturday(week) < first;
    let series = sums.into_iter().map(|(fips, weeks)| {
        let values = weeks.iter().enumerate().map(|(week, (sum, days))| match days {
            0 if before(week) => Some(0.0),
            0 => None,
            days => Some(sum / f64::from(*days)),
        });
        (fips, values.collect())
    });
    Ok(Exposure { name: "epidemic".into(), series: series.collect() })
}

/// Reads policies: a CSV file with the columns `policy`, `fips`, `from` and `to`, the last day or nothing. A policy's value is the share of the
/// week's days on which it was in force; where a place is not named it never was.
pub(super) fn policies(path: &Path, span: Span, places: &Places) -> Result<Vec<Exposure>, Error> {
    let mut found: BTreeMap<String, HashMap<String, Vec<bool>>> = BTreeMap::new();
    let days = usize::try_from(span.last_day - span.first_day + 1).unwrap_or(0);
    for row in lines::read(path, &["policy", "fips", "from", "to"])? {
        let fips = place(&row, path, 1, places)?;
        if row.text(0).is_empty() {
            return Err(row.refused(path, 0, "a policy has a name"));
        }
        let from = row.day(path, 2)?;
        let to = if row.text(3).is_empty() { span.last_day } else { row.day(path, 3)? };
        if to < from {
            return Err(row.refused(
                path,
                3,
                "a policy ends on the day it begins or later; without an end leave it empty",
            ));
        }
        let series = found.entry(row.text(0).to_owned()).or_default();
        let force = series.entry(fips).or_insert_with(|| vec![false; days]);
        let place = |day: i32| usize::try_from(day - span.first_day).unwrap_or(0).min(days);
        force[place(from.max(span.first_day))..place(to.max(span.first_day - 1) + 1)].fill(true);
    }
    Ok(found.into_iter().map(|(name, places)| weekly(name, places, span)).collect())
}

fn weekly(name: String, places: HashMap<String, Vec<bool>>, span: Span) -> Exposure {
    let mut series: HashMap<String, Vec<Option<f64>>> = HashMap::new();
    let mut lengths = vec![0_u32; span.weeks()];
    (span.first_day..=span.last_day).for_each(|day| lengths[span.place(day)] += 1);
    for (fips, force) in places {
        let mut days = vec![0_u32; span.weeks()];
        for (day, _) in (span.first_day..=span.last_day).zip(force).filter(|(_, force)| *force) {
            days[span.place(day)] += 1;
        }
        let shares = days.iter().zip(&lengths).map(|(days, of)| Some(f64::from(*days) / f64::from((*of).max(1))));
        series.insert(fips, shares.collect());
    }
    series.entry("US".into()).or_insert_with(|| vec![Some(0.0); span.weeks()]);
    Exposure { name, series }
}

/// The code of an area in a column.
fn place(row: &Row, path: &Path, column: usize, places: &Places) -> Result<String, Error> {
    let text = row.text(column);
    let remedy = "a place is a county's FIPS code of five digits, a state's of two, or US; or a catchment's code, if there are any";
    if places.knows(text) { Ok(text.to_owned()) } else { Err(row.refused(path, column, remedy)) }
}
