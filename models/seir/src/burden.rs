//! From infections by age to deaths, admissions and beds.

use crate::ages::{FATALITY, GROUPS, HOSPITALISED};
use crate::erlang::{at, convolve, delay, survival};

/// Days that the kernels reach back.
pub(crate) const REACH: usize = 70;
/// Onset to death 15 days, death to report 7 (CDC planning scenarios), infection to onset 5.5.
const DEATH_DELAY: f64 = 27.0;
/// Infection to onset, days (Lauer et al. 2020).
const INCUBATION: f64 = 5.5;
/// Age groups that make up the classes 0–49, 50–64 and 65+ of the CDC planning scenarios.
const CLASSES: [std::ops::Range<usize>; 3] = [0..5, 5..6, 6..GROUPS];
/// Onset to admission, days, by class.
const TO_ADMISSION: [f64; 3] = [6.0, 6.0, 4.0];
/// Days in hospital without intensive care, by class.
const WARD_STAY: [f64; 3] = [4.9, 7.6, 8.1];
/// Days in hospital of those who come to intensive care, by class; they are counted there all the time.
const ICU_STAY: [f64; 3] = [9.5, 10.5, 10.0];
/// Share of admitted patients who enter intensive care, by class.
const ICU_SHARE: [f64; 3] = [0.238, 0.361, 0.353];

/// Delays cut into days, the same for every place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kernels {
    deaths: Vec<f64>,
    admissions: [Vec<f64>; 3],
    hospital: [Vec<f64>; 3],
    icu: [Vec<f64>; 3],
}

/// What a course of infections leads to, a value a day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Burden {
    pub(crate) deaths: Vec<f64>,
    pub(crate) admissions: Vec<f64>,
    pub(crate) hospital: Vec<f64>,
    pub(crate) icu: Vec<f64>,
}

impl Kernels {
    pub(crate) fn new() -> Self {
        let admissions = TO_ADMISSION.map(|days| delay(INCUBATION + days, 4, REACH));
        let stay = |class: usize, mean: f64, share: f64| -> Vec<f64> {
            let kernel = convolve(&admissions[class], &survival(mean, 2, REACH));
            kernel.iter().map(|x| share * x).collect()
        };
        let icu: [Vec<f64>; 3] = std::array::from_fn(|c| stay(c, ICU_STAY[c], ICU_SHARE[c]));
        let ward: [Vec<f64>; 3] = std::array::from_fn(|c| stay(c, WARD_STAY[c], 1.0 - ICU_SHARE[c]));
        let hospital = std::array::from_fn(|c| icu[c].iter().zip(&ward[c]).map(|(x, y)| x + y).collect());
        Self { deaths: delay(DEATH_DELAY, 7, REACH), admissions, hospital, icu }
    }

    /// Infection to report of a death, by day.
    pub(crate) fn deaths(&self) -> &[f64] {
        &self.deaths
    }

    /// Deaths at the unscaled fatality that infections by age lead to on each day.
    pub(crate) fn expected_deaths(&self, infections: &[f64], shares: &[f64; GROUPS]) -> Vec<f64> {
        let fatality: f64 = shares.iter().zip(FATALITY).map(|(share, fatality)| share * fatality).sum();
        convolve(infections, &self.deaths).iter().map(|deaths| fatality * deaths).collect()
    }

    /// The burden of the days from `from` on; `severity` is the factor on each group's risks on a day.
    pub(crate) fn burden(
        &self,
        infections: &[[f64; GROUPS]],
        from: usize,
        severity: impl Fn(usize) -> Option<[f64; GROUPS]>,
    ) -> Burden {
        let mut dying = vec![0.0; infections.len()];
        let mut admitted: [Vec<f64>; 3] = std::array::from_fn(|_| vec![0.0; infections.len()]);
        for (day, new) in infections.iter().enumerate() {
            let factor = severity(day).unwrap_or([1.0; GROUPS]);
            dying[day] = (0..GROUPS).map(|a| new[a] * factor[a] * FATALITY[a]).sum();
            for (class, groups) in CLASSES.into_iter().enumerate() {
                admitted[class][day] = groups.map(|a| new[a] * factor[a] * HOSPITALISED[a]).sum();
            }
        }
        let days = from..infections.len();
        let sum = |kernels: &[Vec<f64>; 3]| -> Vec<f64> {
            days.clone().map(|day| (0..3).map(|class| at(&admitted[class], &kernels[class], day)).sum()).collect()
        };
        Burden {
            deaths: days.clone().map(|day| at(&dying, &self.deaths, day)).collect(),
            admissions: sum(&self.admissions),
            hospital: sum(&self.hospital),
            icu: sum(&self.icu),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beds_are_admissions_times_stay() {
        // Little's law at a constant inflow: census = admissions × mean stay.
        let kernels = Kernels::new();
        let infections = vec![[100.0; GROUPS]; 200];
        let burden = kernels.burden(&infections, 190, |_| None);
        let classes: Vec<f64> = CLASSES.into_iter().map(|g| 100.0 * g.map(|a| HOSPITALISED[a]).sum::<f64>()).collect();
        let admissions: f64 = classes.iter().sum();
        assert!((burden.admissions[5] / admissions - 1.0).abs() < 1e-6, "{burden:?}");
        let icu: f64 = (0..3).map(|c| classes[c] * ICU_SHARE[c] * ICU_STAY[c]).sum();
        let ward: f64 = (0..3).map(|c| classes[c] * (1.0 - ICU_SHARE[c]) * WARD_STAY[c]).sum();
        assert!((burden.icu[5] / icu - 1.0).abs() < 0.02, "{} and {icu}", burden.icu[5]);
        assert!((burden.hospital[5] / (icu + ward) - 1.0).abs() < 0.02);
        let deaths = 100.0 * FATALITY.iter().sum::<f64>();
        assert!((burden.deaths[5] / deaths - 1.0).abs() < 1e-6);
    }
}
