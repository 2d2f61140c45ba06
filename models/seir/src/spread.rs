//! How wrong the mean of the forward process tends to be here.

use countycast_engine::History;

use crate::outlook::{LOG_OFFSET, Outlook};
use crate::settings::Settings;

/// Past weeks to project again.
const ORIGINS: usize = 8;
/// Horizons scored from each, in weeks.
const WEEKS: usize = 4;
/// Errors overlap in time: each tells about half of what an independent one would.
const INFORMATION: f64 = 0.5;
/// A single error counts for at most this many variances: one dump must not widen everything.
const MAX_SQUARE: f64 = 9.0;

/// Variance of one week's count around `expected`, relative to its square, beyond the Poisson one.
pub(crate) fn week_variance(expected: f64, settings: &Settings) -> f64 {
    // The offset of ten keeps the dispersion of places with a case or two a week finite.
    settings.week_noise.powi(2) + settings.week_dispersion / (expected + 10.0)
}

/// Factor on all variances of this place: its own past errors against those expected, shrunk to 1.
pub(crate) fn variance_factor(history: &History, settings: &Settings) -> f64 {
    let cleaned = history.cases().cleaned();
    let (mut squares, mut errors) = (settings.prior_errors, settings.prior_errors);
    for back in 1..=ORIGINS {
        let Some(end) = cleaned.len().checked_sub(7 * back).filter(|end| *end >= 14) else { break };
        let weeks = back.min(WEEKS);
        let days = Outlook::new(history, end, settings).days(7 * weeks);
        for (week, (expected, came)) in days.chunks_exact(7).zip(cleaned[end..].chunks_exact(7)).enumerate() {
            let (expected, came) = (expected.iter().sum::<f64>(), came.iter().sum::<f64>());
            if expected < LOG_OFFSET && came < LOG_OFFSET {
                continue; // nothing expected, nothing came: no word on how wide noise is
            }
            let error = ((came + LOG_OFFSET) / (expected + LOG_OFFSET)).ln();
            let variance = 1.0 / (expected + LOG_OFFSET)
                + week_variance(expected, settings)
                + settings.reporting_drift.powi(2) * (week + 1) as f64;
            squares += INFORMATION * (error * error / variance).min(MAX_SQUARE);
            errors += INFORMATION;
        }
    }
    squares / errors
}
