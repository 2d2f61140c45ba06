//! Scores of one forecast against the observed value.

use crate::quantiles::{COUNTY_LEVELS, LEVELS, MEDIAN, Row};

/// Which of the 23 quantiles a score uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// The seven that the Forecast Hub uses for counties.
    Seven,
    /// All 23.
    All,
}

/// The weighted interval score and its three components, in people.
///
/// With K central intervals of nominal level 1 − α_k and median m, the score of y is
/// (½·|y − m| + Σ (α_k/2)·IS_k) / (K + ½), where IS = width + 2/α·(miss below or above) (Bracher et al. 2021,
/// *Evaluating epidemic forecasts in an interval format*). It is the mean over all levels of twice the pinball loss.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Wis {
    /// The score: the sum of the components.
    pub total: f64,
    /// Dispersion: penalty for the width of the intervals.
    pub spread: f64,
    /// Penalty for overprediction.
    pub over: f64,
    /// Penalty for underprediction.
    pub under: f64,
}

impl Scale {
    /// Positions in [`LEVELS`], ascending and symmetric about the median.
    fn positions(self) -> &'static [usize] {
        const ALL: [usize; 23] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22];
        match self {
            Self::Seven => &COUNTY_LEVELS,
            Self::All => &ALL,
        }
    }

    /// The weighted interval score of `truth`.
    ///
    /// ```
    /// use countycast_scores::Scale;
    /// // A perfect forecast: no width, no miss.
    /// assert_eq!(Scale::All.wis(&[7.0; 23], 7.0).total, 0.0);
    /// // A point forecast is scored by its absolute error.
    /// assert!((Scale::Seven.wis(&[7.0; 23], 10.0).under - 3.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn wis(self, row: &Row, truth: f64) -> Wis {
        let value = |i: usize| f64::from(row[i]);
        let positions = self.positions();
        let intervals = positions.len() / 2;
        let mut wis = Wis::default();
        for (&low, &high) in positions[..intervals].iter().zip(positions.iter().rev()) {
            let alpha = 2.0 * LEVELS[low];
            wis.spread += alpha / 2.0 * (value(high) - value(low));
            wis.over += (value(low) - truth).max(0.0);
            wis.under += (truth - value(high)).max(0.0);
        }
        let median = value(MEDIAN);
        wis.over += 0.5 * (median - truth).max(0.0);
        wis.under += 0.5 * (truth - median).max(0.0);
        let parts = intervals as f64 + 0.5;
        let Wis { spread, over, under, .. } = wis;
        let [spread, over, under] = [spread, over, under].map(|part| part / parts);
        Wis { total: spread + over + under, spread, over, under }
    }

    /// The same score of log(x + 1), which measures relative rather than absolute errors (Bosse et al. 2023, *Scoring
    /// epidemiological forecasts on transformed scales*). Observed values below 0 count as 0.
    #[must_use]
    pub fn log_wis(self, row: &Row, truth: f64) -> f64 {
        self.wis(&row.map(f32::ln_1p), truth.max(0.0).ln_1p()).total
    }
}

/// The weighted interval score at any levels that are symmetric about the median: the mean over them of twice the pinball
/// loss. `levels` and `values` belong together one by one.
#[must_use]
pub fn quantile_score(levels: &[f64], values: &[f64], truth: f64) -> f64 {
    let loss = |(level, value): (&f64, &f64)| {
        let error = truth - value;
        2.0 * if error >= 0.0 { level * error } else { (level - 1.0) * error }
    };
    levels.iter().zip(values).map(loss).sum::<f64>() / levels.len() as f64
}

/// Whether the observed value lies in the central interval of this nominal level, ends included.
///
/// `level` is 0.5, 0.8, 0.95 or another for which both ends are among the quantiles.
#[must_use]
pub fn covered(row: &Row, truth: f64, level: f64) -> bool {
    let end = |quantile: f64| {
        let near = |&i: &usize| (LEVELS[i] - quantile).abs() < 1e-9;
        (0..LEVELS.len()).find(near).map_or(f64::NAN, |i| f64::from(row[i]))
    };
    (end((1.0 - level) / 2.0)..=end((1.0 + level) / 2.0)).contains(&truth)
}

