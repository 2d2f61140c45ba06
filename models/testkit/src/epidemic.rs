//! Epidemics whose reproduction number is known.

use std::f64::consts::TAU;

use statrs::distribution::{ContinuousCDF, Gamma};

/// The reproduction number over time: new infections per infection if everyone were susceptible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reproduction {
    /// Constant.
    Constant(f64),
    /// One value up to a day, another from it on.
    Step {
        /// Before the day.
        before: f64,
        /// From the day on.
        after: f64,
        /// Days since the first.
        day: f64,
    },
    /// A straight line from one value to another.
    Ramp {
        /// Up to the start.
        from: f64,
        /// From the end on.
        to: f64,
        /// Days since the first.
        start: f64,
        /// Days since the first, after the start.
        end: f64,
    },
    /// A sine around a mean, at its mean and rising on the first day.
    Wave {
        /// Mean.
        mean: f64,
        /// Greatest distance from the mean.
        amplitude: f64,
        /// Length of a period, days.
        period: f64,
    },
}

impl Reproduction {
    /// The value `day` days after the first.
    #[must_use]
    pub fn at(&self, day: f64) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Step { before, after, day: step } => {
                if day < step {
                    before
                } else {
                    after
                }
            }
            Self::Ramp { from, to, start, end } => from + (to - from) * ((day - start) / (end - start)).clamp(0.0, 1.0),
            Self::Wave { mean, amplitude, period } => mean + amplitude * (TAU * day / period).sin(),
        }
    }
}

/// The true epidemic, one value per day.
#[derive(Debug, Clone, PartialEq)]
pub struct Epidemic {
    /// New infections.
    pub infections: Vec<f64>,
    /// Reproduction number if everyone were susceptible.
    pub reproduction: Vec<f64>,
    /// People not yet infected at the end of the day.
    pub susceptible: Vec<f64>,
}

/// A gamma distribution discretised by day from 1 on: the share of day `s` is the mass from `s - 1/2` to `s + 1/2`,
/// that below half a day goes to the first. Element 0 is day 1. Ends where less than one in a million is left; sums to
/// 1.
#[must_use]
#[allow(clippy::missing_panics_doc)]
pub fn gamma_intervals(mean: f64, sd: f64) -> Vec<f64> {
    let shape = (mean / sd).powi(2);
    let gamma = Gamma::new(shape, shape / mean).expect("mean and sd are positive");
    let mut shares = Vec::new();
    let mut below = 0.0;
    while below < 1.0 - 1e-6 {
        let up_to = gamma.cdf(shares.len() as f64 + 1.5);
        shares.push(up_to - below);
        below = up_to;
    }
    let total: f64 = shares.iter().sum();
    shares.iter().map(|share| share / total).collect()
}

/// A deterministic epidemic by the renewal equation (Fraser 2007) with depletion:
///
/// ```text
/// infections_t = S_t · (1 - exp(-R_t · Σ_s g_s · infections_(t-s) / N))
/// ```
///
/// `seed` people are infected on the first day, `generation` is the share of the interval by day from 1 on
/// ([`gamma_intervals`]), `population` may be infinite.
#[must_use]
pub fn renewal(reproduction: Reproduction, generation: &[f64], population: f64, seed: f64, days: usize) -> Epidemic {
    let mut epidemic = Epidemic {
        infections: vec![seed],
        reproduction: (0..days).map(|day| reproduction.at(day as f64)).collect(),
        susceptible: vec![population - seed],
    };
    for day in 1..days {
        let pressure: f64 = generation.iter().zip(epidemic.infections.iter().rev()).map(|(g, i)| g * i).sum();
        let expected = epidemic.reproduction[day] * pressure;
        let susceptible = epidemic.susceptible[day - 1];
        let new = if population.is_finite() { -susceptible * (-expected / population).exp_m1() } else { expected };
        epidemic.infections.push(new);
        epidemic.susceptible.push(susceptible - new);
    }
    epidemic
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed::{attack_rate, growth_rate};

    #[test]
    fn intervals_keep_mean_and_total() {
        let shares = gamma_intervals(5.5, 2.14);
        let mean: f64 = shares.iter().enumerate().map(|(i, share)| (i as f64 + 1.0) * share).sum();
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((mean - 5.5).abs() < 0.01, "{mean}"); // rounding to days is nearly unbiased
    }

    #[test]
    fn grows_at_the_rate_that_the_reproduction_number_implies() {
        let epidemic = renewal(Reproduction::Constant(1.5), &gamma_intervals(5.5, 2.14), f64::INFINITY, 1.0, 200);
        let growth = (epidemic.infections[199] / epidemic.infections[198]).ln();
        // Rounding intervals to whole days changes the rate by less than 1 %.
        assert!((growth / growth_rate(1.5, 5.5, 2.14) - 1.0).abs() < 0.01, "{growth}");
    }

    #[test]
    fn ends_at_the_final_size() {
        let population = 1e6;
        let epidemic = renewal(Reproduction::Constant(2.0), &gamma_intervals(5.5, 2.14), population, 1.0, 600);
        let share = 1.0 - epidemic.susceptible[599] / population;
        assert!((share - attack_rate(2.0)).abs() < 1e-4, "{share}");
        let total: f64 = epidemic.infections.iter().sum();
        assert!((total + epidemic.susceptible[599] - population).abs() < 1e-6 * population);
    }

    #[test]
    fn courses_of_the_reproduction_number() {
        let step = Reproduction::Step { before: 2.0, after: 0.5, day: 10.0 };
        let ramp = Reproduction::Ramp { from: 1.0, to: 2.0, start: 10.0, end: 20.0 };
        let wave = Reproduction::Wave { mean: 1.0, amplitude: 0.4, period: 80.0 };
        assert_eq!((step.at(9.9), step.at(10.0)), (2.0, 0.5));
        assert_eq!((ramp.at(0.0), ramp.at(15.0), ramp.at(99.0)), (1.0, 1.5, 2.0));
        assert!((wave.at(20.0) - 1.4).abs() < 1e-12 && (wave.at(60.0) - 0.6).abs() < 1e-12);
    }
}
