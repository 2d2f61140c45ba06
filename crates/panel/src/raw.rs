//! Counts of one place before repair.

use super::sources::Row;

/// A fall of a cumulative count below this share of what it was is the absence of a report and no correction.
const NOTHING: f64 = 0.02;
/// A fall below this share of what it was is an error until a second report agrees.
const MOST_OF_IT: f64 = 0.5;
/// A cumulative count that has returned to this share of what it was.
const RETURNED: f64 = 0.9;
/// Fewest people whose disappearance is the absence of a report: a county's only cases may be another county's.
const LEAST_PEOPLE: f64 = 10.0;
/// Fewest people of whom most may not disappear in one day.
const MANY_PEOPLE: f64 = 100.0;

/// Whether a day has a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Report {
    /// Yes.
    #[default]
    Made,
    /// No: the counts of the day will be reported later.
    Missing,
    /// No: the state reports the day's counts without the place's.
    Elsewhere,
}

/// Cells of a publisher's table that are no reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NoReport {
    /// First and last day.
    pub(super) days: (usize, usize),
    /// Cumulative count on the first of these days, as published.
    pub(super) published: f64,
    /// Cumulative count used instead.
    pub(super) used: f64,
}

/// New counts of one place, as published.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Raw {
    /// Daily new counts; the cumulative count of a day without a report is that of the day before.
    pub(super) new: Vec<f64>,
    /// Cumulative count on the last day with a report.
    pub(super) total: f64,
    /// Whether each day has a report.
    pub(super) reports: Vec<Report>,
    /// Cells that are no reports, by day.
    pub(super) no_reports: Vec<NoReport>,
    /// Expected people of parts of the place that have no report of these last days, by day.
    pub(super) awaited: Vec<(usize, f64)>,
    /// People of a day that are not believed to belong to it and are left out of it, by day; below 0 for a restatement.
    pub(super) held: Vec<(usize, f64)>,
    /// People of a day who belong to the distant past, as the steps in parts of the place tell, by day; below 0 for people whom
    /// a step took.
    pub(super) steps: Vec<(usize, f64)>,
}

impl Raw {
    pub(super) fn zero(days: usize) -> Self {
        Self { new: vec![0.0; days], reports: vec![Report::Made; days], ..Self::default() }
    }

    /// Daily counts that need no look at the cumulative ones.
    pub(super) fn of_new(new: Vec<f64>) -> Self {
        let reports = vec![Report::Made; new.len()];
        Self { total: new.iter().sum(), new, reports, ..Self::default() }
    }

    /// Increments of the first `days` days; the first day's is the total up to then. Counts above `most` or below 0, and those
    /// that fall to nothing, are no reports.
    pub(super) fn of_place(row: &Row, days: usize, most: f64) -> Self {
        Self::of(row, days, &|cumulative, day, before| {
            let count = cumulative[day];
            is_beyond(count, most) || count < 0.0 || vanished(cumulative, day, before)
        })
    }

    /// Increments of a row without a county, which may fall to nothing when its counts are given to counties: on the days
    /// `absent`, which are none of the state's reports, and where a count exceeds `most`, there is no report.
    pub(super) fn of_remainder(row: &Row, days: usize, most: f64, absent: &[bool]) -> Self {
        Self::of(row, days, &|cumulative, day, before| {
            is_beyond(cumulative[day], most) || (absent[day] && vanished(cumulative, day, before))
        })
    }

    fn of(row: &Row, days: usize, is_none: &dyn Fn(&[f64], usize, f64) -> bool) -> Self {
        let cumulative = &row.cumulative[..days.min(row.cumulative.len())];
        let mut raw = Self { new: Vec::with_capacity(days), ..Self::default() };
        let mut before = 0.0;
        for (day, &count) in cumulative.iter().enumerate() {
            if is_none(cumulative, day, before) {
                raw.new.push(0.0);
                raw.reports.push(Report::Missing);
                match raw.no_reports.last_mut().filter(|last| last.days.1 + 1 == day) {
                    Some(last) => last.days.1 = day,
                    None => raw.no_reports.push(NoReport { days: (day, day), published: count, used: before }),
                }
            } else {
                raw.new.push(count - before);
                raw.reports.push(Report::Made);
                before = count;
            }
        }
        // A recent file that continues an older one is shifted to meet it; its own cumulative count is the total.
        raw.total = row.total - row.cumulative.last().copied().unwrap_or_default() + before;
        raw
    }

    /// Cumulative counts used minus those published, on days without a report; 0 on others.
    pub(super) fn carried(&self, row: &Row, day: usize) -> f64 {
        let run = self.no_reports.iter().find(|run| (run.days.0..=run.days.1).contains(&day));
        run.map_or(0.0, |run| run.used - row.cumulative[day])
    }

    /// Adds a share of another place's counts. A day has a report if one of the two has.
    pub(super) fn add(&mut self, other: &Self, share: f64) {
        for (sum, value) in self.new.iter_mut().zip(&other.new) {
            *sum += share * value;
        }
        self.total += share * other.total;
        for &(day, people) in &other.held {
            self.hold(day, share * people);
        }
    }

    /// Leaves people out of a day.
    pub(super) fn hold(&mut self, day: usize, people: f64) {
        match self.held.binary_search_by_key(&day, |(held, _)| *held) {
            Ok(place) => self.held[place].1 += people,
            Err(place) => self.held.insert(place, (day, people)),
        }
    }

    /// New counts without those that are left out of their day.
    pub(super) fn believed(&self) -> Vec<f64> {
        let mut counts = self.new.clone();
        for &(day, people) in &self.held {
            counts[day] -= people;
        }
        counts
    }
}

