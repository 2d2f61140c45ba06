//! The median of a gamma distribution, exact and fast.

use std::sync::LazyLock;

use statrs::function::gamma::{gamma_lr, ln_gamma};

/// Shapes below are taken for this: the median would be no number above zero.
const LEAST_SHAPE: f64 = 1e-3;
/// From here on the series in one over the shape is exact to 4e-10.
const SERIES_FROM: f64 = 10.0;
/// Steps of the table between both, evenly spread over the logarithm of the shape: over four powers of ten.
const STEPS: usize = 1_024;
/// Logarithm of a step.
const STEP: f64 = 4.0 * std::f64::consts::LN_10 / STEPS as f64;

/// Median of a gamma distribution of this shape and scale 1, to 1e-9 of itself from shape 0.001 on; smaller shapes count as
/// 0.001, whose median is 5e-302.
///
/// ```
/// // The median of an exponential distribution is ln 2.
/// assert!((countycast_engine::counts::median_of_gamma(1.0) / std::f64::consts::LN_2 - 1.0).abs() < 1e-9);
/// ```
#[must_use]
pub fn median_of_gamma(shape: f64) -> f64 {
    if shape >= SERIES_FROM { series(shape) } else { tabulated(shape.max(LEAST_SHAPE)) }
}

/// Choi (1994, *On the medians of gamma distributions and an equation of Ramanujan*), four terms.
fn series(shape: f64) -> f64 {
    let over = 1.0 / shape;
    let terms = [8.0 / 405.0, 184.0 / 25_515.0, 2_248.0 / 3_444_525.0, -19_006_408.0 / 15_345_358_875.0];
    shape - 1.0 / 3.0 + over * terms.iter().rev().fold(0.0, |sum, term| term + over * sum)
}

/// Cubic interpolation of `ln median + ln 2 / shape`, which stays finite towards shape 0, over the log of the shape.
fn tabulated(shape: f64) -> f64 {
    static TABLE: LazyLock<Vec<f64>> =
        LazyLock::new(|| (0..STEPS + 4).map(|i| entry(shape_at(i as f64 - 1.0))).collect());
    let at = (shape / LEAST_SHAPE).ln() / STEP;
    let below = (at as usize).min(STEPS);
    let x = at - below as f64;
    let [p, q, r, s] = [0, 1, 2, 3].map(|i| TABLE[below + i]);
    // Lagrange's polynomial through the two entries below and the two above.
    let cubic = -x * (x - 1.0) * (x - 2.0) / 6.0 * p + (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0 * q
        - (x + 1.0) * x * (x - 2.0) / 2.0 * r
        + (x + 1.0) * x * (x - 1.0) / 6.0 * s;
    (cubic - std::f64::consts::LN_2 / shape).exp()
}

fn shape_at(position: f64) -> f64 {
    LEAST_SHAPE * (position * STEP).exp()
}

/// Newton's steps in the log of the median, in which the log of the distribution function is concave.
fn entry(shape: f64) -> f64 {
    let half = std::f64::consts::LN_2;
    // As the distribution function starts, x^shape / Γ(shape + 1): from the left Newton's steps do not overshoot.
    let mut log = (ln_gamma(shape + 1.0) - half) / shape;
    for _ in 0..60 {
        let below = gamma_lr(shape, log.exp());
        let slope = (shape * log - log.exp() - ln_gamma(shape)).exp() / below;
        let step = (below.ln() + half) / slope;
        log -= step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    log + half / shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_those_of_high_precision() {
        // mpmath 1.3 with 30 digits: the root of the regularised incomplete gamma function at one half.
        for (shape, median) in [
            (1e-3, 5.244_206_408_277_9e-302),
            (0.01, 4.465_535_018_910_35e-31),
            (0.03, 5.315_541_430_882_28e-11),
            (0.1, 5.933_911_044_602_26e-4),
            (0.17, 0.010_934_751_021_690_6),
            (0.2, 0.020_746_339_192_824_8),
            (0.3, 0.073_131_135_866_951_9),
            (0.5, 0.227_468_211_559_786),
            (0.8, 0.501_351_226_363_073),
            (1.0, std::f64::consts::LN_2),
            (1.6, 1.281_796_137_390_81),
            (2.0, 1.678_346_990_016_66),
            (3.3, 2.973_321_782_020_75),
            (5.0, 4.670_908_882_795_98),
            (8.0, 7.669_249_442_500_8),
            (10.0, 9.668_714_614_714_13),
            (20.0, 19.667_672_423_305_7),
            (100.0, 99.666_864_919_315_5),
            (1e3, 999.666_686_426_965),
            (1e6, 999_999.666_666_686),
        ] {
            let found = median_of_gamma(shape);
            assert!((found / median - 1.0).abs() < 1e-9, "shape {shape}: {found}, expected {median}");
        }
    }

    #[test]
    fn half_of_a_gamma_distribution_lies_below_at_any_shape() {
        for i in 0..2_000 {
            let shape = 0.01 * 1.005_f64.powi(i);
            let below = gamma_lr(shape, median_of_gamma(shape));
            assert!((below - 0.5).abs() < 1e-8, "shape {shape}: {below}");
        }
        assert_eq!(median_of_gamma(1e-9), median_of_gamma(1e-3));
    }
}
