//! A county's counts from its state's joint draws and its share.

use countycast_engine::{DrawError, Draws, Streams, Target};
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};

use super::{RelativeRisk, Settings};

/// Joint draws of a county from those of its state.
///
/// Within a draw: one relative risk at the as-of day (constant uncertainty about the county), whose log follows a
/// random walk by week (a county diverges from its state), one gamma factor of mean 1 for each week (clusters), and
/// Poisson counts given these, so that zeros get the right probability. A risk that is `None` (no population known)
/// leaves that target out.
///
/// # Errors
/// [`DrawError`] where a count cannot be represented.
pub fn project(
    state: &Draws,
    cases: Option<RelativeRisk>,
    deaths: Option<RelativeRisk>,
    settings: &Settings,
    streams: &Streams,
) -> Result<Draws, DrawError> {
    let mut draws = Draws::new(state.draws(), state.days())?;
    for (target, risk, purpose) in [(Target::Cases, cases, "cases"), (Target::Deaths, deaths, "deaths")] {
        if let (Some(risk), Some(paths)) = (risk, state.paths(target)) {
            let counts = paths.enumerate().flat_map(|(i, path)| county_path(path, risk, settings, streams, purpose, i));
            draws = draws.with(target, counts.collect())?;
        }
    }
    Ok(draws)
}

fn county_path(
    state: &[f32],
    risk: RelativeRisk,
    settings: &Settings,
    streams: &Streams,
    purpose: &str,
    draw: usize,
) -> Vec<f32> {
    let mut rng = streams.rng(purpose, draw);
    let mut gamma = |shape: f64, rate: f64| Gamma::new(shape, 1.0 / rate).map_or(0.0, |g| g.sample(&mut rng));
    let risk_drawn = gamma(risk.shape, risk.rate);
    let clusters: Vec<f64> =
        (0..state.len().div_ceil(7)).map(|_| gamma(settings.weekly_shape, settings.weekly_shape)).collect();
    let mut log_risk = 0.0;
    let step = |cluster: f64| {
        let z: f64 = StandardNormal.sample(&mut rng);
        log_risk += settings.weekly_drift * z;
        cluster * f64::exp(log_risk)
    };
    let weeks: Vec<f64> = clusters.into_iter().map(step).collect();
    let count = |(day, &around): (usize, &f32)| {
        let mean = risk.population_share * risk_drawn * weeks[day / 7] * f64::from(around);
        Poisson::new(mean).map_or(0.0, |poisson| poisson.sample(&mut rng)) as f32
    };
    state.iter().enumerate().map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: usize = 4000;

    fn county(level: f32, risk: RelativeRisk, shape: f64) -> Vec<f64> {
        let state = Draws::new(DRAWS, 7).unwrap().with(Target::Cases, vec![level; 7 * DRAWS]).unwrap();
        let settings = Settings { weekly_shape: shape, weekly_drift: 0.0, ..Settings::default() };
        let streams = Streams::new(1, "fallback", "31005".parse().unwrap());
        let draws = project(&state, Some(risk), None, &settings, &streams).unwrap();
        assert!(draws.paths(Target::Deaths).is_none());
        draws.paths(Target::Cases).unwrap().map(|path| path.iter().map(|&v| f64::from(v)).sum()).collect()
    }

    #[test]
    fn the_mean_is_the_share_and_zero_has_the_mass_of_theory() {
        // Risk known almost exactly: weekly sums are Poisson(mean · Gamma(a, a)), a negative binomial.
        let risk = RelativeRisk { population_share: 0.001, shape: 1e6, rate: 1e6 };
        let (shape, mean) = (2.0_f64, 0.001 * 7.0 * 200.0);
        let weeks = county(200.0, risk, shape);
        let average = weeks.iter().sum::<f64>() / DRAWS as f64;
        let sd = ((mean + mean * mean / shape) / DRAWS as f64).sqrt();
        assert!((average - mean).abs() < 4.0 * sd, "mean {average}, theory {mean} ± {sd}");
        let zero = weeks.iter().filter(|&&w| w == 0.0).count() as f64 / DRAWS as f64;
        let theory = (shape / (shape + mean)).powf(shape);
        let sd = (theory * (1.0 - theory) / DRAWS as f64).sqrt();
        assert!((zero - theory).abs() < 4.0 * sd, "zero mass {zero}, theory {theory} ± {sd}");
    }

    /// Mean and variance.
    fn moments(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n)
    }

    #[test]
    fn an_uncertain_risk_widens_all_days_alike() {
        // Counts so large that Poisson noise is negligible, and no clusters: a week is mean · Gamma(9, 6).
        let risk = RelativeRisk { population_share: 0.5, shape: 9.0, rate: 6.0 };
        let (mean, variance) = moments(&county(1e5, risk, 1e9));
        let theory = 7.0 * 1e5 * risk.share();
        assert_eq!(risk.share(), 0.75);
        // The relative variance is 1/9; that of its estimate follows from the kurtosis 3 + 6/9 of the gamma distribution.
        let n = DRAWS as f64;
        assert!((mean / theory - 1.0).abs() < 4.0 * (1.0 / 9.0 / n).sqrt(), "{mean}, theory {theory}");
        let error = 9.0 * variance / theory.powi(2) - 1.0;
        assert!(error.abs() < 4.0 * ((2.0 + 6.0 / 9.0) / n).sqrt() + 0.01, "{error}");
    }

    #[test]
    fn the_log_risk_walks_by_week_and_targets_have_their_own_risk() {
        let (days, level, drift) = (17, 1e5_f32, 0.3);
        let state = Draws::new(DRAWS, days).unwrap().with(Target::Cases, vec![level; days * DRAWS]).unwrap();
        let state = state.with(Target::Deaths, vec![level; days * DRAWS]).unwrap();
        let settings = Settings { weekly_shape: 1e9, weekly_drift: drift, ..Settings::default() };
        let streams = Streams::new(1, "fallback", "31005".parse().unwrap());
        let risk = |population_share| RelativeRisk { population_share, shape: 1e9, rate: 1e9 };
        let draws = project(&state, Some(risk(0.5)), Some(risk(0.1)), &settings, &streams).unwrap();
        for (target, share) in [(Target::Cases, 0.5), (Target::Deaths, 0.1)] {
            let logs = |day: usize| -> Vec<f64> {
                let expected = share * f64::from(level);
                draws.paths(target).unwrap().map(|path| (f64::from(path[day]) / expected).ln()).collect()
            };
            // After w steps: mean 0, variance w · drift². Poisson noise adds its share of 1 / expected.
            for (day, steps) in [(0, 1.0), (6, 1.0), (7, 2.0), (16, 3.0)] {
                let ((mean, variance), theory) = (moments(&logs(day)), steps * drift * drift);
                let n = DRAWS as f64;
                assert!(mean.abs() < 4.0 * (theory / n).sqrt() + 1e-3, "{target:?} day {day}: mean {mean}");
                assert!(
                    (variance / theory - 1.0).abs() < 4.0 * (2.0 / n).sqrt() + 0.005,
                    "{target:?} day {day}: {variance}"
                );
            }
        }
    }
}
