//! What the last published week will be once it is revised.

use std::collections::BTreeMap;

use countycast_engine::quantile;
use countycast_engine::weekly::{Area, Series, Signal, Snapshot, Week};
use countycast_signals::Vintages;

use crate::scores::quantiles::{LEVELS, Row};

/// Weeks back whose revisions are looked at.
const WEEKS: i32 = 26;
/// The newest weeks, whose revisions are not over.
const UNSETTLED: i32 = 2;
/// Age in weeks at which a revision counts half.
const HALF_LIFE: f64 = 8.0;
/// Revisions, in weeks of full weight, of which the expectation is none at all: by them an area's own are shrunk.
const SHRUNK_BY: f64 = 2.0;
/// Greatest change of the fourth root that is taken for a revision: 10 % of it are 46 % of the value.
const GREATEST: f64 = 0.1;
/// Fewest revisions of a signal from which the spread is taken.
const LEAST: usize = 50;

/// Revisions of last values, learned from vintages.
///
/// Counts and shares are published before all hospitals have reported, and are revised upward for weeks. The revision from a
/// week's first publication to today is taken on the scale of fourth roots, on which large and small areas are alike, as a
/// share; an area's expected revision is the mean of its own over half a year, newer ones counting more, shrunk to none.
/// Revisions downward are not foreseen: hospitals that reported twice are corrected at once, for many weeks, and often back again
/// (Texas in January 2024, from 1,974 admissions to 1,589, later 2,093).
#[derive(Debug, Clone, Default)]
pub struct Revisions {
    expected: BTreeMap<(Signal, Area), f64>,
    /// By signal, and whether areas are below the state: revisions beyond those expected, ascending.
    spread: BTreeMap<(Signal, bool), Vec<f64>>,
}

impl Revisions {
    /// What the vintages up to a day tell.
    #[must_use]
    pub fn new(vintages: &Vintages, data: &Snapshot, reference: Week) -> Self {
        let mut found = Self::default();
        for series in &data.series {
            let own: Vec<(f64, f64)> = (UNSETTLED + 1..=WEEKS)
                .filter_map(|age| {
                    let week = reference.plus(-age);
                    // What was known on the Wednesday after a week is its first publication.
                    let first = vintages.known(series.signal, &series.area, week, week.plus(1).wednesday())?;
                    let now = vintages.known(series.signal, &series.area, week, data.as_of)?;
                    let share = (root(now) - root(first)) / root(first);
                    share
                        .is_finite()
                        .then(|| (share.clamp(-GREATEST, GREATEST), 0.5_f64.powf(f64::from(age) / HALF_LIFE)))
                })
                .collect();
            let (sum, weight) = own.iter().fold((0.0, 0.0), |(s, w), (share, weight)| (s + share * weight, w + weight));
            let expected = (sum / (weight + SHRUNK_BY)).max(0.0);
            let beyond = own.iter().map(|(share, _)| share - expected);
            found.spread.entry((series.signal, series.area.below_state())).or_default().extend(beyond);
            if expected != 0.0 {
                found.expected.insert((series.signal, series.area.clone()), expected);
            }
        }
        found.spread.values_mut().for_each(|beyond| beyond.sort_by(f64::total_cmp));
        found
    }

    /// The data with the last week of each series, where it is the week before the reference week, as it is expected to be
    /// once revised.
    #[must_use]
    pub fn applied(&self, data: Snapshot, reference: Week) -> Snapshot {
        let revised = |series: Series| {
            let last = series.last();
            let value = series.at(last).filter(|_| reference.since(last) == 1);
            let expected = self.expected.get(&(series.signal, series.area.clone()));
            match value.zip(expected) {
                Some((value, expected)) => {
                    let value = (value * (1.0 + expected).powi(4)).min(series.signal.unit().greatest());
                    series.with(last, value)
                }
                None => series,
            }
        };
        Snapshot { series: data.series.into_iter().map(revised).collect(), ..data }
    }

    /// Quantiles of the final value of a last week that is expected to become `value`; none where too few revisions are known.
    pub(super) fn row(&self, series: &Series, value: f64) -> Option<Row> {
        let beyond = self.spread.get(&(series.signal, series.area.below_state())).filter(|all| all.len() >= LEAST)?;
        let most = series.signal.unit().greatest();
        Some(LEVELS.map(|level| (value * (1.0 + quantile(beyond, level)).powi(4)).min(most) as f32))
    }
}

fn root(value: f64) -> f64 {
    value.sqrt().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;
    use countycast_signals::Geography;

    const FLU: Signal = Signal::ALL[0];

    /// Forty weeks to the one before the reference week, each published at `first` times its final value of 0.02, and
    /// finally a week later.
    fn vintages(first: f64) -> (Vintages, Week) {
        let reference = Week::of(Date::constant(2026, 1, 10));
        let mut vintages = Vintages::default();
        for age in 1..=40 {
            let week = reference.plus(-age);
            vintages.add(FLU, Area::Nation, week, week.plus(1).wednesday(), Some(0.02 * first));
            vintages.add(FLU, Area::Nation, week, week.plus(2).wednesday(), Some(0.02));
        }
        (vintages.sorted(), reference)
    }

    fn nowcast(first: f64) -> f64 {
        let (vintages, reference) = vintages(first);
        let data = vintages.as_of(reference.wednesday(), &Geography::default()).snapshot;
        let revised = Revisions::new(&vintages, &data, reference).applied(data, reference);
        revised.series[0].at(reference.plus(-1)).unwrap()
    }

    #[test]
    fn a_steady_revision_is_foreseen_and_none_is_left_alone() {
        // Published at 80 %: of the missing fifth most is restored, the more the longer the record.
        let found = nowcast(0.8);
        assert!((0.0185..0.02).contains(&found), "{found}");
        assert!((nowcast(1.0) - 0.02).abs() < 1e-12);
        assert!((nowcast(1.1) - 0.022).abs() < 1e-12, "revisions downward are not");
    }

    #[test]
    fn nothing_of_later_days_is_used() {
        let (mut later, reference) = vintages(0.8);
        for age in 1..=10 {
            later.add(FLU, Area::Nation, reference.plus(-age), reference.wednesday().tomorrow().unwrap(), Some(0.5));
        }
        let later = later.sorted();
        let known = |vintages: &Vintages| {
            let data = vintages.as_of(reference.wednesday(), &Geography::default()).snapshot;
            Revisions::new(vintages, &data, reference).applied(data, reference)
        };
        assert_eq!(known(&later), known(&vintages(0.8).0));
    }
}