/// Probability integral transform: the level of the observed value in the forecast distribution, between 0 and 1.
///
/// Between quantiles by interpolation; where several quantiles equal the observed value, the middle of their levels;
/// beyond the outermost quantiles, the middle of the remaining tail.
#[must_use]
pub fn pit(row: &Row, truth: f64) -> f64 {
    let value = |i: usize| f64::from(row[i]);
    let (first, last) = (0, LEVELS.len() - 1);
    if truth < value(first) {
        return LEVELS[first] / 2.0;
    }
    if truth > value(last) {
        return f64::midpoint(LEVELS[last], 1.0);
    }
    let below = (0..=last).rev().find(|&i| value(i) < truth);
    let above = (0..=last).find(|&i| value(i) > truth);
    let equal: Vec<f64> = (0..=last).filter(|&i| value(i) == truth).map(|i| LEVELS[i]).collect();
    match (below, above, equal.first().zip(equal.last())) {
        (Some(a), Some(b), None) => {
            let share = (truth - value(a)) / (value(b) - value(a));
            LEVELS[a] + share * (LEVELS[b] - LEVELS[a])
        }
        (a, b, Some((low, high))) => {
            // Ties at the outermost quantile extend to the end of the distribution.
            let low = if a.is_none() { 0.0 } else { *low };
            let high = if b.is_none() { 1.0 } else { *high };
            f64::midpoint(low, high)
        }
        _ => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Mean over levels of twice the pinball loss: the slow, obvious twin.
    fn pinball(row: &Row, truth: f64, positions: &[usize]) -> f64 {
        let loss = |&i: &usize| {
            let (level, error) = (LEVELS[i], truth - f64::from(row[i]));
            2.0 * if error >= 0.0 { level * error } else { (level - 1.0) * error }
        };
        positions.iter().map(loss).sum::<f64>() / positions.len() as f64
    }

    proptest! {
        #[test]
        fn the_score_is_the_mean_pinball_loss(mut values in proptest::collection::vec(0.0f32..1e4, 23), y in 0.0f64..1e4) {
            values.sort_by(f32::total_cmp);
            let row: Row = values.try_into().unwrap();
            for scale in [Scale::Seven, Scale::All] {
                let twin = pinball(&row, y, scale.positions());
                let wis = scale.wis(&row, y);
                prop_assert!((wis.total - twin).abs() < 1e-9 * (1.0 + twin));
                let levels: Vec<f64> = scale.positions().iter().map(|&i| LEVELS[i]).collect();
                let values: Vec<f64> = scale.positions().iter().map(|&i| f64::from(row[i])).collect();
                prop_assert!((quantile_score(&levels, &values, y) - twin).abs() < 1e-9 * (1.0 + twin));
                prop_assert!(wis.spread >= 0.0 && wis.over >= 0.0 && wis.under >= 0.0);
            }
        }

        #[test]
        fn the_transform_lies_between_the_levels_around_the_truth(mut values in proptest::collection::vec(0u8..50, 23), y in 0u8..50) {
            values.sort_unstable();
            let row: Row = std::array::from_fn(|i| f32::from(values[i]));
            let level = pit(&row, f64::from(y));
            let below = (0..23).filter(|&i| values[i] < y).map(|i| LEVELS[i]).fold(0.0, f64::max);
            let above = (0..23).filter(|&i| values[i] > y).map(|i| LEVELS[i]).fold(1.0, f64::min);
            prop_assert!(below <= level && level <= above, "{below} {level} {above}");
        }
    }

    #[test]
    fn the_components_are_width_and_misses() {
        // Levels 2.5, 10, 25, 50, 75, 90 and 97.5 % at 1, 3, 6, 11, 16, 19 and 21.
        let row: Row = std::array::from_fn(|i| i as f32);
        let near = |wis: Wis, [spread, over, under]: [f64; 3]| {
            let found = [wis.spread, wis.over, wis.under, wis.total];
            let expected = [spread, over, under, spread + over + under].map(|part| part / 3.5);
            assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12), "{found:?} for {expected:?}");
        };
        let width = 0.025 * 20.0 + 0.1 * 16.0 + 0.25 * 10.0;
        near(Scale::Seven.wis(&row, 11.0), [width, 0.0, 0.0]);
        // 4 is below the median by 7 and below the 50 % interval by 2.
        near(Scale::Seven.wis(&row, 4.0), [width, 2.0 + 0.5 * 7.0, 0.0]);
        // 20 is above the median by 9 and above the intervals by 4 and 1.
        near(Scale::Seven.wis(&row, 20.0), [width, 0.0, 4.0 + 1.0 + 0.5 * 9.0]);
    }

    #[test]
    fn the_logarithmic_score_of_a_point_is_its_relative_error() {
        let point = [1.0; 23];
        for (truth, expected) in [(3.0, 2.0_f64.ln()), (1.0, 0.0), (0.0, 2.0_f64.ln()), (-5.0, 2.0_f64.ln())] {
            assert!((Scale::All.log_wis(&point, truth) - expected).abs() < 1e-6, "{truth}");
        }
    }

    #[test]
    fn the_transform_interpolates_and_takes_the_middle_of_ties_and_tails() {
        let near = |row: &Row, truth: f64, level: f64| {
            assert!((pit(row, truth) - level).abs() < 1e-9, "{} for {level}", pit(row, truth));
        };
        let row: Row = std::array::from_fn(|i| (2 * i) as f32);
        near(&row, 22.0, 0.5);
        near(&row, 22.5, 0.5 + 0.25 * 0.05);
        near(&row, -1.0, 0.005);
        near(&row, 45.0, 0.995);
        // Half of the distribution at 0, and half of it at 11.
        near(&std::array::from_fn(|i| i.saturating_sub(MEDIAN) as f32), 0.0, 0.25);
        near(&std::array::from_fn(|i| i.min(MEDIAN) as f32), 11.0, 0.75);
        // From 20 to 40 %.
        near(&std::array::from_fn(|i| if (5..=9).contains(&i) { 7.0 } else { i as f32 }), 7.0, 0.3);
        near(&[7.0; 23], 7.0, 0.5);
    }

    #[test]
    fn intervals_hold_their_ends() {
        let row: Row = std::array::from_fn(|i| i as f32);
        assert!(covered(&row, 1.0, 0.95) && covered(&row, 21.0, 0.95) && !covered(&row, 0.99, 0.95));
        assert!(covered(&row, 6.0, 0.5) && !covered(&row, 17.0, 0.5));
    }
}
