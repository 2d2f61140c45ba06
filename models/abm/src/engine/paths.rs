//! Counts as reported: weekly noise around an expected path, spread over days.

use countycast_engine::counts::{SCATTERED_PEOPLE, median_of_gamma, poisson, scatter};
use rand::Rng;
use rand_distr::{Distribution, Gamma};

/// Draws a week around its expected days into `days`: a Poisson number about the sum, times gamma noise of median 1 and
/// `variance`.
pub(crate) fn week(expected: &[f64], factor: f64, variance: f64, days: &mut [f32], rng: &mut impl Rng) {
    let sum: f64 = expected.iter().sum();
    days.fill(0.0);
    if sum <= 0.0 {
        return;
    }
    let shape = 1.0 / variance.max(1e-6);
    let noise = Gamma::new(shape, 1.0).map_or(1.0, |gamma| gamma.sample(rng) / median_of_gamma(shape));
    let count = poisson(sum * factor * noise, rng);
    if count > SCATTERED_PEOPLE {
        days.iter_mut().zip(expected).for_each(|(day, expected)| *day = (count * expected / sum) as f32);
        return;
    }
    scatter(count, expected, sum, days, rng);
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Fips, Streams};

    #[test]
    fn weeks_have_the_mean_and_variance_that_were_asked_for() {
        let streams = Streams::new(1, "abm", Fips::US);
        for (daily, tolerance) in [(2.0, 0.02), (200.0, 0.02)] {
            let mut days = [0.0; 7];
            let sums: Vec<f64> = (0..20_000)
                .map(|i| {
                    week(&[daily; 7], 1.0, 0.04, &mut days, &mut streams.rng("test", i));
                    days.iter().map(|day| f64::from(*day)).sum()
                })
                .collect();
            let mean = sums.iter().sum::<f64>() / 2e4;
            let variance = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / 2e4;
            // A median of 1 puts the mean of the gamma noise at 1.013.
            assert!((mean / (7.0 * daily) - 1.013).abs() < tolerance, "{mean}");
            let expected = mean + 0.04 * mean * mean;
            assert!((variance / expected - 1.0).abs() < 0.06, "{variance} where {expected} was expected");
        }
    }
}
