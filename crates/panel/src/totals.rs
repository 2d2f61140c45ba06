//! Totals of states and the nation, from rows of which some may be no reports.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use countycast_engine::Fips;

use super::geography::{Unit, new_york};
use super::last_report::{self, Doubted};
use super::raw::{Raw, Report};
use super::settings::LastReport;
use super::sources::{Counts, Row};

/// Share of a state's people whose rows have no report on a day on which the state has none.
const MOST: f64 = 0.5;
/// Share of the people missing in counties by which a state's other rows rise where the people were moved there.
const MOVED: f64 = 0.5;
/// Fewest counties whose common silence, while their state reports, tells that they are no longer reported.
const LEAST_COUNTIES: usize = 3;
/// Days above the limit of a place's residents after which the residents are what is wrong.
const WRONG_DAYS: usize = 28;
/// Largest cumulative count of any place: more than all residents of the United States.
const MOST_COUNT: f64 = 4.0e8;
/// Days before a silence that tell which counties had anything to report, and how much the state had.
const BEFORE_DAYS: usize = 28;
/// Share of its usual counts that a state has to report for its counties' silence to be theirs.
const GOES_ON: f64 = 0.3;

/// Rows of one kind of counts as increments.
pub(super) struct Rows<'a> {
    rows: Vec<(&'a Row, Raw)>,
    /// Indices of each state's rows.
    states: BTreeMap<Fips, Vec<usize>>,
    days: usize,
}

impl<'a> Rows<'a> {
    /// Increments of the first `days` days. `most` is the largest possible cumulative count of a unit.
    pub(super) fn new(counts: &'a Counts, days: usize, most: &dyn Fn(Unit) -> f64) -> Self {
        let mut states = BTreeMap::<Fips, Vec<usize>>::new();
        // A county that a district has begun to report for falls to nothing, which is all that it will report.
        let joint = |row: &Row| if let Unit::Joint(unit) = row.unit { Some(unit.counties()) } else { None };
        let within: BTreeSet<Fips> = counts.rows.iter().filter_map(joint).flatten().collect();
        for (index, row) in counts.rows.iter().enumerate() {
            if let Some(state) = row.unit.state() {
                states.entry(state).or_default().push(index);
            }
        }
        let remainder =
            |row: &Row, absent: &[bool]| Raw::of_remainder(row, days, limit(row, days, most(row.unit)), absent);
        let never = vec![false; days];
        let raw = |row: &Row| match row.unit {
            Unit::County(county) if within.contains(&county) => remainder(row, &never),
            Unit::Joint(unit) => remainder(row, &not_taken(row, counts, unit.counties(), days)),
            Unit::NewYorkCity => remainder(row, &not_taken(row, counts, new_york::counties(), days)),
            // Follows, once it is known when the state's places report.
            Unit::Apart(_) => Raw::default(),
            Unit::County(_) | Unit::LeftOut => Raw::of_place(row, days, limit(row, days, most(row.unit))),
        };
        let mut all = Self { rows: counts.rows.iter().map(|row| (row, raw(row))).collect(), states, days };
        for state in all.states.values().cloned().collect::<Vec<_>>() {
            let (apart, places) = all.split(&state);
            let absent = all.absent(&places);
            for index in apart {
                let (row, raw) = &mut all.rows[index];
                *raw = remainder(row, &absent);
            }
        }
        all
    }

    /// Rows of a state: those that belong to none of its places, and those that do.
    fn split(&self, indices: &[usize]) -> (Vec<usize>, Vec<usize>) {
        indices.iter().partition(|&&index| matches!(self.rows[index].0.unit, Unit::Apart(_)))
    }

    /// Days on which rows with most of these rows' people have no report.
    fn absent(&self, places: &[usize]) -> Vec<bool> {
        let mut absent = vec![false; self.days];
        if places.iter().all(|&index| self.rows[index].1.no_reports.is_empty()) {
            return absent;
        }
        let (mut all, mut missing) = (vec![0.0; self.days], vec![0.0; self.days]);
        for (_, raw) in places.iter().map(|&index| &self.rows[index]) {
            let mut people = 0.0;
            for (day, new) in raw.new.iter().enumerate() {
                people += new;
                all[day] += people;
                missing[day] += if raw.reports[day] == Report::Made { 0.0 } else { people };
            }
        }
        for (absent, (missing, all)) in absent.iter_mut().zip(missing.iter().zip(&all)) {
            *absent = *missing > MOST * all;
        }
        absent
    }

