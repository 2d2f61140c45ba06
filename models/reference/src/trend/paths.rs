//! Draws around the central course.

use countycast_engine::counts::{SCATTERED_PEOPLE, median_of_gamma, poisson, scatter};
use countycast_engine::{Date, Streams, weekday_index};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, Gamma, StandardNormal};

use super::settings::OneTarget;

/// Limit on the drift's exponent: a factor of about 150, beyond any month of any county.
const MAX_DRIFT: f64 = 5.0;

/// One target of one location, fitted.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    /// Factor of each weekday, Sunday first, mean 1.
    pub(crate) weekday: [f64; 7],
    /// Factor on the variances of drift and weekly noise.
    pub(crate) variance_factor: f64,
    /// Standard deviation of a day around its share of the week, relative.
    pub(crate) day_noise: f64,
    /// People who have not been counted yet.
    pub(crate) left: f64,
    pub(crate) settings: OneTarget,
}

impl Paths {
    /// Daily counts around the expected `rates` (without weekday rhythm, whole weeks), cut to `days`, a draw after the other.
    ///
    /// Week `w` of a draw has `Poisson(m_w · exp(s · v · Σ z) · G)` counts: `z` standard normal steps and `s` one Student
    /// scale a draw, both mirrored between draws `2k` and `2k + 1`, which share stream `k` for them; `G` gamma with median
    /// 1, which makes the count negative binomial given the drift. Every other number is the draw's own.
    pub(crate) fn draw(
        &self,
        rates: &[f64],
        as_of: Date,
        days: usize,
        draws: usize,
        purposes: [&str; 2],
        streams: &Streams,
    ) -> Vec<f32> {
        let first = weekday_index(as_of) + 1;
        let shares: Vec<f64> = rates.iter().enumerate().map(|(d, rate)| rate * self.weekday[(first + d) % 7]).collect();
        let weeks: Vec<Week> = shares.chunks(7).map(|shares| Week::new(shares, self)).collect();
        let chi = ChiSquared::new(self.settings.tail_freedom).ok();
        let step = (self.settings.widths.drift_variance * self.variance_factor).sqrt();
        let mut values = vec![0.0; draws * days];
        for (i, path) in values.chunks_exact_mut(days).enumerate() {
            let mut drifts = streams.rng(purposes[0], i / 2);
            let mut own = streams.rng(purposes[1], i);
            let mirror = if i % 2 == 0 { 1.0 } else { -1.0 };
            let scale = chi.map_or(1.0, |chi| (self.settings.tail_freedom / chi.sample(&mut drifts)).sqrt());
            let (mut drift, mut left) = (0.0, self.left);
            for (week, days) in weeks.iter().zip(path.chunks_mut(7)) {
                let z: f64 = StandardNormal.sample(&mut drifts);
                drift += mirror * scale * step * z;
                week.draw(drift.clamp(-MAX_DRIFT, MAX_DRIFT), self.day_noise, days, &mut own);
                for day in days {
                    *day = day.min(left as f32);
                    left = (left - f64::from(*day)).max(0.0);
                }
            }
        }
        values
    }
}

/// A week's expectation, ready to be drawn many times.
#[derive(Debug, Clone)]
struct Week {
    expected: f64,
    /// Expected counts of its days.
    shares: Vec<f64>,
    /// Noise around the expectation, with its median; none if negligible.
    noise: Option<(Gamma<f64>, f64)>,
}

impl Week {
    fn new(shares: &[f64], paths: &Paths) -> Self {
        let expected = shares.iter().sum();
        let shape = 1.0 / (paths.settings.widths.of_week(expected) * paths.variance_factor);
        let noise = Gamma::new(shape, 1.0).ok().map(|gamma| (gamma, median_of_gamma(shape)));
        Self { expected, shares: shares.to_vec(), noise }
    }

    /// Fills the first `days` of the week.
    fn draw(&self, drift: f64, day_noise: f64, days: &mut [f32], rng: &mut impl Rng) {
        let noise = self.noise.map_or(1.0, |(gamma, median)| gamma.sample(rng) / median);
        let count = poisson(self.expected * drift.exp() * noise, rng);
        if count <= SCATTERED_PEOPLE {
            scatter(count, &self.shares, self.expected, days, rng);
            return;
        }
        let mut jittered = [0.0; 7];
        for (jittered, share) in jittered.iter_mut().zip(&self.shares) {
            let z: f64 = StandardNormal.sample(rng);
            *jittered = share * (day_noise * z).exp();
        }
        let total: f64 = jittered.iter().sum();
        for (day, jittered) in days.iter_mut().zip(jittered) {
            *day = (count * jittered / total) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use countycast_engine::Fips;

    fn weekly_sums(rate: f64, draws: usize) -> Vec<f64> {
        let settings = Settings::default().of(|pair| pair.cases);
        let paths = Paths { weekday: [1.0; 7], variance_factor: 1.0, day_noise: 0.2, left: f64::INFINITY, settings };
        let streams = Streams::new(1, "trend", Fips::US);
        let as_of = "2020-08-29".parse().unwrap();
        let values = paths.draw(&[rate; 7], as_of, 7, draws, ["drift", "count"], &streams);
        let mut sums: Vec<f64> = values.chunks_exact(7).map(|week| week.iter().map(|x| f64::from(*x)).sum()).collect();
        sums.sort_by(f64::total_cmp);
        sums
    }

    #[test]
    fn the_median_draw_is_the_expectation() {
        let sums = weekly_sums(1_000.0, 20_000);
        // Spread of about 0.35 on the log scale, 20,000 draws: standard error of the median 0.3 %.
        assert!((sums[10_000] / 7_000.0 - 1.0).abs() < 0.012, "{}", sums[10_000]);
    }

    #[test]
    fn small_weeks_are_whole_and_keep_their_zeros() {
        let sums = weekly_sums(0.1, 20_000);
        // The few weeks above are shared out, not scattered.
        assert!(sums.iter().filter(|sum| **sum <= SCATTERED_PEOPLE).all(|sum| sum.fract() == 0.0));
        let zeros = sums.iter().take_while(|s| **s == 0.0).count() as f64 / 20_000.0;
        // exp(-0.7) = 0.50 without any noise; noise around a median of 1 moves it little.
        assert!((0.45..0.62).contains(&zeros), "{zeros}");
    }

    #[test]
    fn nobody_is_counted_who_is_not_left() {
        let settings = Settings::default().of(|pair| pair.cases);
        let paths = Paths { weekday: [1.0; 7], variance_factor: 1.0, day_noise: 0.2, left: 80.0, settings };
        let streams = Streams::new(1, "trend", Fips::US);
        let values = paths.draw(&[50.0; 28], "2020-08-29".parse().unwrap(), 28, 50, ["drift", "count"], &streams);
        assert!(values.chunks_exact(28).all(|path| path.iter().sum::<f32>() <= 80.01));
    }
}
