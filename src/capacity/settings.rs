//! Settings of hospital capacity.

use countycast_engine::SettingsError;
use serde::Deserialize;

use super::CLASSES;

/// How cases become hospital patients, and how many beds are free for them. Values by age class are for 0–49, 50–64 and
/// 65 years and above, from the CDC planning scenarios (2020, scenario 5) unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Infections with symptoms behind one reported case, 0 to 20. With the CDC's shares below, 2.8 gives 9 admissions
    /// for 100 reported cases in the nation: what HHS counted from July to August 2020 (7 to 10).
    pub symptomatic_per_case: f64,
    /// Share of infections with symptoms that are admitted, by age class, 0 to 1.
    pub hospitalised: [f64; CLASSES],
    /// Mean days from a case's report to its admission, by age class, 0 to 30: infection to admission 11.5, 11.5 and
    /// 9.5 days, less nine days from infection to report.
    pub admission_delay_days: [f64; CLASSES],
    /// Share of admitted patients who enter intensive care, by age class, 0 to 1.
    pub icu_share: [f64; CLASSES],
    /// Mean days in hospital of those who stay on the ward, by age class, above 0 to 60.
    pub ward_stay_days: [f64; CLASSES],
    /// Mean days in hospital of patients who enter intensive care; they are counted there for the whole stay. Above 0
    /// to 60.
    pub icu_stay_days: [f64; CLASSES],
    /// Share of ward beds occupied by other patients if the county's own is unknown, 0 to 1. The mean over hospitals'
    /// cost reports as collected by CovidCareMap, 2020.
    pub ward_occupancy: f64,
    /// The same for intensive care.
    pub icu_occupancy: f64,
    /// Other patients as a multiple of the usual number, 0 to 2: below 1 if elective treatment is postponed.
    pub other_patients: f64,
    /// Distance over which the attraction of a hospital falls to 37 %, kilometres, 1 to 1000.
    pub nearness_km: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            symptomatic_per_case: 2.8,
            hospitalised: [0.017, 0.045, 0.074],
            admission_delay_days: [2.5, 2.5, 0.5],
            icu_share: [0.238, 0.361, 0.353],
            ward_stay_days: [4.9, 7.6, 8.1],
            icu_stay_days: [9.5, 10.5, 10.0],
            ward_occupancy: 0.63,
            icu_occupancy: 0.63,
            other_patients: 1.0,
            nearness_km: 20.0,
        }
    }
}

impl Settings {
    /// Checks that every setting is in range.
    ///
    /// # Errors
    /// The name of the setting, its value and its range.
    pub fn check(&self) -> Result<(), String> {
        let single = [
            ("symptomatic_per_case", self.symptomatic_per_case, 0.0, 20.0),
            ("ward_occupancy", self.ward_occupancy, 0.0, 1.0),
            ("icu_occupancy", self.icu_occupancy, 0.0, 1.0),
            ("other_patients", self.other_patients, 0.0, 2.0),
            ("nearness_km", self.nearness_km, 1.0, 1000.0),
        ];
        let by_class = [
            ("hospitalised", self.hospitalised, 0.0, 1.0),
            ("admission_delay_days", self.admission_delay_days, 0.0, 30.0),
            ("icu_share", self.icu_share, 0.0, 1.0),
            ("ward_stay_days", self.ward_stay_days, 0.1, 60.0),
            ("icu_stay_days", self.icu_stay_days, 0.1, 60.0),
        ];
        let by_class =
            by_class.into_iter().flat_map(|(name, values, low, high)| values.map(|value| (name, value, low, high)));
        SettingsError::check(single.into_iter().chain(by_class)).map_err(|error| format!("[capacity] {error}"))
    }
}
