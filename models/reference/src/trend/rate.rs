//! Recent days of a series without dumps, and averages of them.

use countycast_engine::{Date, Series, weekday_index};

/// Days looked back on: four weeks.
const WINDOW_DAYS: usize = 28;
/// Days whose median a dump is measured against: two weeks, so that a steep rise is no dump.
const MEDIAN_DAYS: usize = 14;
/// Weekdays with less than this share of a mean day say nothing about the level: nothing is reported on them.
const SILENT_WEEKDAY: f64 = 0.1;
/// A day passes as chance up to this many standard deviations (Poisson) above the multiple, so that small counts do.
const CHANCE: f64 = 3.0;

/// The last days of a series, oldest first: counts with dumps cut down, and what share of a mean day each should be.
#[derive(Debug, Clone)]
pub(crate) struct Recent {
    counts: Vec<f64>,
    factors: Vec<f64>,
}

impl Recent {
    /// The days up to `end` (days since the first, exclusive) of a series whose last day is `as_of`.
    pub(crate) fn new(series: &Series, as_of: Date, end: usize, dump_factor: f64) -> Self {
        let cleaned = series.cleaned();
        let start = end.saturating_sub(WINDOW_DAYS);
        let last = weekday_index(as_of);
        let factors: Vec<f64> = (start..end)
            .map(|day| {
                let back = (cleaned.len() - 1 - day) % 7;
                series.weekday()[(last + 7 - back) % 7]
            })
            .collect();
        let mut counts = cleaned[start..end].to_vec();
        let tail = counts.len().saturating_sub(MEDIAN_DAYS);
        let mut rates: Vec<f64> = counts[tail..]
            .iter()
            .zip(&factors[tail..])
            .filter(|(_, f)| **f >= SILENT_WEEKDAY)
            .map(|(count, factor)| count / factor)
            .collect();
        if rates.len() >= 7 {
            rates.sort_by(f64::total_cmp);
            let half = rates.len() / 2;
            let median = if rates.len() % 2 == 1 { rates[half] } else { (rates[half - 1] + rates[half]) / 2.0 };
            for (count, factor) in counts.iter_mut().zip(&factors) {
                let expected = factor * median;
                *count = count.min(dump_factor * expected + CHANCE * (expected.sqrt() + 1.0));
            }
        }
        Self { counts, factors }
    }

    /// Mean count a day with weights that halve every `half_life` days, freed of the weekday rhythm.
    ///
    /// Weighted counts over weighted factors: unlike a mean of ratios this bears weekdays on which nothing is reported.
    pub(crate) fn average(&self, half_life: f64) -> Average {
        let fade = 0.5_f64.powf(1.0 / half_life);
        let (mut weight, mut sum) = (1.0, Average { rate: 0.0, age: 0.0 });
        let (mut total, mut scale) = (0.0, 0.0);
        for (age, (count, factor)) in self.counts.iter().zip(&self.factors).rev().enumerate() {
            sum.rate += weight * count;
            sum.age += weight * age as f64;
            scale += weight * factor;
            total += weight;
            weight *= fade;
        }
        if scale > 0.0 { Average { rate: sum.rate / scale, age: sum.age / total } } else { Average::default() }
    }

    /// Sum of the last two weeks.
    pub(crate) fn two_weeks(&self) -> f64 {
        self.counts.iter().rev().take(14).sum()
    }

    /// Share of a day's deviation from its week that is not chance: standard deviation over mean, Poisson part taken off.
    pub(crate) fn day_noise(&self) -> f64 {
        let (mut excess, mut weight) = (0.0, 0.0);
        for (counts, factors) in self.counts.rchunks_exact(7).zip(self.factors.rchunks_exact(7)) {
            let mean = counts.iter().sum::<f64>() / 7.0;
            for (count, factor) in counts.iter().zip(factors) {
                let expected = mean * factor;
                excess += (count - expected).powi(2) - expected;
                weight += expected * expected;
            }
        }
        if weight > 0.0 { (excess / weight).clamp(0.0, 1.0).sqrt() } else { 0.0 }
    }
}

/// A weighted mean of days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Average {
    /// Count a day.
    pub(crate) rate: f64,
    /// Mean age of the days behind it, before the last day.
    pub(crate) age: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::SeriesParts;

    fn recent(counts: Vec<f64>, weekday: [f64; 7]) -> Recent {
        let days = counts.len();
        let parts = SeriesParts {
            reported: counts.clone(),
            cleaned: counts,
            repaired: vec![false; days],
            weekday,
            total: 0.0,
            late: 0.0,
        };
        Recent::new(&Series::new(parts).unwrap(), "2020-08-29".parse().unwrap(), days, 4.0)
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
        let (fast, slow) = (recent.average(3.0), recent.average(5.0));
        let growth = (fast.rate / slow.rate).ln() / (slow.age - fast.age);
        // Weights bend: the averages sit above the exponential at their mean age, the slower one more. 7 % for 2 % a day.
        assert!((growth / 0.02 - 1.0).abs() < 0.08, "{growth}");
    }
}