    /// Holds back last reports of counties that neither their past nor the rest of their state make plausible.
    pub(super) fn hold(&mut self, settings: &LastReport) {
        for indices in self.states.values() {
            let mut total = vec![0.0; self.days];
            for &index in indices {
                self.rows[index].1.new.iter().zip(&mut total).for_each(|(new, sum)| *sum += new);
            }
            for &index in indices.iter().filter(|_| indices.len() > 1) {
                let (row, raw) = &mut self.rows[index];
                // Nothing is expected of rows without a county: a state's total tells whether what they say can be.
                if matches!(row.unit, Unit::Apart(_)) || last_report::doubted(&raw.new, None, settings).is_none() {
                    continue;
                }
                let others: Vec<f64> = total.iter().zip(&raw.new).map(|(sum, new)| sum - new).collect();
                last_report::hold(raw, Some(&others), settings);
            }
        }
    }

    /// The increments of a unit, if it has a row.
    pub(super) fn of(&self, unit: Unit) -> Option<&Raw> {
        self.rows.iter().find(|(row, _)| row.unit == unit).map(|(_, raw)| raw)
    }

    /// The row at this place in the file, with its increments.
    pub(super) fn at(&self, index: usize) -> (&'a Row, &Raw) {
        let (row, raw) = &self.rows[index];
        (row, raw)
    }

    /// All rows with their increments.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a Row, &Raw)> {
        self.rows.iter().map(|(row, raw)| (*row, raw))
    }

    /// The totals of the states.
    pub(super) fn totals(&self) -> BTreeMap<Fips, Raw> {
        self.states.iter().map(|(state, indices)| (*state, self.total(indices))).collect()
    }

    /// The sum of a state's rows. People of counties without a report remain in it, unless its other rows took them.
    fn total(&self, indices: &[usize]) -> Raw {
        let mut total = Raw::zero(self.days);
        for &index in indices {
            total.add(&self.rows[index].1, 1.0);
        }
        let (apart, places) = self.split(indices);
        if places.iter().all(|&index| self.rows[index].1.no_reports.is_empty()) {
            return total;
        }
        let apart_on = |day: usize| apart.iter().map(|&index| self.rows[index].0.cumulative[day]).sum::<f64>();
        let carried = |day: usize| places.iter().map(|&i| self.rows[i].1.carried(self.rows[i].0, day)).sum::<f64>();
        let (mut apart_before, mut before) = (0.0, 0.0);
        for (day, absent) in self.absent(&places).into_iter().enumerate() {
            let missing = carried(day);
            let moved = missing > 0.0 && apart_on(day) - apart_before >= MOVED * missing;
            if missing == 0.0 {
                apart_before = apart_on(day);
            }
            let taken = if moved { missing } else { 0.0 };
            total.new[day] += before - taken;
            before = taken;
            if absent && !moved {
                total.reports[day] = Report::Missing;
            }
        }
        total.total -= before;
        total
    }
}

/// Days on which the counties that a row counts together have not begun to count most of its people themselves.
fn not_taken(row: &Row, counts: &Counts, counties: impl Iterator<Item = Fips>, days: usize) -> Vec<bool> {
    let counties: BTreeSet<Fips> = counties.collect();
    let of = |row: &&Row| matches!(row.unit, Unit::County(county) if counties.contains(&county));
    let members: Vec<&Row> = counts.rows.iter().filter(of).collect();
    let sum = |day: usize| members.iter().filter_map(|row| row.cumulative.get(day)).sum::<f64>();
    let mut most: f64 = 0.0;
    row.cumulative
        .iter()
        .take(days)
        .enumerate()
        .map(|(day, count)| {
            most = most.max(*count);
            sum(day) < MOVED * most
        })
        .collect()
}

/// Largest cumulative count that is a report. A count that stays above what the residents allow is right, and their number
/// wrong.
fn limit(row: &Row, days: usize, most: f64) -> f64 {
    let above = row.cumulative.iter().take(days).filter(|count| **count > most).count();
    if above > WRONG_DAYS { MOST_COUNT.max(most) } else { most }
}

/// Holds back the last report of states, and with it that of their counties; returns nothing of states that are plausible.
pub(super) fn hold(states: Vec<(Fips, &mut Raw)>, settings: &LastReport) -> BTreeMap<Fips, Doubted> {
    let mut nation = vec![0.0; states.first().map_or(0, |(_, raw)| raw.new.len())];
    for (_, raw) in &states {
        raw.believed().iter().zip(&mut nation).for_each(|(new, sum)| *sum += new);
    }
    let alone = states.len() == 1;
    let doubted = |(state, raw): (Fips, &mut Raw)| {
        let own = raw.believed();
        let others: Vec<f64> = nation.iter().zip(&own).map(|(sum, new)| sum - new).collect();
        Some((state, last_report::hold(raw, (!alone).then_some(&others), settings)?))
    };
    states.into_iter().filter_map(doubted).collect()
}

