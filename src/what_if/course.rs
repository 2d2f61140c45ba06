//! Daily courses under each scenario, as shown in tables and charts.

use super::effect::interval;
use crate::capacity::{Bed, Census};

/// Name of the baseline, in place of a scenario's.
pub const BASELINE: &str = "baseline";

/// The blend's days under one scenario: 5 %, 50 % and 95 % quantiles by day after the as-of day.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// FIPS code, or [`ALL_PLACES`](super::ALL_PLACES).
    pub fips: String,
    /// The scenario; [`BASELINE`] for none.
    pub scenario: String,
    /// New cases, seven-day mean.
    pub cases: Vec<[f64; 3]>,
    /// Patients in hospital at the day's end, on the ward and in intensive care; 0 if unknown.
    pub patients: Vec<[f64; 3]>,
}

/// Daily quantiles of patients in all beds.
pub(super) fn patients(census: Option<&Census>, days: usize) -> Vec<[f64; 3]> {
    let Some(census) = census else { return vec![[0.0; 3]; days] };
    let all: Vec<f32> =
        census.values(Bed::Ward).iter().zip(census.values(Bed::Icu)).map(|(ward, icu)| ward + icu).collect();
    daily(&all, census.days())
}

/// Daily quantiles of the seven-day mean, which begins in the `past`.
pub(super) fn cases<'a>(paths: impl Iterator<Item = &'a [f32]>, past: &[f64]) -> Vec<[f64; 3]> {
    let before = &past[past.len().saturating_sub(6)..];
    let (mut smoothed, mut days) = (Vec::new(), 0);
    for path in paths {
        let whole: Vec<f64> = before.iter().copied().chain(path.iter().map(|cases| f64::from(*cases))).collect();
        days = path.len();
        smoothed.extend((before.len()..whole.len()).map(|day| {
            let week = &whole[day.saturating_sub(6)..=day];
            (week.iter().sum::<f64>() / week.len() as f64) as f32
        }));
    }
    daily(&smoothed, days)
}

/// 5 %, 50 % and 95 % quantiles by day.
fn daily(values: &[f32], days: usize) -> Vec<[f64; 3]> {
    let day = |day: usize| {
        let found = interval(values.iter().skip(day).step_by(days).map(|value| f64::from(*value)).collect());
        [found.low, found.median, found.high]
    };
    (0..days).map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_days_are_averaged_with_the_past() {
        let course = |past: &[f64]| cases([&[14.0_f32, 7.0][..]].into_iter(), past);
        assert_eq!(course(&[1e9, 0.0, 7.0, 0.0, 0.0, 0.0, 0.0]), [[3.0; 3], [4.0; 3]]);
        assert_eq!(course(&[]), [[14.0; 3], [10.5; 3]]);
    }
}
