//! Delays from report to admission and from admission to discharge, discretised by day.

use countycast_engine::{AGE_CLASSES, Covariate, Covariates, Epidemiology};

/// Longest stay in hospital, days.
const REACH: usize = 70;

/// Shares of the US population by age class (Census Bureau estimates of 2019).
const US_SHARES: [f64; AGE_CLASSES] = [0.643, 0.192, 0.165];

/// Five-year groups from 50 to 64 among the covariates.
const FIFTIES: [Covariate; 3] = [Covariate::Age50To54, Covariate::Age55To59, Covariate::Age60To64];

/// Hospital course of a reported case by age class, the same everywhere.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stays {
    /// Admissions that a reported case leads to, by class.
    admitted: [f64; AGE_CLASSES],
    /// Share of admitted patients who enter intensive care, by class.
    icu_share: [f64; AGE_CLASSES],
    /// By class, from the day of report on: share of the admitted who come in on that day.
    admission: [Vec<f64>; AGE_CLASSES],
    /// By class, from the day of admission on: share still on the ward at the day's end.
    ward: [Vec<f64>; AGE_CLASSES],
    /// The same for intensive care.
    icu: [Vec<f64>; AGE_CLASSES],
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
    /// Cuts delays and stays into days. Behind each reported case stand infections, one over the ascertainment of them, as
    /// old as the case.
    #[must_use]
    pub(super) fn new(epidemiology: &Epidemiology) -> Self {
        let severity = &epidemiology.severity;
        Self {
            admitted: severity.admissions_by_class().map(|share| share / epidemiology.ascertainment),
            icu_share: severity.icu_share,
            admission: severity.admission_delays().map(|delay| delay.shares(REACH)),
            ward: severity.ward_stays().map(|stay| stay.remaining(REACH)),
            icu: severity.icu_stays().map(|stay| stay.remaining(REACH)),
        }
    }

    /// Mixes the classes in proportion to a place's residents: cases are assumed to have their age distribution. `icu` is a
    /// factor on the share of the admitted who come to intensive care.
    pub(super) fn kernels(&self, facts: &Covariates, icu: f64) -> Kernels {
        let shares = age_shares(facts);
        let admitted: [f64; AGE_CLASSES] = std::array::from_fn(|class| self.admitted[class] * shares[class]);
        let total = admitted.iter().sum::<f64>();
        let among = admitted.map(|admitted| if total > 0.0 { admitted / total } else { 0.0 });
        let icu_share = self.icu_share.map(|share| (icu * share).min(1.0));
        let icu = std::array::from_fn(|class| among[class] * icu_share[class]);
        let ward = std::array::from_fn(|class| among[class] * (1.0 - icu_share[class]));
        Kernels { admission: mix(&self.admission, admitted), ward: mix(&self.ward, ward), icu: mix(&self.icu, icu) }
    }
}

impl Kernels {
    /// Admissions on each of the last days of cases that patients can stem from.
    pub(super) fn admitted(&self, cases: &[f32]) -> Vec<f32> {
        let cases = self.recent(cases);
        after(cases, &self.admission, cases.len())
    }

    /// Cases whose admissions can still be in hospital; all earlier ones have left.
    pub(super) fn recent<'a>(&self, cases: &'a [f32]) -> &'a [f32] {
        &cases[cases.len().saturating_sub(2 * self.admission.len())..]
    }
}

/// Convolution of daily `events` with a kernel that starts at day 0, for the first `days` days.
pub(super) fn after(events: &[f32], kernel: &[f32], days: usize) -> Vec<f32> {
    let mut sums = vec![0.0; days];
    for (day, event) in events.iter().enumerate() {
        sums[day..].iter_mut().zip(kernel).for_each(|(sum, share)| *sum += event * share);
    }
    sums
}

/// Shares of the age classes among residents, where known; of the nation's otherwise.
fn age_shares(facts: &Covariates) -> [f64; AGE_CLASSES] {
    let fifties = FIFTIES.into_iter().map(|ages| facts.get(ages)).sum::<Option<f64>>();
    match fifties.zip(facts.get(Covariate::Age65Plus)) {
        Some((fifties, old)) => [(1.0 - fifties - old).max(0.0), fifties, old],
        None => US_SHARES,
    }
}

fn mix(kernels: &[Vec<f64>; AGE_CLASSES], weights: [f64; AGE_CLASSES]) -> Vec<f32> {
    let at = |kernel: &Vec<f64>, day: usize| kernel.get(day).copied().unwrap_or(0.0);
    let day = |day: usize| kernels.iter().zip(weights).map(|(kernel, w)| w * at(kernel, day)).sum::<f64>() as f32;
    (0..REACH).map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nation_has_nine_admissions_for_a_hundred_cases() {
        let kernels = Stays::new(&Epidemiology::default()).kernels(&Covariates::default(), 1.0);
        let admitted: f32 = kernels.admission.iter().sum();
        // HHS counted 7 to 10 a week from July to August 2020.
        assert!((0.08..0.10).contains(&admitted), "{admitted}");
    }

    #[test]
    fn an_older_county_has_more_patients_who_stay_longer() {
        let county = |old: f64| {
            let mut facts = Covariates::default();
            FIFTIES.into_iter().for_each(|ages| facts.set(ages, 0.06));
            facts.set(Covariate::Age65Plus, old);
            let kernels = Stays::new(&Epidemiology::default()).kernels(&facts, 1.0);
            (kernels.admission.iter().sum::<f32>(), kernels.ward.iter().chain(&kernels.icu).sum::<f32>())
        };
        assert!(county(0.3).0 > county(0.1).0 && county(0.3).1 > county(0.1).1);
    }
}
