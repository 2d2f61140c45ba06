//! Weekly values with the days on which they became known.

mod revise;

use std::collections::BTreeMap;

use countycast_engine::Date;
use countycast_engine::weekly::{Area, Series, Signal, Snapshot, Week};

use crate::geography::Geography;

/// A value, and when it became known.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Report {
    week: Week,
    as_of: Date,
    value: f64,
}

/// Weeks without a report after which those before are left out of a series: five years. A mistyped year would fill the memory
/// with missing values.
const LONGEST_HOLE: i32 = 260;

/// Weeks that a report may be ahead of the day of its publication, half a year: tables' own dates lag, and a mistyped year is farther.
const MOST_AHEAD: i32 = 26;

/// All reports of weekly signals, each with the day on which it was published.
///
/// A vintage file holds what changed from one day to the next; the value as known on a day is that of the last report of
/// this week up to that day.
#[derive(Debug, Clone, Default)]
pub struct Vintages {
    reports: BTreeMap<(Signal, Area), Vec<Report>>,
    /// Reports of weeks far after the day of their publication: they are left out.
    too_early: usize,
}

/// The series as known on a day, and what had to be assumed.
#[derive(Debug, Clone)]
pub struct AsOf {
    /// The series.
    pub snapshot: Snapshot,
    /// How many series have no report up to the day: they are taken from their first vintage, without the weeks that
    /// were not over then.
    pub later_vintage: usize,
}

impl Vintages {
    /// Adds the value of a week as published on a day; [`Vintages::sorted`] must follow. A blank is a report as well: it
    /// withdraws the value. What was published half a year before the week is left out and counted: its year is mistyped.
    pub fn add(&mut self, signal: Signal, area: Area, week: Week, as_of: Date, value: Option<f64>) {
        if week.since(Week::of(as_of)) > MOST_AHEAD {
            self.too_early += 1;
            return;
        }
        let report = Report { week, as_of, value: value.unwrap_or(f64::NAN) };
        self.reports.entry((signal, area)).or_default().push(report);
    }

