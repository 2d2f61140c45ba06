//! Choice of the number of waves, by the error of projections from past weeks rather than by the fit.

use crate::blend::{HALF, Outlook};
use crate::deaths::Lag;
use crate::fit::{self, Fit};
use crate::settings::Settings;
use crate::weeks::Weeks;

/// The chosen fits and their projections at past origins.
pub(crate) struct Chosen {
    /// The fit at the as-of day.
    pub(crate) now: Fit,
    /// Past origins (weeks seen) with the fits made there, ascending.
    pub(crate) past: Vec<(usize, Fit)>,
    /// Mean absolute error of the chosen curve's projections, in logarithms of weekly cases.
    pub(crate) error: f64,
    /// Factor on the curve's part of the projection.
    pub(crate) trust: f64,
}

/// Weeks ahead over which projections are scored.
const AHEAD: usize = 4;

/// Most that a curve's part may be multiplied by.
const MOST_TRUST: f64 = 3.0;

/// An added wave must lower the error by this share, because the best of more candidates is optimistically biased.
const WORTH: f64 = 0.1;

/// Tries one wave, two, … and keeps the number whose past projections had the smallest error.
pub(crate) fn choose(weeks: &Weeks, lag: &Lag, settings: &Settings) -> Option<Chosen> {
    let seen = weeks.len();
    let origins: Vec<usize> = (0..=settings.past_origins).rev().map(|back| seen - back).collect();
    let mut best: Option<Chosen> = None;
    for waves in 1..=settings.max_waves {
        let Some(mut fits) = fit::path(weeks, lag, settings, waves, &origins) else { continue };
        let Some(now) = fits.pop() else { continue };
        let past: Vec<(usize, Fit)> = origins.iter().copied().zip(fits).collect();
        let error = error(weeks, &past);
        let better = best.as_ref().is_none_or(|b| error < b.error * (1.0 - WORTH));
        if better {
            let trust = trust(weeks, &past, settings);
            best = Some(Chosen { now, past, error, trust });
        } else {
            break;
        }
    }
    best
}

fn error(weeks: &Weeks, past: &[(usize, Fit)]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (seen, fit) in past {
        let ahead = AHEAD.min(weeks.len() - seen);
        let outlook = Outlook::new(weeks, fit, *seen, ahead);
        for (h, growth) in outlook.curve_growth.iter().enumerate() {
            sum += ((weeks.cases[seen + h] + HALF).ln() - outlook.level - growth).abs();
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Weight of this place's curve, from how much of the outcomes at past origins its term explained.
///
/// The factor has a normal prior about 1; errors are scaled by the assumed width of the draws.
fn trust(weeks: &Weeks, past: &[(usize, Fit)], settings: &Settings) -> f64 {
    let (spread, pulls) = (&settings.spread, &settings.pull);
    let precision = 1.0 / pulls.trust_sd.powi(2).max(1e-9);
    let (mut agree, mut total) = (precision, precision);
    for (seen, fit) in past {
        let ahead = AHEAD.min(weeks.len() - seen);
        let outlook = Outlook::new(weeks, fit, *seen, ahead);
        for h in 0..ahead {
            let said = outlook.curve_part(pulls, h);
            let without = outlook.without_curve(pulls, h);
            let came = (weeks.cases[seen + h] + HALF).ln() - without;
            let weight = spread.error / spread.variance(h, without.exp());
            agree += weight * said * came;
            total += weight * said * said;
        }
    }
    (agree / total).clamp(0.0, MOST_TRUST)
}
