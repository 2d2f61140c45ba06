//! The negative binomial distribution of a week's count.

use rand::Rng;
use rand_distr::{Distribution, Gamma};
use statrs::function::gamma::{digamma, ln_gamma};

use countycast_engine::counts::poisson;

/// Least dispersion: below it the distribution is Poisson to all digits that matter.
const LEAST_DISPERSION: f64 = 1e-5;
/// Greatest logarithm of the mean.
const MOST_LOG_MEAN: f64 = 18.0;

/// A negative binomial count with this mean and variance `mean + dispersion · mean²`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Count {
    mean: f64,
    dispersion: f64,
}

impl Count {
    /// From the logarithm of the mean, and the dispersion times the root of the scale before it is made positive: Salinas et
    /// al. (2020), eq. 4, `dispersion = softplus(raw) / √scale`.
    pub(crate) fn new(log_mean: f64, raw: f64, scale: f64) -> Self {
        Self {
            mean: log_mean.clamp(-MOST_LOG_MEAN, MOST_LOG_MEAN).exp(),
            dispersion: softplus(raw) / scale.sqrt() + LEAST_DISPERSION,
        }
    }

    /// Negative log-likelihood of a count of people, at least 0, and its derivatives by the logarithm of the mean and by the raw dispersion.
    pub(crate) fn loss(self, count: f64, raw: f64, scale: f64) -> [f64; 3] {
        let (mean, size) = (self.mean, 1.0 / self.dispersion);
        let log_share = (size / (size + mean)).ln();
        let log_likelihood = ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0)
            + size * log_share
            + count * (mean / (size + mean)).ln();
        let by_log_mean = size * (count - mean) / (size + mean);
        let by_size = digamma(count + size) - digamma(size) + log_share + (mean - count) / (size + mean);
        let by_raw = -by_size * size * size * logistic(raw) / scale.sqrt();
        [-log_likelihood, -by_log_mean, -by_raw]
    }

    /// A random count: Poisson around a gamma-distributed mean.
    pub(crate) fn sample(self, rng: &mut impl Rng) -> f64 {
        let mean = Gamma::new(1.0 / self.dispersion, self.dispersion * self.mean);
        poisson(mean.map_or(self.mean, |mean| mean.sample(rng)), rng)
    }
}

/// `ln(1 + eˣ)`.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use countycast_engine::{Fips, Streams};

    use super::*;

    #[test]
    fn derivatives_are_those_of_differences() {
        for (log_mean, raw, scale, count) in [(1.5, 0.3, 4.0, 7.0), (8.0, -1.0, 900.0, 2_500.0), (-2.0, 2.0, 1.0, 0.0)]
        {
            let loss = |log_mean: f64, raw: f64| Count::new(log_mean, raw, scale).loss(count, raw, scale);
            let [_, by_mean, by_raw] = loss(log_mean, raw);
            let step = 1e-5;
            let differences = [
                (loss(log_mean + step, raw)[0] - loss(log_mean - step, raw)[0]) / (2.0 * step),
                (loss(log_mean, raw + step)[0] - loss(log_mean, raw - step)[0]) / (2.0 * step),
            ];
            for (exact, difference) in [by_mean, by_raw].into_iter().zip(differences) {
                assert!((exact - difference).abs() < 1e-5 * (1.0 + exact.abs()), "{exact} {difference}");
            }
        }
    }

    #[test]
    fn the_likelihood_sums_to_one_over_all_counts_and_draws_have_its_moments() {
        let (raw, scale) = (0.7, 9.0);
        let distribution = Count::new(12.0_f64.ln(), raw, scale);
        let whole: f64 = (0..2_000).map(|count| (-distribution.loss(f64::from(count), raw, scale)[0]).exp()).sum();
        assert!((whole - 1.0).abs() < 1e-9, "{whole}");
        let mut rng = Streams::new(1, "deepar", Fips::US).rng("test", 0);
        let sample: Vec<f64> = (0..40_000).map(|_| distribution.sample(&mut rng)).collect();
        let mean = sample.iter().sum::<f64>() / 4e4;
        let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4e4;
        let expected = 12.0 + (0.7_f64.exp() + 1.0).ln() / 3.0 * 144.0;
        // Five standard errors: 0.2 of the mean, about 6 % of the variance.
        assert!((mean - 12.0).abs() < 0.2 && (variance / expected - 1.0).abs() < 0.06, "{mean} {variance} {expected}");
    }
}
