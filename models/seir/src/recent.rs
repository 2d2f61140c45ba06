//! A series without weekday rhythm and dumps, and averages of its last days.

use countycast_engine::{Date, Series, weekday_index};

/// Days whose median a dump is measured against.
const MEDIAN_DAYS: usize = 14;
/// Days that averages look back on.
const AVERAGE_DAYS: usize = 28;
/// A day above so many median days, and more than chance, is cut down: a dump.
const DUMP_FACTOR: f64 = 4.0;
/// Standard deviations (Poisson) that pass as chance.
const CHANCE: f64 = 3.0;
/// Weekdays with less than this share of a mean day say nothing about the level.
const SILENT_WEEKDAY: f64 = 0.1;

/// Counts up to some day, with each day's weekday factor.
#[derive(Debug, Clone)]
pub(crate) struct Recent {
    counts: Vec<f64>,
    factors: Vec<f64>,
}

/// A weighted mean of days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Average {
    /// Count a day.
    pub(crate) rate: f64,
    /// Mean age of the days behind it, days before the last.
    pub(crate) age: f64,
}

impl Recent {
    /// The `window` days up to `end` (days since the first, exclusive) of a series whose last day is `as_of`.
    pub(crate) fn new(series: &Series, as_of: Date, end: usize, window: usize) -> Self {
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
            // Earlier days have their own level; only days that the median speaks of are cut by it.
            for (count, factor) in counts.iter_mut().zip(&factors).skip(tail) {
                let expected = factor * median;
                *count = count.min(DUMP_FACTOR * expected + CHANCE * (expected.sqrt() + 1.0));
            }
        }
        Self { counts, factors }
    }

    /// Mean count a day with weights that halve every `half_life` days: weighted counts over weighted factors.
    pub(crate) fn average(&self, half_life: f64) -> Average {
        let fade = 0.5_f64.powf(1.0 / half_life);
        let (mut weight, mut count, mut scale, mut age, mut total) = (1.0, 0.0, 0.0, 0.0, 0.0);
        for (back, (day, factor)) in self.counts.iter().zip(&self.factors).rev().take(AVERAGE_DAYS).enumerate() {
            count += weight * day;
            scale += weight * factor;
            age += weight * back as f64;
            total += weight;
            weight *= fade;
        }
        if scale > 0.0 { Average { rate: count / scale, age: age / total } } else { Average::default() }
    }

    /// Sum of the last two weeks.
    pub(crate) fn two_weeks(&self) -> f64 {
        self.counts.iter().rev().take(14).sum()
    }

    /// A day's rate: counts of the seven days around it (fewer at the ends) over their factors.
    pub(crate) fn smooth(&self) -> Vec<f64> {
        let n = self.counts.len();
        let around = |day: usize| {
            let days = day.saturating_sub(3)..(day + 4).min(n);
            let scale: f64 = self.factors[days.clone()].iter().sum();
            self.counts[days].iter().sum::<f64>() / scale.max(1e-9)
        };
        (0..n).map(around).collect()
    }

    /// Standard deviation over mean of a day within its week, Poisson part taken off; last four weeks.
    pub(crate) fn day_noise(&self) -> f64 {
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
    pub(crate) fn days(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.counts.iter().copied().zip(self.factors.iter().copied())
    }
}

/// Growth a day between a fast and a slow average.
pub(crate) fn slope(fast: Average, slow: Average) -> f64 {
    let days = slow.age - fast.age;
    if days <= 0.0 { 0.0 } else { ((7.0 * fast.rate + 1.0) / (7.0 * slow.rate + 1.0)).ln() / days }
}
