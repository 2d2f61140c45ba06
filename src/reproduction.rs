//! The time-varying reproduction number from reported cases, independent of the engines.

use countycast_engine::{Delay, Series};
use statrs::distribution::{ContinuousCDF, Gamma};

/// Longest generation time looked at, days.
const GENERATION_DAYS: usize = 40;
/// Window over which the reproduction number is taken as constant, days: two weeks, so that a small county has enough
/// counts and the weekday rhythm cancels.
const WINDOW: usize = 14;
/// Shape and rate of the gamma prior: mean 1, standard deviation 0.5. Without cases the posterior is the prior.
const PRIOR: (f64, f64) = (4.0, 4.0);

/// The reproduction number of the last two weeks before as-of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reproduction {
    /// Posterior median.
    pub median: f64,
    /// 5 % quantile of the posterior.
    pub lower: f64,
    /// 95 % quantile of the posterior.
    pub upper: f64,
    /// Days in which cases double (positive) or halve (negative), at the median; none within half a percent of 1.
    pub doubling_days: Option<f64>,
}

/// Estimates R_t by the renewal equation (Cori et al. 2013, *A new framework and software to estimate time-varying
/// reproduction numbers during epidemics*), Poisson cases, gamma prior; over-dispersion of counts widens the interval
/// by their own variance-to-mean ratio. `generation` is the time from one infection to the next. None where there was no
/// case to infect anyone.
#[must_use]
pub fn reproduction(cases: &Series, generation: Delay) -> Option<Reproduction> {
    estimate(&smoothed(cases), &weights(generation), generation)
}

/// The same estimate as of past days: of the last day and of every `stride` days before it, as far back as there are
/// enough counts, oldest first. Later counts are not used.
///
/// # Panics
/// Where `stride` is 0.
#[must_use]
pub fn reproduction_over_time(cases: &Series, stride: usize, generation: Delay) -> Vec<Option<Reproduction>> {
    let (counts, weights) = (smoothed(cases), weights(generation));
    let ends = (WINDOW + weights.len()..=counts.len()).rev().step_by(stride);
    let mut estimates: Vec<_> = ends.map(|end| estimate(&counts[..end], &weights, generation)).collect();
    estimates.reverse();
    estimates
}

/// The estimate of the last two weeks of smoothed counts.
fn estimate(counts: &[f64], weights: &[f64], generation: Delay) -> Option<Reproduction> {
    if counts.len() < WINDOW + weights.len() {
        return None;
    }
    let window = counts.len() - WINDOW..counts.len();
    let pressure = |t: usize| -> f64 { weights.iter().zip(1..).map(|(w, lag)| w * counts[t - lag]).sum() };
    let pressures: Vec<f64> = window.clone().map(pressure).collect();
    let (infected, infectious): (f64, f64) = (counts[window.clone()].iter().sum(), pressures.iter().sum());
    if infectious <= 0.0 {
        return None;
    }
    let ratio = infected / infectious;
    let chi: f64 =
        counts[window].iter().zip(&pressures).map(|(c, p)| (c - ratio * p).powi(2) / (ratio * p).max(0.5)).sum();
    let dispersion = (chi / (WINDOW as f64 - 1.0)).max(1.0);
    let (shape, rate) = (PRIOR.0 + infected / dispersion, PRIOR.1 + infectious / dispersion);
    let posterior = Gamma::new(shape, rate).ok()?;
    let quantile = |level| posterior.inverse_cdf(level);
    let median = quantile(0.5);
    // Growth rate of a gamma generation time: R = (1 + r·s²/m)^(m²/s²) (Wallinga and Lipsitch 2007).
    let Delay { mean, sd } = generation;
    let (scale, k) = (sd.powi(2) / mean, (mean / sd).powi(2));
    let growth = (median.powf(1.0 / k) - 1.0) / scale;
    let doubling_days = ((median - 1.0).abs() > 0.005).then(|| std::f64::consts::LN_2 / growth);
    Some(Reproduction { median, lower: quantile(0.05), upper: quantile(0.95), doubling_days })
}

/// Means over the seven days that end on each day, which removes the weekday rhythm.
fn smoothed(cases: &Series) -> Vec<f64> {
    let counts = cases.cleaned();
    (0..counts.len())
        .map(|t| {
            let window = &counts[t.saturating_sub(6)..=t];
            window.iter().sum::<f64>() / window.len() as f64
        })
        .collect()
}

/// Probability of a generation time of 1, 2, … days; nobody infects on the day of their own infection.
fn weights(generation: Delay) -> Vec<f64> {
    let shares = generation.shares(GENERATION_DAYS);
    let later = 1.0 - shares[0];
    shares[1..].iter().map(|share| share / later).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATION: Delay = Delay::new(5.5, 2.14);

    fn estimate(growth: f64, level: f64) -> Option<Reproduction> {
        let counts = (0..80).map(|t| level * (growth * f64::from(t - 79)).exp()).collect();
        reproduction(&Series::from_counts(counts).unwrap(), GENERATION)
    }

    #[test]
    fn an_estimate_as_of_a_past_day_is_that_of_the_series_cut_there() {
        let counts: Vec<f64> = (0..80_u32).map(|t| f64::from(t * t % 37)).collect();
        let cut = |days: usize| reproduction(&Series::from_counts(counts[..days].to_vec()).unwrap(), GENERATION);
        let found = reproduction_over_time(&Series::from_counts(counts.clone()).unwrap(), 7, GENERATION);
        assert_eq!(found, [31, 38, 45, 52, 59, 66, 73, 80].map(cut));
        assert!(found.iter().all(Option::is_some));
    }

    #[test]
    fn exponential_growth_gives_the_r_of_its_rate() {
        for r in [-0.05_f64, 0.0, 0.05] {
            let k = (GENERATION.mean / GENERATION.sd).powi(2);
            let truth = (1.0 + r * GENERATION.sd.powi(2) / GENERATION.mean).powf(k);
            let found = estimate(r, 1e4).unwrap();
            assert!((found.median - truth).abs() < 0.02, "growth {r}: {found:?}, true R {truth}");
        }
        let doubling = estimate(0.05, 1e4).unwrap().doubling_days.unwrap();
        assert!((doubling - 13.86).abs() < 0.7, "{doubling}");
    }

    #[test]
    fn few_cases_say_little_and_none_say_nothing() {
        let (few, many) = (estimate(0.0, 0.2).unwrap(), estimate(0.0, 1e4).unwrap());
        assert!(few.upper - few.lower > 5.0 * (many.upper - many.lower));
        assert_eq!(reproduction(&Series::from_counts(vec![0.0; 80]).unwrap(), GENERATION), None);
    }
}
