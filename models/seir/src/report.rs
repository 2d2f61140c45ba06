//! Reported counts around expected ones: negative binomial weeks, spread over their days.

use countycast_engine::counts::{SCATTERED_PEOPLE, median_of_gamma, poisson, scatter};
use rand::Rng;
use rand_distr::{Distribution, Gamma, StandardNormal};

/// Draws the days of one week (or its first days) whose expected counts are `expected`.
///
/// The week's count is Poisson given a gamma factor of median 1 and relative variance `variance`; `day_noise` is the
/// relative standard deviation of a day's share.
pub(crate) fn draw_week(expected: &[f64], variance: f64, day_noise: f64, days: &mut [f32], rng: &mut impl Rng) {
    let total: f64 = expected.iter().sum();
    let shape = 1.0 / variance.max(1e-9);
    let noise = Gamma::new(shape, 1.0).map_or(1.0, |gamma| gamma.sample(rng) / median_of_gamma(shape));
    let count = poisson(total * noise, rng);
    if count <= SCATTERED_PEOPLE {
        scatter(count, expected, total, days, rng);
        return;
    }
    let mut shares = [0.0; 7];
    for (share, expected) in shares.iter_mut().zip(expected) {
        let z: f64 = StandardNormal.sample(rng);
        *share = expected * (day_noise * z).exp();
    }
    let sum: f64 = shares.iter().sum();
    for (day, share) in days.iter_mut().zip(shares) {
        *day = (count * share / sum) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Fips, Streams};

    fn sums(rate: f64, draws: usize) -> Vec<f64> {
        let streams = Streams::new(1, "seir", Fips::US);
        let mut sums: Vec<f64> = (0..draws)
            .map(|i| {
                let mut days = [0.0; 7];
                draw_week(&[rate; 7], 0.05, 0.2, &mut days, &mut streams.rng("report", i));
                days.iter().map(|day| f64::from(*day)).sum()
            })
            .collect();
        sums.sort_by(f64::total_cmp);
        sums
    }

    #[test]
    fn mean_and_variance_are_those_of_the_negative_binomial() {
        let sums = sums(100.0, 20_000);
        let mean = sums.iter().sum::<f64>() / 20_000.0;
        let variance = sums.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        // Median 700, relative variance 0.05 and 1/700: mean 1.7 % above; 20,000 draws, standard errors 0.2 and 2 %.
        assert!((sums[10_000] / 700.0 - 1.0).abs() < 0.01, "{}", sums[10_000]);
        assert!((variance / (mean * mean * 0.05 + mean) - 1.0).abs() < 0.08, "{variance}");
    }

    #[test]
    fn small_weeks_are_whole_and_keep_their_zeros() {
        let sums = sums(0.1, 20_000);
        assert!(sums.iter().all(|sum| sum.fract() == 0.0));
        let zeros = sums.iter().take_while(|sum| **sum == 0.0).count() as f64 / 20_000.0;
        assert!((zeros - (-0.7_f64).exp()).abs() < 0.02, "{zeros}");
    }
}
