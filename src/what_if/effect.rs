//! Effects of a scenario: differences and ratios, taken within draws.

use serde::Serialize;

use super::simulate::Response;
use super::trajectories::Trajectories;
use super::variant::Variant;
use crate::capacity::{Bed, Beds};

/// The quantity compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Reported cases over the whole horizon.
    Cases,
    /// Reported deaths over the whole horizon.
    Deaths,
    /// Hospital admissions over the whole horizon.
    Admissions,
    /// Peak of the seven-day mean of new cases.
    PeakCases,
    /// Last day of that peak, in days after the as-of day.
    PeakDay,
    /// Peak number of hospital patients.
    PeakPatients,
    /// Whether ward patients exceed free beds; its mean is a probability.
    WardOverflow,
    /// The same for intensive care.
    IcuOverflow,
}

impl Quantity {
    /// All, in the order of the output.
    pub const ALL: [Self; 8] = [
        Self::Cases,
        Self::Deaths,
        Self::Admissions,
        Self::PeakCases,
        Self::PeakDay,
        Self::PeakPatients,
        Self::WardOverflow,
        Self::IcuOverflow,
    ];

    /// The name in outputs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Deaths => "deaths",
            Self::Admissions => "admissions",
            Self::PeakCases => "peak_cases",
            Self::PeakDay => "peak_day",
            Self::PeakPatients => "peak_patients",
            Self::WardOverflow => "ward_overflow",
            Self::IcuOverflow => "icu_overflow",
        }
    }
}

/// A median with the ends of its 90 % interval. For overflow, all three are its probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Median.
    pub median: f64,
    /// 5 % quantile.
    pub low: f64,
    /// 95 % quantile.
    pub high: f64,
}

/// One quantity of one place, scenario and model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// FIPS code, or `all`.
    pub fips: String,
    /// The scenario.
    pub scenario: String,
    /// Strength of the swept entry, the first if there are several.
    pub strength: Option<f64>,
    /// Engine, or `pool`.
    pub model: &'static str,
    /// `mechanism`, `ratio` or `pool`.
    pub response: &'static str,
    /// The quantity compared.
    pub quantity: Quantity,
    /// Without the scenario.
    pub baseline: Interval,
    /// With it.
    #[serde(rename = "what_if")]
    pub with: Interval,
    /// Scenario minus baseline, draw by draw.
    pub difference: Interval,
    /// Scenario over baseline, draw by draw, where the baseline is positive; none for days and probabilities.
    pub ratio: Option<Interval>,
}

/// Place and model of the effects.
pub(super) struct Subject<'a> {
    pub(super) fips: &'a str,
    pub(super) model: &'static str,
    pub(super) response: Response,
    /// Ward and intensive care; none for several places together.
    pub(super) beds: Option<&'a [Beds; 2]>,
}

/// Effects of each variant: `answers` holds the baseline, then the variants.
pub(super) fn effects(subject: &Subject<'_>, answers: &[Trajectories], variants: &[Variant]) -> Vec<Effect> {
    let Some((baseline, scenarios)) = answers.split_first() else { return Vec::new() };
    let mut effects = Vec::new();
    for quantity in Quantity::ALL {
        let Some(before) = values(baseline, quantity, subject.beds) else { continue };
        for (variant, trajectories) in variants.iter().zip(scenarios) {
            let Some(after) = values(trajectories, quantity, subject.beds) else { continue };
            let difference = after.iter().zip(&before).map(|(after, before)| after - before).collect();
            let ratios: Vec<f64> =
                after.iter().zip(&before).filter(|(_, before)| **before > 0.0).map(|(a, b)| a / b).collect();
            let summary = if quantity.is_probability() { mean } else { interval };
            effects.push(Effect {
                fips: subject.fips.to_owned(),
                scenario: variant.name.clone(),
                strength: variant.step.as_ref().map(|step| step.strength),
                model: subject.model,
                response: subject.response.word(),
                quantity,
                baseline: summary(before.clone()),
                with: summary(after),
                difference: summary(difference),
                ratio: (quantity.has_ratio() && !ratios.is_empty()).then(|| interval(ratios)),
            });
        }
    }
    effects
}

impl Quantity {
    fn is_probability(self) -> bool {
        matches!(self, Self::WardOverflow | Self::IcuOverflow)
    }

    fn has_ratio(self) -> bool {
        !self.is_probability() && self != Self::PeakDay
    }
}

/// A quantity in each draw; none where beds are not known.
fn values(of: &Trajectories, quantity: Quantity, beds: Option<&[Beds; 2]>) -> Option<Vec<f64>> {
    let each = |values: &[f32], f: &dyn Fn(&[f32]) -> f64| values.chunks_exact(of.days).map(f).collect::<Vec<f64>>();
    let total = |path: &[f32]| path.iter().map(|value| f64::from(*value)).sum();
    let over = |values: &[f32], bed: Bed| {
        let free = beds?[bed as usize].free()?;
        Some(each(values, &|path| f64::from(u8::from(path.iter().any(|patients| f64::from(*patients) > free)))))
    };
    match quantity {
        Quantity::Cases => Some(each(&of.cases, &total)),
        Quantity::Deaths => Some(each(&of.deaths, &total)),
        Quantity::Admissions => Some(each(&of.admissions, &total)),
        Quantity::PeakCases => Some(each(&of.cases, &|path| peak(path).1)),
        Quantity::PeakDay => Some(each(&of.cases, &|path| peak(path).0 as f64)),
        Quantity::PeakPatients => {
            Some(each(&of.patients(), &|path| f64::from(path.iter().copied().fold(0.0, f32::max))))
        }
        Quantity::WardOverflow => over(&of.ward, Bed::Ward),
        Quantity::IcuOverflow => over(&of.icu, Bed::Icu),
    }
}