/// Whether a count is larger than any possible one, up or (in rows without a county) down, or is no number.
fn is_beyond(count: f64, most: f64) -> bool {
    count.is_nan() || count.abs() > most
}

/// Whether a cumulative count that was `before` is no report on a day: it fell to nothing, or lost most of its people and
/// either regains them or has not been confirmed by another day.
fn vanished(cumulative: &[f64], day: usize, before: f64) -> bool {
    let count = cumulative[day];
    if before < LEAST_PEOPLE || count >= MOST_OF_IT * before {
        return false;
    }
    if count <= NOTHING * before {
        return true;
    }
    let later = &cumulative[day + 1..];
    let lost = later.iter().take_while(|later| **later < MOST_OF_IT * before).count();
    let returns = later.get(lost).is_some_and(|later| *later >= RETURNED * before);
    let alone = lost == later.len() && is_newest(cumulative, day, before);
    before >= MANY_PEOPLE && (returns || alone)
}

/// Whether a fallen count is the only one of its kind: the day before was still at its level, and no later day reports.
fn is_newest(cumulative: &[f64], day: usize, before: f64) -> bool {
    let fell_here = day.checked_sub(1).is_some_and(|yesterday| cumulative[yesterday] >= RETURNED * before);
    fell_here && cumulative[day + 1..].iter().all(|later| *later == cumulative[day])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::Unit;

    fn row(cumulative: &[f64]) -> Row {
        let total = cumulative.last().copied().unwrap_or_default();
        let unit = Unit::County("19001".parse().unwrap());
        let cumulative = cumulative.to_vec();
        Row { unit, name: String::new(), line: 2, population: None, position: None, cumulative, total }
    }

    /// Increments and days without a report of a county of 1,000 people.
    fn place(cumulative: &[f64]) -> (Vec<f64>, Vec<usize>) {
        let raw = Raw::of_place(&row(cumulative), cumulative.len(), 3_000.0);
        let missing = (0..cumulative.len()).filter(|&day| raw.reports[day] != Report::Made).collect();
        (raw.new, missing)
    }

    #[test]
    fn what_is_no_report_adds_nothing_and_takes_nothing() {
        for (cumulative, new, missing) in [
            // To nothing on the last day, for two days, and back.
            (&[100.0, 110.0, 0.0][..], &[100.0, 10.0, 0.0][..], &[2][..]),
            (&[100.0, 110.0, 0.0, 0.0], &[100.0, 10.0, 0.0, 0.0], &[2, 3]),
            (&[100.0, 0.0, 0.0, 130.0], &[100.0, 0.0, 0.0, 30.0], &[1, 2]),
            // A file that continues another is shifted a little.
            (&[100.0, 110.0, 1.5], &[100.0, 10.0, 0.0], &[2]),
            // A digit lost on the last day, and in the middle.
            (&[400.0, 440.0, 44.0], &[400.0, 40.0, 0.0], &[2]),
            (&[400.0, 44.0, 44.0, 450.0], &[400.0, 0.0, 0.0, 50.0], &[1, 2]),
            // More than three times the residents.
            (&[100.0, 1e26, 130.0], &[100.0, 0.0, 30.0], &[1]),
            (&[100.0, 1e9, 1e9], &[100.0, 0.0, 0.0], &[1, 2]),
            (&[100.0, f64::NAN, 130.0], &[100.0, 0.0, 30.0], &[1]),
            // Fewer than nobody.
            (&[3.0, -1.0, 4.0], &[3.0, 0.0, 1.0], &[1]),
            (&[-1.0, -1.0, 4.0, -1.0], &[0.0, 0.0, 4.0, 0.0], &[0, 1, 3]),
        ] {
            assert_eq!(place(cumulative), (new.to_vec(), missing.to_vec()), "{cumulative:?}");
        }
    }

    #[test]
    fn a_correction_is_a_report() {
        for (cumulative, new) in [
            // A county's few cases may be another's.
            (&[9.0, 0.0][..], &[9.0, -9.0][..]),
            // A small part, and most of it confirmed by a second day.
            (&[100.0, 60.0], &[100.0, -40.0]),
            (&[400.0, 150.0, 155.0], &[400.0, -250.0, 5.0]),
            (&[40.0, 15.0], &[40.0, -25.0]),
        ] {
            assert_eq!(place(cumulative), (new.to_vec(), vec![]), "{cumulative:?}");
        }
    }

    #[test]
    fn a_remainder_may_be_given_to_counties() {
        let given = row(&[500.0, 0.0, 20.0]);
        assert_eq!(Raw::of_remainder(&given, 3, 1e6, &[false; 3]).new, [500.0, -500.0, 20.0]);
        let absent = Raw::of_remainder(&given, 3, 1e6, &[false, true, false]);
        assert_eq!((absent.new.as_slice(), absent.total), (&[500.0, 0.0, -480.0][..], 20.0));
        assert_eq!(absent.carried(&given, 1), 500.0);
    }

    #[test]
    fn what_is_held_back_is_left_out_once() {
        let mut raw = Raw::of_new(vec![1.0, 50.0, 2.0]);
        raw.hold(1, 40.0);
        let mut sum = Raw::zero(3);
        sum.add(&raw, 1.0);
        sum.add(&raw, 0.5);
        assert_eq!((sum.new.clone(), sum.believed()), (vec![1.5, 75.0, 3.0], vec![1.5, 15.0, 3.0]));
        assert_eq!(sum.total, 79.5);
    }
}
