//! A seasonal climatology: what earlier seasons had in the same weeks.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::weekly::{Area, FIRST_HORIZON, LAST_HORIZON, Series, Signal, Snapshot, Week};
use countycast_engine::weekly::{WeeklyEngine, WeeklyModel};
use countycast_engine::{EngineError, LEVELS, Row, quantile};

/// Weeks on each side of the target's week of the season whose values are taken.
const AROUND: i32 = 3;
/// Earlier seasons from which on a series stands for itself.
const OWN_SEASONS: usize = 5;
/// Weeks of a season's usual year: by them a place in the season is the same as one a year before.
const YEAR: i32 = 52;

/// Forecasts with the quantiles that earlier seasons had around the same week, whatever this season has been so far.
///
/// It is `climatological_forecaster` of the R package epipredict, with its window of three weeks on each side. Weeks of a
/// season are told by their distance from Christmas. A series with fewer than five earlier seasons takes the values of all
/// areas of its kind, each divided by its area's scale, times its own scale. An area's scale is its sum of values divided by
/// the sum that the median area, scaled to a mean of one, has in the same weeks of the season: a series that began late is
/// not taken for a small one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Climatology;

impl WeeklyEngine for Climatology {
    fn name(&self) -> &'static str {
        "climatology"
    }

    fn train(&self, data: &Snapshot, reference: Week, _: u64) -> Result<Box<dyn WeeklyModel>, EngineError> {
        let mut kinds: BTreeMap<Kind, Vec<&Series>> = BTreeMap::new();
        for series in &data.series {
            kinds.entry(kind(series)).or_default().push(series);
        }
        let mut model = Model { reference, scales: BTreeMap::new(), pooled: BTreeMap::new() };
        for (kind, all) in kinds {
            let scaled = scales(&all, reference);
            let targets = (FIRST_HORIZON..=LAST_HORIZON).map(|horizon| reference.plus(i32::from(horizon)));
            let rows = targets.map(|target| {
                let of_series = |(series, scale): &(&Series, f64)| {
                    earlier(series, reference, target).map(|(_, value)| value / scale).collect::<Vec<f64>>()
                };
                quantiles(scaled.iter().flat_map(of_series).collect())
            });
            if let Some(rows) = rows.collect::<Option<Vec<_>>>() {
                model.pooled.insert(kind, rows);
            }
            let scales = scaled.into_iter().map(|(series, scale)| ((series.signal, series.area.clone()), scale));
            model.scales.extend(scales);
        }
        Ok(Box::new(model))
    }
}

/// Areas whose values are alike once scaled: those of a signal, apart for areas below the state, which are noisier.
type Kind = (Signal, bool);

fn kind(series: &Series) -> Kind {
    (series.signal, series.area.below_state())
}

struct Model {
    reference: Week,
    scales: BTreeMap<(Signal, Area), f64>,
    /// Quantiles of scaled values by horizon.
    pooled: BTreeMap<Kind, Vec<[f64; 23]>>,
}

impl WeeklyModel for Model {
    fn forecast(&self, series: &Series) -> Result<Vec<Row>, EngineError> {
        let own: BTreeSet<i16> = past(series, self.reference).map(|(week, _)| week.season().0).collect();
        let scale = self.scales.get(&(series.signal, series.area.clone()));
        let pooled = self.pooled.get(&kind(series)).zip(scale);
        let most = series.signal.unit().greatest();
        let row = |horizon: i8| {
            let week = self.reference.plus(i32::from(horizon));
            if let Some(value) = series.at(week) {
                return Some([value as f32; 23]);
            }
            let found = if own.len() >= OWN_SEASONS {
                quantiles(earlier(series, self.reference, week).map(|(_, value)| value).collect())
            } else {
                let place = usize::try_from(horizon - FIRST_HORIZON).ok()?;
                pooled.map(|(rows, scale)| rows[place].map(|value| value * scale))
            };
            found.map(|row| row.map(|value| value.min(most) as f32))
        };
        let rows = (FIRST_HORIZON..=LAST_HORIZON).map(row).collect::<Option<Vec<Row>>>();
        rows.ok_or_else(|| EngineError::Refused("no earlier season is known".to_owned()))
    }
}

/// The values of seasons before the reference week's.
fn past(series: &Series, reference: Week) -> impl Iterator<Item = (Week, f64)> {
    let season = reference.season().0;
    let weeks = series.values().iter().enumerate().map(|(place, value)| (series.first().plus(place as i32), *value));
    weeks.filter(move |(week, value)| week.season().0 < season && !value.is_nan())
}

/// Those of them that are in the weeks of the season around a target's.
fn earlier(series: &Series, reference: Week, target: Week) -> impl Iterator<Item = (Week, f64)> {
    past(series, reference).filter(move |(week, _)| apart(*week, target) <= AROUND)
}

