//! How wrong the outlook tends to be here.

use countycast_engine::History;

use super::outlook::{Course, OFFSET};
use crate::settings::{Outlook, Spread};

/// Past weeks to project again, and horizons scored from each.
const ORIGINS: usize = 8;
const WEEKS: usize = 4;
/// Errors overlap in time: each tells about half of what an independent one would.
const INFORMATION: f64 = 0.5;
/// One dump must not widen everything.
const MOST_SQUARE: f64 = 9.0;

/// Variance of one week's count around `expected`, relative to its square, beyond the Poisson one.
pub(crate) fn week_variance(expected: f64, spread: &Spread) -> f64 {
    spread.week_noise.powi(2) + spread.week_dispersion / (expected + 10.0)
}

/// Factor on all variances of this location: its own past errors against those expected, shrunk to 1.
pub(crate) fn variance_factor(history: &History, outlook: &Outlook, spread: &Spread) -> f64 {
    let cleaned = history.cases().cleaned();
    let (mut squares, mut errors) = (spread.prior_errors, spread.prior_errors);
    for back in 1..=ORIGINS {
        let Some(end) = cleaned.len().checked_sub(7 * back).filter(|end| *end >= 14) else { break };
        let days = Course::new(history, end, outlook).ahead(7 * back.min(WEEKS));
        for (week, (expected, came)) in days.chunks_exact(7).zip(cleaned[end..].chunks_exact(7)).enumerate() {
            let (expected, came): (f64, f64) = (expected.iter().sum(), came.iter().sum());
            if expected < OFFSET && came < OFFSET {
                continue; // nothing expected, nothing came: no word on how wide noise is
            }
            let error = ((came + OFFSET) / (expected + OFFSET)).ln();
            let variance = 1.0 / (expected + OFFSET)
                + week_variance(expected, spread)
                + spread.drift_per_week.powi(2) * (week + 1) as f64;
            squares += INFORMATION * (error * error / variance).min(MOST_SQUARE);
            errors += INFORMATION;
        }
    }
    squares / errors
}