    /// The same reports in order, without which nothing is found. Of two on the same day the first that was added holds.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        for reports in self.reports.values_mut() {
            reports.sort_by_key(|report| (report.week, report.as_of));
            reports.dedup_by_key(|report| (report.week, report.as_of));
        }
        self
    }

    /// All reports: the week, the day on which it became known, and the value, none where it was withdrawn.
    pub fn reports(&self) -> impl Iterator<Item = (Signal, &Area, Week, Date, Option<f64>)> {
        self.reports.iter().flat_map(|((signal, area), reports)| {
            let value = |report: &Report| Some(report.value).filter(|value| !value.is_nan());
            reports.iter().map(move |report| (*signal, area, report.week, report.as_of, value(report)))
        })
    }

    /// The same reports, none known later than a day: what was fetched on it was known then, whatever a table says.
    #[must_use]
    pub(crate) fn known_by(mut self, day: Date) -> Self {
        for report in self.reports.values_mut().flatten() {
            report.as_of = report.as_of.min(day);
        }
        self
    }

    /// Number of reports that were left out as of weeks far after the day of their publication.
    pub(crate) fn too_early(&self) -> usize {
        self.too_early
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// The last day on which something was published.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        self.reports.values().flatten().map(|report| report.as_of).max()
    }

    /// The days on which something was published for this signal in the nation or a state, ascending: the vintages.
    #[must_use]
    pub fn days(&self, signal: Signal) -> Vec<Date> {
        let of_signal = self.reports.iter().filter(|((of, _), _)| *of == signal);
        let mut days: Vec<Date> =
            of_signal.flat_map(|(_, reports)| reports.iter().map(|report| report.as_of)).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// All series as known on a day.
    #[must_use]
    pub fn as_of(&self, day: Date, geography: &Geography) -> AsOf {
        let mut later_vintage = 0;
        let mut series = Vec::with_capacity(self.reports.len());
        for ((signal, area), reports) in &self.reports {
            let known = |report: &Report| report.as_of <= day;
            let values: Vec<(Week, f64)> = if reports.iter().any(known) {
                last_of_weeks(reports.iter().filter(|report| known(report)))
            } else {
                later_vintage += 1;
                let first = reports.iter().map(|report| report.as_of).min();
                let over = Week::of(day).plus(-1);
                last_of_weeks(reports.iter().filter(|report| Some(report.as_of) == first && report.week <= over))
            };
            let values = after_last_hole(&values);
            let (Some(first), Some(last)) = (values.first(), values.last()) else { continue };
            let mut filled = vec![f64::NAN; usize::try_from(last.0.since(first.0)).unwrap_or(0) + 1];
            for (week, value) in values {
                filled[usize::try_from(week.since(first.0)).unwrap_or(0)] = *value;
            }
            let plain = Series::new(*signal, area.clone(), first.0, filled);
            if !plain.values().is_empty() {
                series.push(geography.complete(plain));
            }
        }
        AsOf { snapshot: Snapshot { as_of: day, series }, later_vintage }
    }

    /// The value of a week as known on a day; none where it was not published by then, or was withdrawn.
    #[must_use]
    pub fn known(&self, signal: Signal, area: &Area, week: Week, day: Date) -> Option<f64> {
        let reports = self.reports.get(&(signal, area.clone()))?;
        let after = reports.partition_point(|report| (report.week, report.as_of) <= (week, day));
        let last = reports[..after].last().filter(|report| report.week == week)?;
        Some(last.value).filter(|value| !value.is_nan())
    }

    /// The value of a week as first published up to a day, and the day on which it was; none where it was not published by
    /// then.
    #[must_use]
    pub fn first(&self, signal: Signal, area: &Area, week: Week, day: Date) -> Option<(Date, f64)> {
        let reports = self.reports.get(&(signal, area.clone()))?;
        let from = reports.partition_point(|report| report.week < week);
        let of_week = reports[from..].iter().take_while(|report| report.week == week && report.as_of <= day);
        of_week.filter(|report| !report.value.is_nan()).map(|report| (report.as_of, report.value)).next()
    }

    /// The value of a week as last published.
    #[must_use]
    pub fn last(&self, signal: Signal, area: &Area, week: Week) -> Option<f64> {
        let reports = self.reports.get(&(signal, area.clone()))?;
        let last = reports.iter().rfind(|report| report.week == week)?;
        Some(last.value).filter(|value| !value.is_nan())
    }
}

/// The values after the last hole that is too long for a series.
fn after_last_hole(values: &[(Week, f64)]) -> &[(Week, f64)] {
    let hole = values.windows(2).rposition(|pair| pair[1].0.since(pair[0].0) > LONGEST_HOLE);
    &values[hole.map_or(0, |before| before + 1)..]
}