/// The last days on which a state goes on and none of its counties do: their people are reported elsewhere.
pub(super) fn elsewhere<'a>(state: &Raw, counties: impl Iterator<Item = &'a Raw> + Clone) -> Option<Range<usize>> {
    let days = state.new.len();
    let last = counties.clone().filter_map(|county| county.new.iter().rposition(|count| *count != 0.0)).max()?;
    let (first, before) = (last + 1, (last + 1).saturating_sub(BEFORE_DAYS)..last + 1);
    if first >= days || state.reports[days - 1] != Report::Made {
        return None;
    }
    let sum = |raw: &Raw, days: Range<usize>| raw.new[days].iter().sum::<f64>();
    let reporting = counties.filter(|county| sum(county, before.clone()) > 0.0).count();
    let usual = sum(state, before.clone()) / before.len() as f64;
    let goes_on = sum(state, first..days) >= GOES_ON * usual * (days - first) as f64;
    (reporting >= LEAST_COUNTIES && usual > 0.0 && goes_on).then_some(first..days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::unit;
    use jiff::civil::date;

    /// Code, name, state and cumulative counts of a row.
    type Published<'a> = (Option<u32>, &'a str, &'a str, &'a [f64]);

    fn counts(rows: &[Published<'_>]) -> Counts {
        let row = |(line, (code, name, state, cumulative)): (u64, &Published<'_>)| Row {
            unit: unit(*code, name, state).unwrap(),
            name: (*name).to_owned(),
            line,
            population: None,
            position: None,
            cumulative: cumulative.to_vec(),
            total: *cumulative.last().unwrap(),
        };
        let rows = (2..).zip(rows).map(row).collect();
        let (first_day, last_day) = (date(2020, 4, 1), date(2020, 4, 4));
        Counts { path: "f.csv".into(), first_day, last_day, rows, left_out: 0 }
    }

    fn total(rows: &[Published<'_>], state: u32) -> Vec<f64> {
        let counts = counts(rows);
        Rows::new(&counts, 4, &|_| 1e6).totals()[&Fips::from_state(state).unwrap()].new.clone()
    }

    #[test]
    fn people_who_only_move_between_rows_are_counted_once() {
        let (iowa, utah, york) = ("Iowa", "Utah", "New York");
        for (what, state, rows, new) in [
            (
                "to unassigned and back",
                19,
                &[
                    (Some(19_001), "Adair", iowa, &[90.0, 0.0, 0.0, 120.0][..]),
                    (Some(90_019), "Unassigned", iowa, &[0.0, 95.0, 110.0, 0.0]),
                ][..],
                [90.0, 5.0, 15.0, 10.0],
            ),
            (
                "a report is missing",
                19,
                &[
                    (Some(19_001), "Adair", iowa, &[90.0, 0.0, 0.0, 120.0]),
                    (Some(90_019), "Unassigned", iowa, &[1.0; 4]),
                ],
                [91.0, 0.0, 0.0, 30.0],
            ),
            (
                "from a county to its district",
                49,
                &[
                    (Some(49_003), "Box Elder", utah, &[50.0, 60.0, 0.0, 0.0]),
                    (None, "Bear River", utah, &[0.0, 0.0, 70.0, 75.0]),
                ],
                [50.0, 10.0, 10.0, 5.0],
            ),
            (
                "from a district to its counties",
                49,
                &[
                    (Some(49_003), "Box Elder", utah, &[0.0, 0.0, 70.0, 75.0]),
                    (None, "Bear River", utah, &[50.0, 60.0, 0.0, 0.0]),
                ],
                [50.0, 10.0, 10.0, 5.0],
            ),
            (
                "from New York City to its counties",
                36,
                &[
                    (None, "New York City", york, &[500.0, 600.0, 0.0, 0.0]),
                    (Some(36_061), york, york, &[0.0, 0.0, 650.0, 700.0]),
                ],
                [500.0, 100.0, 50.0, 50.0],
            ),
            (
                "a district's report is missing",
                49,
                &[(Some(49_003), "Box Elder", utah, &[0.0; 4]), (None, "Bear River", utah, &[50.0, 60.0, 0.0, 75.0])],
                [50.0, 10.0, 0.0, 15.0],
            ),
        ] {
            assert_eq!(total(rows, state), new, "{what}");
        }
    }
}
