//! Conformal correction of intervals: wider where past ones were too narrow, narrower where they were too wide.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::quantiles::{LEVELS, MEDIAN, Row};

/// Levels at which past errors are looked at; those between and beyond follow by their normal quantiles.
const ANCHORS: [usize; 6] = [1, 3, 6, 16, 19, 21];

/// Factors on the distance of each quantile from the median, on the scale of log(x + 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    factors: [f64; 23],
}

impl Stretch {
    /// Learns factors from past rows with the truth that came and its weight.
    ///
    /// The factor of an upper level τ is the τ-quantile over the past of `(truth − median)/(quantile − median)`: with it,
    /// a share τ of the past truths would have been below (split conformal prediction with a scaled score; Lei et al.
    /// 2018, *Distribution-free predictive inference for regression*). `prior` forecasts of factor 1 are mixed in.
    #[must_use]
    pub fn learn(past: &[(Row, f64, f64)], prior: f64, most: f64) -> Self {
        let mut factors = [1.0; 23];
        let trust = past.len() as f64 / (past.len() as f64 + prior);
        for anchor in ANCHORS {
            let mut ratios: Vec<(f64, f64)> = past.iter().map(|(row, y, w)| (ratio(row, *y, anchor), *w)).collect();
            let level = if anchor > MEDIAN { LEVELS[anchor] } else { 1.0 - LEVELS[anchor] };
            let factor = weighted_quantile(&mut ratios, level).clamp(1.0 / most, most);
            factors[anchor] = factor.powf(trust);
        }
        Self { factors: between(factors) }
    }

    /// The row with its intervals corrected: the median stays, levels do not cross, nothing falls below 0.
    #[must_use]
    pub fn apply(&self, row: &Row) -> Row {
        let median = row[MEDIAN].ln_1p();
        let mut stretched: Row =
            std::array::from_fn(|i| (median + self.factors[i] as f32 * (row[i].ln_1p() - median)).exp_m1().max(0.0));
        stretched[MEDIAN] = row[MEDIAN];
        for i in (0..MEDIAN).rev() {
            stretched[i] = stretched[i].min(stretched[i + 1]);
        }
        for i in MEDIAN + 1..LEVELS.len() {
            stretched[i] = stretched[i].max(stretched[i - 1]);
        }
        stretched
    }
}

/// How far the truth lay from the median, in units of the quantile's distance; positive on the quantile's side.
fn ratio(row: &Row, truth: f64, level: usize) -> f64 {
    let median = f64::from(row[MEDIAN]).ln_1p();
    let distance = f64::from(row[level]).ln_1p() - median;
    let error = truth.max(0.0).ln_1p() - median;
    if distance.abs() < 1e-6 {
        // A quantile on the median cannot be stretched: the truth is within or it is not.
        let beyond = if level > MEDIAN { error > 0.0 } else { error < 0.0 };
        return if beyond { f64::INFINITY } else { 0.0 };
    }
    error / distance
}

/// The smallest value at which the weights below or at it reach the share `level`.
fn weighted_quantile(values: &mut [(f64, f64)], level: f64) -> f64 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0.0;
    for (value, weight) in values.iter() {
        sum += weight;
        if sum >= level * total {
            return *value;
        }
    }
    1.0
}

/// Fills the levels between anchors by interpolation in the normal quantile; those beyond take the nearest anchor's.
fn between(mut factors: [f64; 23]) -> [f64; 23] {
    let normal = Normal::standard();
    let z = LEVELS.map(|level| normal.inverse_cdf(level));
    for i in (0..LEVELS.len()).filter(|i| !ANCHORS.contains(i) && *i != MEDIAN) {
        let side = |a: &&usize| (**a > MEDIAN) == (i > MEDIAN);
        let below = ANCHORS.iter().filter(side).rfind(|a| **a < i);
        let above = ANCHORS.iter().filter(side).find(|a| **a > i);
        factors[i] = match (below, above) {
            (Some(&a), Some(&b)) => factors[a] + (factors[b] - factors[a]) * (z[i] - z[a]) / (z[b] - z[a]),
            (Some(&a), None) | (None, Some(&a)) => factors[a],
            (None, None) => 1.0,
        };
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A row that is normal around 100 on the log scale, with this standard deviation.
    fn row(sd: f64) -> Row {
        let normal = Normal::standard();
        LEVELS.map(|level| (f64::ln_1p(100.0) + sd * normal.inverse_cdf(level)).exp_m1() as f32)
    }

    /// Truths of a normal with standard deviation 0.4 around the same centre.
    fn truths(n: usize) -> Vec<f64> {
        let normal = Normal::new(f64::ln_1p(100.0), 0.4).unwrap();
        (0..n).map(|i| normal.inverse_cdf((i as f64 + 0.5) / n as f64).exp_m1()).collect()
    }

    #[test]
    fn intervals_half_as_wide_as_they_should_be_are_doubled() {
        let past: Vec<(Row, f64, f64)> = truths(4000).into_iter().map(|y| (row(0.2), y, 1.0)).collect();
        let found = Stretch::learn(&past, 1.0, 3.0).apply(&row(0.2));
        for (found, expected) in found.iter().zip(row(0.4)) {
            assert!((found / expected - 1.0).abs() < 0.02, "{found} where {expected} was expected");
        }
    }

    #[test]
    fn without_a_past_nothing_changes() {
        let found = Stretch::learn(&[], 100.0, 3.0).apply(&row(0.3));
        for (found, expected) in found.iter().zip(row(0.3)) {
            assert!((found / expected - 1.0).abs() < 1e-5);
        }
    }

    proptest! {
        #[test]
        fn levels_never_cross(mut values in proptest::collection::vec(0.0f32..1e4, 23), ys in proptest::collection::vec(0.0f64..2e4, 1..40)) {
            values.sort_by(f32::total_cmp);
            let row: Row = values.try_into().unwrap();
            let past: Vec<(Row, f64, f64)> = ys.into_iter().map(|y| (row, y, 1.0)).collect();
            let found = Stretch::learn(&past, 1.0, 4.0).apply(&row);
            prop_assert!(found.is_sorted() && found.iter().all(|v| v.is_finite() && *v >= 0.0));
            prop_assert_eq!(found[MEDIAN], row[MEDIAN]);
        }
    }
}
