//! Recent days of a series without dumps, and averages of them.

use crate::{Date, Series, weekday_index};

/// Window of averages, days: four weeks.
pub const AVERAGE_DAYS: usize = 28;
/// Days whose median a dump is measured against: two weeks, so that a steep rise is no dump.
const MEDIAN_DAYS: usize = 14;
/// Weekdays with less than this share of a mean day are ignored for the level: nothing is reported on them.
const SILENT_WEEKDAY: f64 = 0.1;
/// Tolerance for chance, in Poisson standard deviations above the multiple, so that small counts are not dumps.
const CHANCE: f64 = 3.0;
/// Offset of weekly counts before taking logarithms, for zeros.
pub(super) const LOG_OFFSET: f64 = 1.0;

/// The last days of a series, oldest first: counts with truncated dumps, and each day's expected share of a mean day.
#[derive(Debug, Clone)]
pub struct Recent {
    counts: Vec<f64>,
    factors: Vec<f64>,
}

/// A weighted mean of days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Average {
    /// People a day.
    pub rate: f64,
    /// Mean age of its days, in days before the last.
    pub age: f64,
}

impl Average {
    /// Growth a day from a slower average to this one, logarithms; 0 if both cover almost the same days.
    #[must_use]
    pub fn growth_since(self, slower: Self) -> f64 {
        let days = slower.age - self.age;
        if days < 0.5 {
            return 0.0; // a history of a few days
        }
        ((7.0 * self.rate + LOG_OFFSET) / (7.0 * slower.rate + LOG_OFFSET)).ln() / days
    }
}

impl Recent {
    /// The `window` days up to `end` (days since the first, exclusive; at most all) of a series whose last day is `as_of`.
    ///
    /// A day of the last four weeks above `dump_factor` times the last two weeks' median day (beyond chance) is
    /// truncated to it.
    #[must_use]
    pub fn new(series: &Series, as_of: Date, end: usize, window: usize, dump_factor: f64) -> Self {
        let cleaned = series.cleaned();
        let start = end.saturating_sub(window);
        let last = weekday_index(as_of);
        let factor = |day: usize| series.weekday()[(last + 7 - (cleaned.len() - 1 - day) % 7) % 7];
        let factors: Vec<f64> = (start..end).map(factor).collect();
        let mut counts = cleaned[start..end].to_vec();
        let tail = counts.len().saturating_sub(MEDIAN_DAYS);
        let heard = counts[tail..].iter().zip(&factors[tail..]).filter(|(_, factor)| **factor >= SILENT_WEEKDAY);
        let mut rates: Vec<f64> = heard.map(|(count, factor)| count / factor).collect();
        if rates.len() >= 7 {
            rates.sort_by(f64::total_cmp);
            let median = f64::midpoint(rates[(rates.len() - 1) / 2], rates[rates.len() / 2]);
            // Days before those have a level of their own.
            for (count, factor) in counts.iter_mut().zip(&factors).rev().take(AVERAGE_DAYS) {
                let expected = factor * median;
                *count = count.min(dump_factor * expected + CHANCE * (expected.sqrt() + 1.0));
            }
        }
        Self { counts, factors }
    }

    /// Mean count a day of the last four weeks with weights that halve every `half_life` days, without the weekday
    /// pattern.
    ///
    /// Weighted counts over weighted factors: unlike a mean of ratios, this works with weekdays on which nothing is
    /// reported.
    #[must_use]
    pub fn average(&self, half_life: f64) -> Average {
        let fade = 0.5_f64.powf(1.0 / half_life);
        let (mut weight, mut count, mut scale, mut age, mut total) = (1.0, 0.0, 0.0, 0.0, 0.0);
        for (back, (day, factor)) in self.days().rev().take(AVERAGE_DAYS).enumerate() {
            count += weight * day;
            scale += weight * factor;
            age += weight * back as f64;
            total += weight;
            weight *= fade;
        }
        if scale > 0.0 { Average { rate: count / scale, age: age / total } } else { Average::default() }
    }

    /// Sum of the last two weeks.
    #[must_use]
    pub fn two_weeks(&self) -> f64 {
        self.counts.iter().rev().take(14).sum()
    }

    /// Each day's rate: counts of the seven days around it (fewer at the ends) over their factors.
    #[must_use]
    pub fn smooth(&self) -> Vec<f64> {
        let n = self.counts.len();
        let around = |day: usize| {
            let days = day.saturating_sub(3)..(day + 4).min(n);
            let scale: f64 = self.factors[days.clone()].iter().sum();
            self.counts[days].iter().sum::<f64>() / scale.max(1e-9)
        };
        (0..n).map(around).collect()
    }

    /// Standard deviation over mean of a day within its week, Poisson part taken off, 0 to 1; the last four weeks.
    #[must_use]
    pub fn day_noise(&self) -> f64 {
        let (mut excess, mut weight) = (0.0, 0.0);
        for (counts, factors) in self.counts.rchunks_exact(7).zip(self.factors.rchunks_exact(7)).take(4) {
            let mean = counts.iter().sum::<f64>() / 7.0;
            for (count, factor) in counts.iter().zip(factors) {
                let expected = mean * factor;
                excess += (count - expected).powi(2) - expected;
                weight += expected * expected;
            }
        }
        if weight > 0.0 { (excess / weight).clamp(0.0, 1.0).sqrt() } else { 0.0 }
    }

    /// Counts and weekday factors, oldest first.
    #[must_use]
    pub fn days(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> + ExactSizeIterator + '_ {
        self.counts.iter().copied().zip(self.factors.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeriesParts;

    fn recent(counts: Vec<f64>, weekday: [f64; 7]) -> Recent {
        let days = counts.len();
        let parts = SeriesParts {
            reported: counts.clone(),
            cleaned: counts,
            repaired: vec![false; days],
            weekday,
            total: 0.0,
            last_days: Default::default(),
        };
        Recent::new(&Series::new(parts).unwrap(), "2020-08-29".parse().unwrap(), days, AVERAGE_DAYS, 4.0)
    }

    #[test]
    fn a_dump_is_cut_and_small_counts_are_left() {
        let mut counts = vec![100.0; 28];
        counts[25] = 5_000.0;
        // 4 x 100 + 3 x (10 + 1) = 433 is what a day may hold.
        assert_eq!(recent(counts, [1.0; 7]).counts[25], 433.0);
        let mut counts = vec![0.0; 28];
        counts[27] = 3.0;
        assert_eq!(recent(counts, [1.0; 7]).counts[27], 3.0);
    }

    #[test]
    fn the_level_of_a_place_that_reports_on_mondays_is_right() {
        let weekday = [0.0001, 6.9994, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001];
        let counts: Vec<f64> = (0..28).map(|d| if d % 7 == 1 { 70.0 } else { 0.0 }).collect();
        let average = recent(counts, weekday).average(3.0);
        assert!((average.rate - 10.0).abs() < 0.01, "{average:?}");
    }

    #[test]
    fn an_exponential_gives_its_rate_between_two_averages() {
        let counts: Vec<f64> = (0..28).map(|d| 100.0 * (0.02 * f64::from(d)).exp()).collect();
        let recent = recent(counts, [1.0; 7]);
        let growth = recent.average(3.0).growth_since(recent.average(5.0));
        // Weights bend: the averages sit above the exponential at their mean age, the slower one more. 7 % for 2 % a day.
        assert!((growth / 0.02 - 1.0).abs() < 0.08, "{growth}");
    }
}
