//! Delays between two events in a person's course, cut into days by one rule.
//!
//! Both events happen at any time of their day with the same probability, and only their dates are known: the double
//! interval censoring of Park et al. (2024, *Estimating epidemiological delay distributions for infectious diseases*) and
//! Charniga et al. (2024, *PLoS Computational Biology* 20, e1012520), who recommend it for daily data. A delay of `T` days
//! is then seen as `d` days with probability
//!
//! ```text
//! P(d) = E[max(0, 1 − |T − d|)] = G(d + 1) − 2 G(d) + G(d − 1),  G(x) = ∫ F from 0 to x
//! ```
//!
//! with `F` the distribution function of `T`. The rule keeps the mean exactly and adds 1/6 to the variance; a whole day from
//! `d − 1/2` to `d + 1/2` moves the mean of short delays.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Gamma};
use statrs::function::gamma::gamma_lr;

/// Share of a delay beyond which days are cut off.
const CUT_OFF: f64 = 1e-3;

/// A gamma-distributed delay, by its mean and standard deviation in days. A mean of 0 is no delay at all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// Mean, days, at least 0.
    pub mean: f64,
    /// Standard deviation, days, above 0 where the mean is.
    pub sd: f64,
}

impl Delay {
    /// A delay of this mean and standard deviation.
    #[must_use]
    pub const fn new(mean: f64, sd: f64) -> Self {
        Self { mean, sd }
    }

    /// A delay of this mean whose gamma shape is `shape`.
    #[must_use]
    pub fn of_shape(mean: f64, shape: f64) -> Self {
        Self { mean, sd: mean / shape.sqrt() }
    }

    /// Probability of a delay of 0, 1, 2 … days by the rule of this [module](self).
    ///
    /// Days end where 99.9 % of the delay are covered, or after `most_days`; what is left is shared out in proportion, so
    /// that the shares sum to 1. There is always a day 0.
    ///
    /// ```
    /// let shares = countycast_engine::Delay::new(9.0, 4.0).shares(70);
    /// let mean: f64 = shares.iter().zip(0..).map(|(share, day)| share * f64::from(day)).sum();
    /// assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12 && (mean - 9.0).abs() < 0.03);
    /// ```
    #[must_use]
    pub fn shares(self, most_days: usize) -> Vec<f64> {
        let (mut shares, mut sum) = (Vec::new(), 0.0);
        let (mut before, mut here) = (0.0, 0.0);
        while sum < 1.0 - CUT_OFF && shares.len() < most_days.max(1) {
            let after = self.integral(shares.len() as f64 + 1.0);
            let share = f64::max(after - 2.0 * here + before, 0.0);
            shares.push(share);
            sum += share;
            (before, here) = (here, after);
        }
        scaled(shares)
    }

    /// Probability that the second event is still to come at the end of day 0, 1, 2 … after that of the first, up to the day
    /// that [`Delay::shares`] ends on. Their sum over all days is the mean, as Little's law asks of a census.
    #[must_use]
    pub fn remaining(self, most_days: usize) -> Vec<f64> {
        let (mut remaining, mut here) = (Vec::new(), 0.0);
        while remaining.last().is_none_or(|share| *share > CUT_OFF) && remaining.len() < most_days {
            let after = self.integral(remaining.len() as f64 + 1.0);
            remaining.push(f64::max(1.0 - (after - here), 0.0));
            here = after;
        }
        remaining
    }

    /// Quantiles in the middle of `steps` equal steps, days.
    #[must_use]
    pub fn quantiles(self, steps: usize) -> Vec<f64> {
        match Gamma::new(self.shape(), self.shape() / self.mean) {
            Ok(law) => (0..steps).map(|i| law.inverse_cdf((i as f64 + 0.5) / steps as f64)).collect(),
            Err(_) => vec![self.mean; steps],
        }
    }

    fn shape(self) -> f64 {
        (self.mean / self.sd).powi(2)
    }

    /// The distribution function's integral from 0 to `x`: `x F(x) − mean · F⁺(x)`, `F⁺` that of a shape one greater.
    fn integral(self, x: f64) -> f64 {
        if self.mean <= 0.0 {
            return x;
        }
        let scaled = x * self.shape() / self.mean;
        x * gamma_lr(self.shape(), scaled) - self.mean * gamma_lr(self.shape() + 1.0, scaled)
    }
}

/// The shares of two delays one after the other, of `most_days` days at most; they sum to 1.
#[must_use]
pub fn one_after_the_other(first: &[f64], second: &[f64], most_days: usize) -> Vec<f64> {
    let mut shares = vec![0.0; (first.len() + second.len()).saturating_sub(1).min(most_days)];
    for (day, share) in first.iter().enumerate().take(shares.len()) {
        shares[day..].iter_mut().zip(second).for_each(|(sum, then)| *sum += share * then);
    }
    scaled(shares)
}

/// What follows from daily `events` on each of their days: `Σ_k shares_k · events_(day − k)`. Events before the first day
/// are none.
#[must_use]
pub fn follow(events: &[f64], shares: &[f64]) -> Vec<f64> {
    (0..events.len()).map(|day| due(events, shares, day)).collect()
}

/// The same on one day.
///
/// # Panics
/// Where `day` is past the last of the events.
#[inline]
#[must_use]
pub fn due(events: &[f64], shares: &[f64], day: usize) -> f64 {
    let length = shares.len().min(day + 1);
    let past = &events[day + 1 - length..=day];
    past.iter().rev().zip(shares).map(|(event, share)| event * share).sum()
}

