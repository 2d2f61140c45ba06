//! Quantiles of joint draws: taken last, after days have been added up within each draw.

use countycast_engine::{Draws, Target};

pub use countycast_engine::{LEVELS, MEDIAN, Row};

/// Positions in [`LEVELS`] of the seven quantiles that the Forecast Hub uses for counties.
pub const COUNTY_LEVELS: [usize; 7] = [1, 3, 6, 11, 16, 19, 21];

/// One model's projection of one location: quantiles by target.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Forecast {
    /// Targets in the order of [`Target::ALL`], those that the model projects.
    pub targets: Vec<(Target, Quantiles)>,
}

/// Quantiles of one target.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Quantiles {
    /// Single days, the day after as-of first.
    pub day: Vec<Row>,
    /// Sums of single weeks (empty for a census).
    pub week: Vec<Row>,
    /// Sums from the day after as-of to each day (empty for a census).
    pub sum: Vec<Row>,
}

impl Forecast {
    /// Takes the quantiles of joint draws.
    #[must_use]
    pub fn from_draws(draws: &Draws) -> Self {
        let quantiles =
            |target: Target| draws.paths(target).map(|paths| (target, Quantiles::from_paths(target, paths)));
        Self { targets: Target::ALL.into_iter().filter_map(quantiles).collect() }
    }

    /// The quantiles of a target, where the model projects it.
    #[must_use]
    pub fn target(&self, target: Target) -> Option<&Quantiles> {
        self.targets.iter().find(|(t, _)| *t == target).map(|(_, quantiles)| quantiles)
    }
}

impl Quantiles {
    /// Takes the quantiles of paths of one target, a value a day, finite and at least 0.
    #[must_use]
    pub fn from_paths(target: Target, paths: std::slice::ChunksExact<'_, f32>) -> Self {
        let days = paths.clone().next().map_or(0, <[f32]>::len);
        let mut sample = Vec::with_capacity(paths.len());
        let mut rows = |value: &dyn Fn(&[f32]) -> f32| {
            sample.clear();
            sample.extend(paths.clone().map(|path| value(path).to_bits()));
            row(&mut sample)
        };
        let day = (0..days).map(|d| rows(&|path| path[d])).collect();
        if !target.is_incident() {
            return Self { day, week: Vec::new(), sum: Vec::new() };
        }
        let week = (0..days / 7).map(|w| rows(&|path| path[7 * w..7 * (w + 1)].iter().sum())).collect();
        let mut sum = Vec::with_capacity(days);
        let mut sums: Vec<f32> = vec![0.0; paths.len()];
        for d in 0..days {
            for (total, path) in sums.iter_mut().zip(paths.clone()) {
                *total += path[d];
            }
            sample.clear();
            sample.extend(sums.iter().map(|total| total.to_bits()));
            sum.push(row(&mut sample));
        }
        Self { day, week, sum }
    }

    /// Applies `f` to the matching rows of several models: all of them or none has each row.
    pub fn combine(members: &[&Self], f: impl Fn(&[&Row]) -> Row) -> Self {
        let column = |rows: &dyn Fn(&Self) -> &Vec<Row>| {
            let length = members.iter().map(|m| rows(m).len()).min().unwrap_or(0);
            (0..length).map(|i| f(&members.iter().map(|m| &rows(m)[i]).collect::<Vec<_>>())).collect()
        };
        Self { day: column(&|q| &q.day), week: column(&|q| &q.week), sum: column(&|q| &q.sum) }
    }
}

/// Quantiles of a sample by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
///
/// The sample holds the bits of numbers that are finite and at least 0, which order as the numbers do.
pub fn row(sample: &mut [u32]) -> Row {
    sample.sort_unstable();
    let last = sample.len() - 1;
    LEVELS.map(|level| {
        let position = level * last as f64;
        let below = position.floor() as usize;
        let (a, b) = (f32::from_bits(sample[below]), f32::from_bits(sample[(below + 1).min(last)]));
        a + (b - a) * (position - below as f64) as f32
    })
}

/// Mean of a distribution of which these are the quantiles, each of them for the part of it that is nearest.
#[must_use]
pub fn mean(row: &Row) -> f64 {
    let between = |i: usize| f64::midpoint(LEVELS[i], LEVELS[i + 1]);
    let last = LEVELS.len() - 1;
    let part = |i: usize| if i == last { 1.0 } else { between(i) } - if i == 0 { 0.0 } else { between(i - 1) };
    row.iter().enumerate().map(|(i, value)| part(i) * f64::from(*value)).sum()
}