/// Mean of the last seven days (fewer at the start).
fn smooth(path: &[f32]) -> impl Iterator<Item = f64> + '_ {
    (0..path.len()).map(|day| {
        let week = &path[day.saturating_sub(6)..=day];
        week.iter().map(|value| f64::from(*value)).sum::<f64>() / week.len() as f64
    })
}

/// Day, from 1, and size of the peak seven-day mean.
fn peak(path: &[f32]) -> (usize, f64) {
    let first = 6.min(path.len().saturating_sub(1));
    smooth(path)
        .enumerate()
        .skip(first)
        .fold((0, -1.0), |best, (day, mean)| if mean > best.1 { (day + 1, mean) } else { best })
}

/// 5 %, 50 % and 95 % quantiles by day.
pub(super) fn daily(values: &[f32], days: usize) -> Vec<[f64; 3]> {
    let day = |day: usize| {
        let found = interval(values.chunks_exact(days).map(|path| f64::from(path[day])).collect());
        [found.low, found.median, found.high]
    };
    (0..days).map(day).collect()
}

/// The same for the seven-day mean, which begins in the `past`.
pub(super) fn daily_smooth(values: &[f32], days: usize, past: &[f64]) -> Vec<[f64; 3]> {
    let before = &past[past.len().saturating_sub(6)..];
    let mut smoothed = Vec::with_capacity(values.len());
    for path in values.chunks_exact(days) {
        let whole: Vec<f32> = before.iter().map(|cases| *cases as f32).chain(path.iter().copied()).collect();
        smoothed.extend(smooth(&whole).skip(before.len()).map(|mean| mean as f32));
    }
    daily(&smoothed, days)
}

fn interval(mut sample: Vec<f64>) -> Interval {
    sample.sort_by(f64::total_cmp);
    let last = sample.len().saturating_sub(1);
    let at = |i: usize| sample.get(i.min(last)).copied().unwrap_or(0.0);
    let quantile = |level: f64| {
        let position = level * last as f64;
        let below = position.floor() as usize;
        at(below) + (at(below + 1) - at(below)) * (position - below as f64)
    };
    Interval { median: quantile(0.5), low: quantile(0.05), high: quantile(0.95) }
}

fn mean(sample: Vec<f64>) -> Interval {
    let mean = sample.iter().sum::<f64>() / sample.len().max(1) as f64;
    Interval { median: mean, low: mean, high: mean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_the_highest_whole_week() {
        let mut path = vec![0.0; 20];
        path[0] = 100.0;
        path[10..17].fill(21.0);
        assert_eq!(peak(&path), (17, 21.0));
        // A single day counts as a seventh of its week, never of less.
        path[10..17].fill(0.0);
        assert_eq!(peak(&path), (7, 100.0 / 7.0));
    }

    #[test]
    fn the_first_days_are_averaged_with_the_past() {
        let course = daily_smooth(&[14.0, 7.0], 2, &[1e9, 0.0, 7.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(course, [[3.0; 3], [4.0; 3]]);
        assert_eq!(daily_smooth(&[14.0, 7.0], 2, &[]), [[14.0; 3], [10.5; 3]]);
    }

    #[test]
    fn differences_are_taken_within_draws() {
        let trajectories = |cases: &[f32]| Trajectories {
            days: 1,
            cases: cases.to_vec(),
            deaths: vec![0.0; cases.len()],
            admissions: vec![0.0; cases.len()],
            ward: vec![0.0; cases.len()],
            icu: vec![2.0; cases.len()],
        };
        let beds = [Beds::default(), Beds { staffed: Some(1.0), others: Some(0.0) }];
        let subject = Subject { fips: "US", model: "pool", response: Response::Pool, beds: Some(&beds) };
        let variants = [Variant { name: "halved".to_owned(), entries: Vec::new(), step: None }];
        let answers = [trajectories(&[10.0, 100.0, 1000.0]), trajectories(&[5.0, 50.0, 500.0])];
        let found = effects(&subject, &answers, &variants);
        let ratio = found[0].ratio.unwrap();
        assert_eq!((ratio.low, ratio.high, found[0].difference.median), (0.5, 0.5, -50.0));
        let of = |quantity| found.iter().find(|effect| effect.quantity == quantity);
        assert_eq!(of(Quantity::Deaths).unwrap().ratio, None);
        assert_eq!(of(Quantity::IcuOverflow).unwrap().with.median, 1.0);
        assert!(of(Quantity::WardOverflow).is_none(), "unknown beds give no probability");
    }
}