/// Adds to `days`, the first of which is day `from`, what follows on them from daily `events`: as [`due`] on each, but for
/// rounding, and faster, since the terms of an event's days do not wait for one another as those of a sum do.
pub fn add_due(events: &[f64], shares: &[f64], from: usize, days: &mut [f64]) {
    for (day, event) in events.iter().enumerate().take(from + days.len()) {
        let first = day.max(from);
        let shares = shares.get(first - day..).unwrap_or_default();
        for (due, share) in days[first - from..].iter_mut().zip(shares) {
            *due += event * share;
        }
    }
}

fn scaled(mut shares: Vec<f64>) -> Vec<f64> {
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(shares: &[f64]) -> f64 {
        shares.iter().zip(0..).map(|(share, day)| share * f64::from(day)).sum()
    }

    #[test]
    fn shares_are_those_of_a_high_precision_integral() {
        // mpmath 1.3, 30 digits: second differences of G; the one of day 5 at mean 9 is also the direct integral of
        // (1 − |t − 5|) times the density, 0.0847719734082997. Covered are 0.999343371759933 and 0.999084812165022.
        for (delay, covered, days, expected) in [
            (
                Delay::new(9.0, 4.0),
                0.999_343_371_759_933,
                28,
                [4.501_414_086_714_64e-5, 0.084_771_973_408_299_7, 0.019_937_160_845_789_7],
            ),
            (
                Delay::new(16.0, 10.0),
                0.999_084_812_165_022,
                66,
                [6.633_687_824_465_24e-4, 0.036_454_097_697_649_2, 0.038_615_561_042_779_9],
            ),
        ] {
            let shares = delay.shares(100);
            assert_eq!(shares.len(), days, "{delay:?}");
            for (day, expected) in [0, 5, 16].into_iter().zip(expected) {
                assert!((shares[day] * covered - expected).abs() < 1e-12, "{delay:?}, day {day}: {}", shares[day]);
            }
        }
    }

    #[test]
    fn shares_sum_to_one_and_keep_the_mean_at_any_length_of_delay() {
        for delay in [
            Delay::new(0.1, 0.1),
            Delay::of_shape(0.5, 2.0),
            Delay::of_shape(2.5, 2.0),
            Delay::new(9.0, 0.45),
            Delay::new(9.0, 4.0),
            Delay::new(16.0, 10.0),
        ] {
            let shares = delay.shares(400);
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12 && shares.iter().all(|share| *share >= 0.0));
            // What is cut off, one in a thousand, lies a few means away.
            assert!((mean(&shares) / delay.mean - 1.0).abs() < 5e-3, "{delay:?}: {}", mean(&shares));
        }
        assert_eq!(Delay::new(0.0, 0.0).shares(70), [1.0]);
        assert_eq!(Delay::new(30.0, 10.0).shares(5).len(), 5);
    }

    #[test]
    fn shares_are_what_dates_of_simulated_people_show() {
        let delay = Delay::of_shape(2.5, 2.0);
        let (steps, shares) = (2_000, delay.shares(70));
        let mut seen = vec![0.0; shares.len() + 1];
        let delays = delay.quantiles(steps);
        for hour in (0..24).map(|hour| (f64::from(hour) + 0.5) / 24.0) {
            for length in &delays {
                seen[((hour + length) as usize).min(shares.len())] += 1.0 / (24.0 * steps as f64);
            }
        }
        for (day, (seen, share)) in seen.iter().zip(&shares).enumerate() {
            assert!((seen - share).abs() < 2e-3, "day {day}: {seen} seen, {share} expected");
        }
    }

    #[test]
    fn a_census_of_steady_admissions_is_their_number_times_the_mean_stay() {
        for stay in [4.9, 10.5].map(|mean| Delay::of_shape(mean, 2.0)) {
            let census: f64 = stay.remaining(100).iter().sum();
            assert!((census / stay.mean - 1.0).abs() < 1e-3, "{stay:?}: {census}");
            // Who is still there has not left: the remaining share is one minus those who left up to the day.
            let left: f64 = stay.shares(100)[..4].iter().sum();
            assert!((stay.remaining(100)[3] - (1.0 - left)).abs() < 1e-3);
        }
        assert_eq!(Delay::new(0.0, 0.0).remaining(70), [0.0]);
    }

    #[test]
    fn what_is_due_is_the_same_day_by_day_and_event_by_event() {
        let events: Vec<f64> = (0..95).map(|day| 3.0 + f64::from(day % 11)).collect();
        for shares in [Delay::new(9.0, 4.0), Delay::new(16.0, 10.0)].map(|delay| delay.shares(70)) {
            let mut found = [0.5; 30];
            // In two parts, of which neither begins with the days asked for.
            let late: Vec<f64> =
                events.iter().zip(0..).map(|(event, day)| if day < 55 { 0.0 } else { *event }).collect();
            add_due(&events[..55], &shares, 60, &mut found);
            add_due(&late, &shares, 60, &mut found);
            for (found, day) in found.iter().zip(60..) {
                assert!((found / (0.5 + due(&events, &shares, day)) - 1.0).abs() < 1e-13, "day {day}: {found}");
            }
        }
    }

    #[test]
    fn events_are_moved_by_their_shares_and_delays_add_up() {
        assert_eq!(follow(&[0.0, 2.0, 0.0, 0.0], &[0.5, 0.25, 0.25]), [0.0, 1.0, 0.5, 0.5]);
        let (first, second) = (Delay::new(9.0, 4.0).shares(70), Delay::new(16.0, 10.0).shares(70));
        let both = one_after_the_other(&first, &second, 120);
        assert!((mean(&both) - mean(&first) - mean(&second)).abs() < 1e-9);
        let cut = one_after_the_other(&first, &second, 30);
        assert!(cut.len() == 30 && (cut.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
