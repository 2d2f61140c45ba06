//! How severe infections are by age, and how long patients stay. Values are for the ancestral strain.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{Delay, SettingsError};

/// Classes of age in the planning scenarios of the CDC: 0–49, 50–64, 65 years and above.
pub const AGE_CLASSES: usize = 3;

/// Ages of each class, years; nobody is taken to be older than 89.
const CLASSES: [Range<u8>; AGE_CLASSES] = [0..50, 50..65, 65..OLDEST];

/// Ages end here, years.
const OLDEST: u8 = 90;

/// Decades of age, the last from 80 on.
const DECADES: usize = 9;

/// Gamma shape of the time from report to admission and of stays: right-skewed, as hospital stays are.
const SHAPE: f64 = 2.0;

/// Risks of an infected person by age, and times in hospital.
///
/// Values of three are those of 0–49, 50–64 and 65 years and above, from the planning scenarios of the CDC (September 2020,
/// scenario 5) where nothing else is said; values of nine are by decade of age, the last from 80 years on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Severity {
    /// Share of infections with symptoms, 0 to 1 (Davies et al. 2020 as in Covasim).
    pub symptomatic: [f64; DECADES],
    /// Share of infections that end in death, 0 to 1: O'Driscoll et al. (2020) and Brazeau et al. (2020) as in Covasim; 80+
    /// lies between its 80–89 and 90+.
    pub fatality: [f64; DECADES],
    /// Share of infections with symptoms that are admitted to hospital, 0 to 1.
    pub hospitalised: [f64; AGE_CLASSES],
    /// Mean days from a case's report to its admission, 0 to 30: infection to onset 5.5 (Lauer et al. 2020) and onset to
    /// admission 6, 6 and 4, less the nine days from infection to report.
    pub admission_delay_days: [f64; AGE_CLASSES],
    /// Share of admitted patients who enter intensive care, 0 to 1.
    pub icu_share: [f64; AGE_CLASSES],
    /// Mean days in hospital of those who stay on the ward, 0.1 to 60.
    pub ward_stay_days: [f64; AGE_CLASSES],
    /// Mean days in hospital of those who come to intensive care, who are counted there all the time; 0.1 to 60.
    pub icu_stay_days: [f64; AGE_CLASSES],
}

impl Default for Severity {
    fn default() -> Self {
        Self {
            symptomatic: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9],
            fatality: [2e-5, 2e-5, 1e-4, 3.2e-4, 9.8e-4, 2.65e-3, 7.66e-3, 2.44e-2, 8.29e-2],
            hospitalised: [0.017, 0.045, 0.074],
            admission_delay_days: [2.5, 2.5, 0.5],
            icu_share: [0.238, 0.361, 0.353],
            ward_stay_days: [4.9, 7.6, 8.1],
            icu_stay_days: [9.5, 10.5, 10.0],
        }
    }
}

impl Severity {
    /// The class of age that a person of `age` years belongs to.
    ///
    /// ```
    /// assert_eq!([49, 50, 64, 65, 99].map(countycast_engine::Severity::class), [0, 1, 1, 2, 2]);
    /// ```
    #[must_use]
    pub const fn class(age: u8) -> usize {
        match age {
            0..50 => 0,
            50..65 => 1,
            _ => 2,
        }
    }

    /// Share of the infections at these ages that end in death, years of age alike; the last ages are 80 to 89.
    #[must_use]
    pub fn deaths(&self, ages: Range<u8>) -> f64 {
        mean(ages, |age| self.fatality[decade(age)])
    }

    /// Share of the infections at these ages that are admitted, years of age alike.
    #[must_use]
    pub fn admissions(&self, ages: Range<u8>) -> f64 {
        mean(ages, |age| self.symptomatic[decade(age)] * self.hospitalised[Self::class(age)])
    }

    /// The same for each class of age.
    #[must_use]
    pub fn admissions_by_class(&self) -> [f64; AGE_CLASSES] {
        CLASSES.map(|ages| self.admissions(ages))
    }

    /// From a case's report to its admission, by class of age.
    #[must_use]
    pub fn admission_delays(&self) -> [Delay; AGE_CLASSES] {
        self.admission_delay_days.map(|mean| Delay::of_shape(mean, SHAPE))
    }

    /// Time in hospital without intensive care, by class of age.
    #[must_use]
    pub fn ward_stays(&self) -> [Delay; AGE_CLASSES] {
        self.ward_stay_days.map(|mean| Delay::of_shape(mean, SHAPE))
    }

    /// Time in hospital with intensive care, by class of age.
    #[must_use]
    pub fn icu_stays(&self) -> [Delay; AGE_CLASSES] {
        self.icu_stay_days.map(|mean| Delay::of_shape(mean, SHAPE))
    }

    /// Checks every range.
    ///
    /// # Errors
    /// [`SettingsError`] for the first setting outside its range.
    pub fn check(&self) -> Result<(), SettingsError> {
        let decades = [("severity.symptomatic", self.symptomatic), ("severity.fatality", self.fatality)];
        let classes = [
            ("severity.hospitalised", self.hospitalised, 0.0, 1.0),
            ("severity.admission_delay_days", self.admission_delay_days, 0.0, 30.0),
            ("severity.icu_share", self.icu_share, 0.0, 1.0),
            ("severity.ward_stay_days", self.ward_stay_days, 0.1, 60.0),
            ("severity.icu_stay_days", self.icu_stay_days, 0.1, 60.0),
        ];
        let decades = decades.into_iter().flat_map(|(name, values)| values.map(|value| (name, value, 0.0, 1.0)));
        let classes =
            classes.into_iter().flat_map(|(name, values, low, high)| values.map(|value| (name, value, low, high)));
        SettingsError::check(decades.chain(classes))
    }
}

const fn decade(age: u8) -> usize {
    let decade = age as usize / 10;
    if decade < DECADES { decade } else { DECADES - 1 }
}

/// Mean over years of age; of those beyond [`OLDEST`] only where there are no others.
fn mean(ages: Range<u8>, of: impl Fn(u8) -> f64) -> f64 {
    let end = ages.end.min(OLDEST).max(ages.start + 1);
    (ages.start..end).map(of).sum::<f64>() / f64::from(end - ages.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_are_means_over_years_of_age() {
        let severity = Severity::default();
        // Ages 50–64: ten years of one decade, five of the next.
        assert!((severity.deaths(50..65) - (10.0 * 2.65e-3 + 5.0 * 7.66e-3) / 15.0).abs() < 1e-15);
        assert!((severity.admissions(11..18) - 0.55 * 0.017).abs() < 1e-15);
        assert_eq!(severity.deaths(85..120), severity.fatality[8]);
        let [young, middle, old] = severity.admissions_by_class();
        assert!((young - 0.6 * 0.017).abs() < 1e-12 && (middle - 23.0 / 30.0 * 0.045).abs() < 1e-12);
        assert!((old - 0.86 * 0.074).abs() < 1e-12, "{old}");
    }

    #[test]
    fn a_value_out_of_its_range_is_named() {
        assert_eq!(Severity::default().check(), Ok(()));
        let wrong = Severity { icu_share: [0.2, 1.2, 0.3], ..Severity::default() };
        assert_eq!(wrong.check().unwrap_err().name, "severity.icu_share");
    }
}