/// Weeks by which two places in the season are apart, over the turn of the season as well.
fn apart(one: Week, other: Week) -> i32 {
    let apart = (one.since_christmas() - other.since_christmas()).abs();
    apart.min((YEAR - apart).abs())
}

/// Each series with earlier values that are not all zero, and its scale.
fn scales<'a>(all: &[&'a Series], reference: Week) -> Vec<(&'a Series, f64)> {
    let mean = |series: &Series| {
        let values: Vec<f64> = past(series, reference).map(|(_, value)| value).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let rough: Vec<(&Series, f64)> =
        all.iter().map(|series| (*series, mean(series))).filter(|(_, mean)| *mean > 0.0).collect();
    let mut shapes: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
    for (series, mean) in &rough {
        past(series, reference)
            .for_each(|(week, value)| shapes.entry(week.since_christmas()).or_default().push(value / mean));
    }
    let median = |(week, mut values): (i32, Vec<f64>)| {
        values.sort_by(f64::total_cmp);
        (week, quantile(&values, 0.5))
    };
    let shape: BTreeMap<i32, f64> = shapes.into_iter().map(median).collect();
    let exact = |(series, rough): (&'a Series, f64)| {
        let sum = |of: &dyn Fn(Week, f64) -> f64| past(series, reference).map(|(week, value)| of(week, value)).sum();
        let expected: f64 = sum(&|week, _| shape[&week.since_christmas()]);
        let found: f64 = sum(&|_, value| value);
        (series, if expected > 0.0 { found / expected } else { rough })
    };
    rough.into_iter().map(exact).collect()
}

/// Quantiles at all levels; none of no values.
fn quantiles(mut values: Vec<f64>) -> Option<[f64; 23]> {
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| LEVELS.map(|level| quantile(&values, level)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Date, MEDIAN};

    fn reference() -> Week {
        Week::of(Date::constant(2026, 1, 10))
    }

    /// A value that depends on the week of the season and on the season.
    fn value(week: Week) -> f64 {
        let from_peak = f64::from(week.since_christmas() - 3) / 4.0;
        let height = 100.0 + 10.0 * f64::from(week.season().0 - 2020);
        height * (-0.5 * from_peak * from_peak).exp() + 1.0
    }

    /// A series of so many weeks to the one before the reference week.
    fn series(area: &str, weeks: i32, times: f64) -> Series {
        let values = (1..=weeks).rev().map(|age| times * value(reference().plus(-age))).collect();
        Series::new("flu-admissions".parse().unwrap(), area.parse().unwrap(), reference().plus(-weeks), values)
    }

    fn forecast(all: Vec<Series>, of: usize) -> Result<Vec<Row>, EngineError> {
        let data = Snapshot { as_of: Date::constant(2026, 1, 7), series: all };
        Climatology.train(&data, reference(), 1).unwrap().forecast(&data.series[of])
    }

    #[test]
    fn a_long_series_has_the_quantiles_of_its_own_weeks_around_the_target() {
        let rows = forecast(vec![series("06", 52 * 8, 1.0)], 0).unwrap();
        assert_eq!(rows[0], [value(reference().plus(-1)) as f32; 23], "what is published is known");
        // Weeks are told by their distance from Christmas, whatever their number.
        let target = reference().plus(2);
        let first = reference().plus(-52 * 8);
        let weeks = (0..52 * 8).map(|place| first.plus(place)).filter(|week| week.season().0 < 2025);
        let mut expected: Vec<f64> =
            weeks.filter(|week| (week.since_christmas() - target.since_christmas()).abs() <= 3).map(value).collect();
        expected.sort_by(f64::total_cmp);
        assert!(expected.len() >= 7 * 7);
        for (level, found) in LEVELS.iter().zip(rows[3]) {
            assert!((f64::from(found) - quantile(&expected, *level)).abs() < 1e-4, "{found} at {level}");
        }
    }

    #[test]
    fn a_short_series_takes_those_of_all_areas_on_its_own_scale() {
        // Half as large, and known from February on: its mean is that of the months outside the season.
        let all = vec![series("04", 160, 1.0), series("05", 160, 2.0), series("06", 50, 0.5)];
        let of = |place: usize| forecast(all.clone(), place).unwrap()[1][MEDIAN];
        assert!((of(1) / of(0) - 2.0).abs() < 0.02 && (of(2) / of(0) - 0.5).abs() < 0.1, "{} of {}", of(2), of(0));
    }

    #[test]
    fn what_this_season_has_been_moves_nothing_and_a_first_season_is_refused() {
        let usual = series("06", 160, 1.0);
        let last = usual.last();
        let high = usual.clone().with(last, 900.0).with(last.plus(-1), 800.0);
        let of = |series: Series| forecast(vec![series], 0).unwrap()[1..].to_vec();
        assert_eq!(of(usual), of(high));
        assert!(forecast(vec![series("06", 20, 1.0)], 0).is_err());
    }
}