/// Probability that what has these quantiles is above a value, between levels by linear interpolation; beyond the outermost
/// levels their own.
#[must_use]
pub fn probability_above(row: &Row, value: f64) -> f64 {
    let below = row.partition_point(|quantile| f64::from(*quantile) <= value);
    if below == 0 {
        return 1.0 - LEVELS[0];
    }
    let (low, level) = (f64::from(row[below - 1]), LEVELS[below - 1]);
    let Some(next) = row.get(below) else { return 1.0 - level };
    1.0 - (level + (LEVELS[below] - level) * (value - low) / (f64::from(*next) - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_read_between_the_levels() {
        let row: Row = std::array::from_fn(|i| 10.0 * LEVELS[i] as f32);
        let above = |value: f64| (1e4 * probability_above(&row, value)).round() / 1e4;
        assert_eq!([0.0, 2.5, 5.2, 9.9, 12.0].map(above), [0.99, 0.75, 0.48, 0.01, 0.01]);
        // Where several levels have the value, none of them is above it.
        assert_eq!(probability_above(&[3.0; 23], 3.0), 1.0 - LEVELS[22]);
        assert_eq!(probability_above(&[3.0; 23], 2.9), 1.0 - LEVELS[0]);
    }

    fn forecast(draws: usize, days: usize, value: impl Fn(usize, usize) -> f32) -> Forecast {
        let values = (0..draws * days).map(|i| value(i / days, i % days)).collect();
        Forecast::from_draws(&Draws::new(draws, days).unwrap().with(Target::Cases, values).unwrap())
    }

    #[test]
    fn levels_are_ascending_and_symmetric_about_the_median() {
        assert!(LEVELS.is_sorted() && LEVELS[MEDIAN] == 0.5);
        assert_eq!(COUNTY_LEVELS.map(|i| LEVELS[i]), [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]);
        for (low, high) in LEVELS.iter().zip(LEVELS.iter().rev()) {
            assert!((low + high - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn an_even_sample_has_its_levels_as_quantiles() {
        let cases = forecast(101, 1, |draw, _| draw as f32);
        let row = cases.target(Target::Cases).unwrap().day[0];
        for (level, value) in LEVELS.iter().zip(row) {
            assert!((f64::from(value) - 100.0 * level).abs() < 1e-4);
        }
    }

    #[test]
    fn quantiles_between_order_statistics_are_interpolated() {
        let row = row(&mut [6.0, 1.0, 2.0].map(f32::to_bits));
        // Type 7: position 2 · level among 1, 2, 6, from 0. At 25 % half-way from 1 to 2, at 75 % half-way from 2 to 6.
        for (i, expected) in [(0, 1.02), (6, 1.5), (MEDIAN, 2.0), (16, 4.0), (22, 5.92)] {
            assert!((row[i] - expected).abs() < 1e-5, "{} at {}: {expected}", row[i], LEVELS[i]);
        }
    }

    #[test]
    fn weeks_are_whole_and_a_census_has_none() {
        let days = |value: f32| (0..16).map(|day| value + day as f32).collect();
        let draws = Draws::new(1, 16).unwrap().with(Target::Cases, days(1.0)).unwrap();
        let found = Forecast::from_draws(&draws.with(Target::HospitalCensus, days(5.0)).unwrap());
        let cases = found.target(Target::Cases).unwrap();
        // 1 + … + 7 and 8 + … + 14; days 15 and 16 are no week.
        assert_eq!(cases.week, [[28.0; 23], [77.0; 23]]);
        assert_eq!((cases.sum.len(), cases.sum[15]), (16, [136.0; 23]));
        let census = found.target(Target::HospitalCensus).unwrap();
        assert_eq!((census.day.len(), census.day[15]), (16, [20.0; 23]));
        assert!(census.week.is_empty() && census.sum.is_empty());
        assert_eq!(found.target(Target::Deaths), None);
    }

    #[test]
    fn members_are_combined_row_by_row_as_far_as_all_reach() {
        let member = |value: f32, days: usize| Quantiles {
            day: vec![[value; 23]; days],
            week: vec![[10.0 * value; 23]; days / 7],
            sum: vec![[100.0 * value; 23]; days],
        };
        let add = |rows: &[&Row]| std::array::from_fn(|i| rows.iter().map(|row| row[i]).sum());
        let both = Quantiles::combine(&[&member(1.0, 14), &member(2.0, 7)], add);
        assert_eq!(both, member(3.0, 7));
        assert_eq!(Quantiles::combine(&[], add), member(0.0, 0));
    }

    #[test]
    fn sums_are_taken_within_draws() {
        // Each draw moves a count of 10 between two days: days vary, their sum does not.
        let cases = forecast(11, 8, |draw, day| match day {
            0 => draw as f32,
            1 => 10.0 - draw as f32,
            _ => 1.0,
        });
        let cases = cases.target(Target::Cases).unwrap();
        assert!(cases.day[0][22] > cases.day[0][0]);
        assert_eq!((cases.week.len(), cases.week[0], cases.sum[7]), (1, [15.0; 23], [16.0; 23]));
    }
}
