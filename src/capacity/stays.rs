//! Delays from report to admission and from admission to discharge, discretised by day.

use countycast_engine::Covariates;
use statrs::distribution::{ContinuousCDF, Gamma};

use super::Settings;

/// Age classes: 0–49, 50–64, 65 years and above.
pub const CLASSES: usize = 3;

/// Longest stay in hospital, days.
const REACH: usize = 70;

/// Gamma shape of delays and stays: right-skewed, as hospital stays are.
const SHAPE: f64 = 2.0;

/// Shares of the US population by age class (Census Bureau estimates of 2019).
const US_SHARES: [f64; CLASSES] = [0.643, 0.192, 0.165];

/// Five-year groups from 50 to 64 among the covariates.
const FIFTIES: [&str; 3] = ["age_50_54", "age_55_59", "age_60_64"];

/// Hospital course of a reported case by age class, the same everywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Stays {
    settings: Settings,
    /// By class, from the day of report on: share of the admitted who come in on that day.
    admission: [Vec<f64>; CLASSES],
    /// By class, from the day of admission on: share still on the ward at the day's end.
    ward: [Vec<f64>; CLASSES],
    /// The same for intensive care.
    icu: [Vec<f64>; CLASSES],
}

/// The same for the age mix of one place. All start with the day itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kernels {
    /// Admissions per reported case, by days since its report.
    pub(super) admission: Vec<f32>,
    /// Share of the admitted who are on the ward, by days since admission.
    pub(super) ward: Vec<f32>,
    /// Share of the admitted who are in intensive care.
    pub(super) icu: Vec<f32>,
}

impl Stays {
    /// Discretises the delays given by the settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let by_class = |means: [f64; CLASSES], kernel: fn(f64) -> Vec<f64>| means.map(kernel);
        Self {
            settings: *settings,
            admission: by_class(settings.admission_delay_days, delay),
            ward: by_class(settings.ward_stay_days, survival),
            icu: by_class(settings.icu_stay_days, survival),
        }
    }

    /// The settings they come from.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Mixes the classes in proportion to a place's residents: cases are assumed to have their age distribution.
    pub(super) fn kernels(&self, facts: &Covariates) -> Kernels {
        let shares = age_shares(facts);
        let settings = &self.settings;
        let admitted: [f64; CLASSES] =
            std::array::from_fn(|class| settings.symptomatic_per_case * settings.hospitalised[class] * shares[class]);
        let total = admitted.iter().sum::<f64>();
        let among = admitted.map(|admitted| if total > 0.0 { admitted / total } else { 0.0 });
        let icu = std::array::from_fn(|class| among[class] * settings.icu_share[class]);
        let ward = std::array::from_fn(|class| among[class] * (1.0 - settings.icu_share[class]));
        Kernels { admission: mix(&self.admission, admitted), ward: mix(&self.ward, ward), icu: mix(&self.icu, icu) }
    }
}

/// Shares of the age classes among residents, where known; of the nation's otherwise.
fn age_shares(facts: &Covariates) -> [f64; CLASSES] {
    let fifties = FIFTIES.iter().map(|name| facts.get(name)).sum::<Option<f64>>();
    match fifties.zip(facts.get("age_65_plus")) {
        Some((fifties, old)) => [(1.0 - fifties - old).max(0.0), fifties, old],
        None => US_SHARES,
    }
}

fn mix(kernels: &[Vec<f64>; CLASSES], weights: [f64; CLASSES]) -> Vec<f32> {
    let day = |day: usize| kernels.iter().zip(weights).map(|(kernel, weight)| weight * kernel[day]).sum::<f64>() as f32;
    (0..REACH).map(day).collect()
}

/// Share still waiting after `t` days; 0 if the mean is 0.
fn waiting(t: f64, mean: f64) -> f64 {
    if mean == 0.0 {
        return 0.0;
    }
    Gamma::new(SHAPE, SHAPE / mean).map_or(0.0, |gamma| gamma.sf(t))
}

/// Share of events by whole days of delay: day `d` holds the mass from `d - 1/2` to `d + 1/2`. Sums to 1.
fn delay(mean: f64) -> Vec<f64> {
    let before = |d: usize| if d == 0 { 1.0 } else { waiting(d as f64 - 0.5, mean) };
    (0..REACH).map(|d| before(d) - if d + 1 == REACH { 0.0 } else { before(d + 1) }).collect()
}

/// Share still present at the end of day 0, 1, 2 …, for arrivals at noon.
fn survival(mean: f64) -> Vec<f64> {
    (0..REACH).map(|d| waiting(d as f64 + 0.5, mean)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_a_distribution_and_a_survival_has_the_mean_stay_as_its_area() {
        for mean in [0.0, 0.5, 2.5, 8.0] {
            let shares = delay(mean);
            let centre: f64 = shares.iter().enumerate().map(|(d, share)| d as f64 * share).sum();
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9 && shares.iter().all(|s| *s >= 0.0));
            // Delays below half a day are rounded to the same day.
            assert!((centre - mean).abs() < 0.15, "{mean}: {centre}");
        }
        // Little's law; the midpoint rule is off by a few hundredths of a day.
        for mean in [4.9, 10.5] {
            let area: f64 = survival(mean).iter().sum();
            assert!((area / mean - 1.0).abs() < 0.01, "{mean}: {area}");
        }
    }

    #[test]
    fn the_nation_has_nine_admissions_for_a_hundred_cases() {
        let kernels = Stays::new(&Settings::default()).kernels(&Covariates::default());
        let admitted: f32 = kernels.admission.iter().sum();
        // HHS counted 7 to 10 a week from July to August 2020.
        assert!((0.08..0.10).contains(&admitted), "{admitted}");
    }

    #[test]
    fn an_older_county_has_more_patients_who_stay_longer() {
        let county = |old: f64| {
            let mut facts = Covariates::default();
            FIFTIES.iter().for_each(|name| facts.set(*name, 0.06));
            facts.set("age_65_plus", old);
            let kernels = Stays::new(&Settings::default()).kernels(&facts);
            (kernels.admission.iter().sum::<f32>(), kernels.ward.iter().chain(&kernels.icu).sum::<f32>())
        };
        assert!(county(0.3).0 > county(0.1).0 && county(0.3).1 > county(0.1).1);
    }
}
