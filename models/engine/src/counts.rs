//! Random counts shared by several engines.

use rand::{Rng, RngExt};
use rand_distr::{Binomial, Distribution, Poisson, StandardNormal};

pub use crate::median_of_gamma::median_of_gamma;

/// Weekly counts up to this are best distributed over days by [`scatter`], which gives integers and many zeros; above,
/// proportional shares are as good and faster.
pub const SCATTERED_PEOPLE: f64 = 60.0;

/// A Poisson count of this mean, people; above 1,000 its normal limit, whose skew (3 %) is far below the noise around it.
///
/// An invalid mean (negative or not finite) gives 0.
pub fn poisson(mean: f64, rng: &mut impl Rng) -> f64 {
    if mean > 1_000.0 {
        let z: f64 = StandardNormal.sample(rng);
        return (mean + mean.sqrt() * z).round().max(0.0);
    }
    Poisson::new(mean).map_or(0.0, |poisson| poisson.sample(rng))
}

/// Distributes `count` people individually over days with probabilities in proportion to `expected`, whose sum is
/// `total`.
///
/// `days` may be the first days of a longer week: people assigned to later days are not counted.
pub fn scatter(count: f64, expected: &[f64], total: f64, days: &mut [f32], rng: &mut impl Rng) {
    days.fill(0.0);
    for _ in 0..count as usize {
        let mut at = rng.random::<f64>() * total;
        let day = expected.iter().position(|share| {
            at -= share;
            at < 0.0
        });
        // Rounding may leave the last day's edge uncovered.
        if let Some(day) = days.get_mut(day.unwrap_or(expected.len().saturating_sub(1))) {
            *day += 1.0;
        }
    }
}

/// Gives each of `count` people a day, in proportion to `shares`: binomially from day to day, which is multinomial.
pub fn share_out(count: f64, shares: [f64; 7], rng: &mut impl Rng) -> [f64; 7] {
    let mut whole: f64 = shares.iter().sum();
    let mut left = count;
    shares.map(|share| {
        let chance = (share / whole).clamp(0.0, 1.0);
        whole -= share;
        let day = if left < 1.0 {
            0.0
        } else if chance >= 1.0 {
            left
        } else {
            Binomial::new(left as u64, chance).map_or(left * chance, |binomial| binomial.sample(rng) as f64)
        };
        left -= day;
        day
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fips, Streams};

    #[test]
    fn counts_have_the_mean_and_variance_of_poisson_on_both_sides_of_the_limit() {
        let mut rng = Streams::new(1, "counts", Fips::US).rng("test", 0);
        for mean in [3.0, 900.0, 1_100.0] {
            let sample: Vec<f64> = (0..40_000).map(|_| poisson(mean, &mut rng)).collect();
            let found = sample.iter().sum::<f64>() / 4e4;
            let variance = sample.iter().map(|x| (x - found).powi(2)).sum::<f64>() / 4e4;
            // Five standard errors of a mean (√(m/n)) and of a variance (√2 m/√n, and a little for small means).
            assert!((found - mean).abs() < 5.0 * (mean / 4e4).sqrt(), "{found}");
            assert!((variance / mean - 1.0).abs() < 0.04, "{variance}");
        }
        assert_eq!((poisson(-1.0, &mut rng), poisson(f64::NAN, &mut rng)), (0.0, 0.0));
    }

    #[test]
    fn people_fall_on_days_in_proportion_and_past_the_end_of_a_cut_week_on_none() {
        let mut rng = Streams::new(2, "counts", Fips::US).rng("test", 0);
        let mut days = [0.0; 3];
        scatter(40_000.0, &[1.0, 0.0, 2.0, 1.0], 4.0, &mut days, &mut rng);
        // Binomial standard deviations are at most 100.
        assert!((days[0] - 10_000.0).abs() < 500.0 && days[1] == 0.0 && (days[2] - 20_000.0).abs() < 500.0, "{days:?}");
    }

    #[test]
    fn a_week_is_shared_out_whole_and_in_proportion() {
        let mut rng = Streams::new(3, "counts", Fips::US).rng("test", 0);
        let days = share_out(70_000.0, [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0], &mut rng);
        assert_eq!((days.iter().sum::<f64>(), days[0]), (70_000.0, 0.0));
        // Binomial standard deviations are at most 122.
        assert!(
            days[1..6].iter().all(|day| (day - 10_000.0).abs() < 600.0) && (days[6] - 20_000.0).abs() < 700.0,
            "{days:?}"
        );
    }
}