/// The last value of each week; reports are ordered by week and day.
fn last_of_weeks<'a>(reports: impl Iterator<Item = &'a Report>) -> Vec<(Week, f64)> {
    let mut values: Vec<(Week, f64)> = Vec::new();
    for report in reports {
        match values.last_mut() {
            Some(last) if last.0 == report.week => last.1 = report.value,
            _ => values.push((report.week, report.value)),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLU: Signal = Signal::ALL[0];

    fn day(month: i8, day: i8) -> Date {
        Date::constant(2025, month, day)
    }

    fn values(vintages: &Vintages, day: Date) -> Vec<f64> {
        let found = vintages.as_of(day, &Geography::default());
        found.snapshot.find(FLU, &Area::Nation).map_or(vec![], |series| series.values().to_vec())
    }

    /// Two weeks, the first revised, the second withdrawn and published again.
    fn vintages() -> Vintages {
        let (first, second) = (Week::of(day(11, 22)), Week::of(day(11, 29)));
        let mut vintages = Vintages::default();
        for (week, as_of, value) in [
            (first, day(11, 26), Some(0.02)),
            (second, day(12, 3), Some(0.03)),
            (first, day(12, 3), Some(0.025)),
            (second, day(12, 10), None),
            (second, day(12, 17), Some(0.04)),
        ] {
            vintages.add(FLU, Area::Nation, week, as_of, value);
        }
        vintages.sorted()
    }

    #[test]
    fn a_day_sees_what_was_published_up_to_it() {
        let vintages = vintages();
        assert_eq!(values(&vintages, day(11, 26)), [0.02]);
        assert_eq!(values(&vintages, day(12, 2)), [0.02]);
        assert_eq!(values(&vintages, day(12, 3)), [0.025, 0.03]);
        assert_eq!(values(&vintages, day(12, 16)), [0.025], "the second week was withdrawn");
        assert_eq!(values(&vintages, day(12, 17)), [0.025, 0.04]);
        assert_eq!(vintages.last(FLU, &Area::Nation, Week::of(day(11, 22))), Some(0.025));
        let known = |of: Date, on: Date| vintages.known(FLU, &Area::Nation, Week::of(of), on);
        assert_eq!(
            [day(11, 25), day(12, 2), day(12, 3)].map(|on| known(day(11, 22), on)),
            [None, Some(0.02), Some(0.025)]
        );
        assert_eq!([day(12, 9), day(12, 10)].map(|on| known(day(11, 29), on)), [Some(0.03), None]);
        let first = |of: Date, on: Date| vintages.first(FLU, &Area::Nation, Week::of(of), on);
        assert_eq!(first(day(11, 22), day(12, 17)), Some((day(11, 26), 0.02)));
        assert_eq!([day(12, 2), day(12, 10)].map(|on| first(day(11, 29), on)), [None, Some((day(12, 3), 0.03))]);
        assert_eq!(vintages.days(FLU), [day(11, 26), day(12, 3), day(12, 10), day(12, 17)]);
    }

    #[test]
    fn what_is_published_later_moves_nothing() {
        let mut later = vintages();
        for week in [day(11, 22), day(11, 29), day(12, 6)] {
            later.add(FLU, Area::Nation, Week::of(week), day(12, 4), Some(0.9));
        }
        let later = later.sorted();
        assert_eq!(values(&later, day(12, 3)), values(&vintages(), day(12, 3)));
        assert_ne!(values(&later, day(12, 4)), values(&vintages(), day(12, 4)));
    }

    #[test]
    fn a_mistyped_year_is_left_out_and_lengthens_no_series() {
        let mut vintages = vintages();
        for (year, before) in [(9_999, 0), (2_026, 1), (1_925, 2), (-9_999, 2)] {
            assert_eq!(vintages.too_early(), before, "{year}");
            vintages.add(FLU, Area::Nation, Week::of(Date::constant(year, 11, 22)), day(12, 17), Some(0.5));
        }
        assert_eq!(values(&vintages.sorted(), day(12, 17)), [0.025, 0.04]);
    }

    #[test]
    fn a_hole_of_five_years_is_part_of_a_series_and_a_longer_one_is_not() {
        let first = Week::of(day(11, 22));
        for (weeks, length) in [(260, 261), (261, 1)] {
            let mut vintages = Vintages::default();
            for (week, value) in [(first.plus(-weeks), 0.01), (first, 0.02)] {
                vintages.add(FLU, Area::Nation, week, day(12, 3), Some(value));
            }
            assert_eq!(values(&vintages.sorted(), day(12, 3)).len(), length, "{weeks}");
        }
    }

    #[test]
    fn before_the_first_vintage_its_finished_weeks_are_taken_and_counted() {
        let found = vintages().as_of(day(11, 24), &Geography::default());
        assert_eq!((found.later_vintage, found.snapshot.series.len()), (1, 1));
        // The week to the 22nd was over on the 24th, and not yet on the 19th.
        assert_eq!((values(&vintages(), day(11, 24)), values(&vintages(), day(11, 19))), (vec![0.02], vec![]));
        assert_eq!(vintages().as_of(day(11, 26), &Geography::default()).later_vintage, 0);
    }
}
