//! Effects of a scenario: differences and ratios, taken within draws, or for patients within trajectories of the census.

use serde::Serialize;

use super::variant::Variant;
use crate::capacity::{Bed, Beds};
use crate::pipeline::{Response, Tally};

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
    /// Engine, or `blend`.
    pub model: &'static str,
    /// `mechanism`, `ratio` or `blend`.
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
    pub(super) response: &'static str,
    /// Ward and intensive care; none for several places together.
    pub(super) beds: Option<&'a [Beds; 2]>,
}

/// One side of a comparison: the baseline or a scenario.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) tally: Tally,
    /// Total cases and deaths of the blend's projection, in place of the tally's own intervals.
    pub(super) totals: [Option<Interval>; 2],
}

/// The name in outputs.
pub(super) const fn word(response: Response) -> &'static str {
    match response {
        Response::Mechanism => "mechanism",
        Response::Ratio => "ratio",
    }
}

/// Effects of each variant: `sides` holds the baseline, then the variants.
pub(super) fn effects(subject: &Subject<'_>, sides: &[&Side], variants: &[Variant]) -> Vec<Effect> {
    let Some((baseline, scenarios)) = sides.split_first() else { return Vec::new() };
    let mut effects = Vec::new();
    for quantity in Quantity::ALL {
        let Some(before) = values(&baseline.tally, quantity, subject.beds) else { continue };
        for (variant, scenario) in variants.iter().zip(scenarios) {
            let Some(after) = values(&scenario.tally, quantity, subject.beds) else { continue };
            let difference = after.iter().zip(&before).map(|(after, before)| after - before).collect();
            let ratios: Vec<f64> =
                after.iter().zip(&before).filter(|(_, before)| **before > 0.0).map(|(a, b)| a / b).collect();
            let summary = if quantity.is_probability() { mean } else { interval };
            effects.push(Effect {
                fips: subject.fips.to_owned(),
                scenario: variant.name.clone(),
                strength: variant.step.as_ref().map(|step| step.strength),
                model: subject.model,
                response: subject.response,
                quantity,
                baseline: baseline.known(quantity).unwrap_or_else(|| summary(before.clone())),
                with: scenario.known(quantity).unwrap_or_else(|| summary(after)),
                difference: summary(difference),
                ratio: (quantity.has_ratio() && !ratios.is_empty()).then(|| interval(ratios)),
            });
        }
    }
    effects
}

impl Side {
    /// The interval that replaces the tally's own, if any.
    fn known(&self, quantity: Quantity) -> Option<Interval> {
        match quantity {
            Quantity::Cases => self.totals[0],
            Quantity::Deaths => self.totals[1],
            _ => None,
        }
    }
}

impl Quantity {
    fn is_probability(self) -> bool {
        matches!(self, Self::WardOverflow | Self::IcuOverflow)
    }

    fn has_ratio(self) -> bool {
        !self.is_probability() && self != Self::PeakDay
    }
}

/// A quantity in each draw; none if no engine projects it or beds are unknown.
fn values(of: &Tally, quantity: Quantity, beds: Option<&[Beds; 2]>) -> Option<Vec<f64>> {
    let over = |peaks: &[f64], bed: Bed| {
        let free = beds?[bed as usize].free()?;
        Some(peaks.iter().map(|patients| f64::from(u8::from(*patients > free))).collect())
    };
    let values = match quantity {
        Quantity::Cases => of.cases.clone(),
        Quantity::Deaths => of.deaths.clone(),
        Quantity::Admissions => of.admissions.clone(),
        Quantity::PeakCases => of.peak_cases.clone(),
        Quantity::PeakDay => of.peak_day.clone(),
        Quantity::PeakPatients => of.peak_patients.clone(),
        Quantity::WardOverflow => over(&of.peak_ward, Bed::Ward)?,
        Quantity::IcuOverflow => over(&of.peak_icu, Bed::Icu)?,
    };
    (!values.is_empty()).then_some(values)
}

/// Median and 90 % interval of a sample.
pub(super) fn interval(mut sample: Vec<f64>) -> Interval {
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
    fn differences_are_taken_within_draws() {
        let side = |cases: [f64; 3], icu: f64| {
            let tally = Tally { cases: cases.to_vec(), peak_icu: vec![icu; 3], ..Tally::default() };
            Side { tally, totals: [None; 2] }
        };
        let beds = [Beds::default(), Beds { staffed: Some(1.0), others: Some(0.0) }];
        let subject = Subject { fips: "US", model: "blend", response: "blend", beds: Some(&beds) };
        let variants = [Variant { name: "halved".to_owned(), entries: Vec::new(), step: None }];
        let (baseline, mut halved) = (side([10.0, 100.0, 1000.0], 2.0), side([5.0, 50.0, 500.0], 0.5));
        let projected = Interval { median: 49.0, low: 4.0, high: 480.0 };
        halved.totals[0] = Some(projected);
        let found = effects(&subject, &[&baseline, &halved], &variants);
        let ratio = found[0].ratio.unwrap();
        assert_eq!((ratio.low, ratio.high, found[0].difference.median), (0.5, 0.5, -50.0));
        assert_eq!((found[0].baseline.median, found[0].with), (100.0, projected));
        let of = |quantity| found.iter().find(|effect| effect.quantity == quantity);
        assert!(of(Quantity::Deaths).is_none(), "nobody projects deaths");
        let overflow = of(Quantity::IcuOverflow).unwrap();
        assert_eq!((overflow.baseline.median, overflow.with.median), (1.0, 0.0));
        assert!(of(Quantity::WardOverflow).is_none(), "unknown beds give no probability");
    }
}
