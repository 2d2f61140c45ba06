//! How many waves: by the error of projections from past weeks, not by the fit.

use crate::blend::{HALF, Outlook};
use crate::deaths::Lag;
use crate::fit::{self, Fit};
use crate::settings::Settings;
use crate::weeks::Weeks;

/// The chosen fits and what they said at past origins.
pub(crate) struct Chosen {
    /// The fit at the as-of day.
    pub(crate) now: Fit,
    /// Past origins (weeks seen) with the fits made there, ascending.
    pub(crate) past: Vec<(usize, Fit)>,
    /// Mean absolute error of the chosen curve's projections, in logarithms of weekly cases.
    pub(crate) error: f64,
}

/// Weeks ahead over which projections are scored.
const AHEAD: usize = 4;

/// An added wave must lower the error by this share, since the choice among more candidates flatters.
const WORTH: f64 = 0.02;

/// Tries one wave, two, … and keeps the count whose past projections erred least.
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
            best = Some(Chosen { now, past, error });
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
