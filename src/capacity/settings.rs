//! Settings of hospital capacity.

use countycast_engine::SettingsError;
use serde::{Deserialize, Serialize};

/// Which beds are left for patients of the disease, and where these go.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
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
        Self { ward_occupancy: 0.63, icu_occupancy: 0.63, other_patients: 1.0, nearness_km: 20.0 }
    }
}

impl Settings {
    /// Checks that every setting is in range.
    ///
    /// # Errors
    /// The name of the setting, its value and its range.
    pub fn check(&self) -> Result<(), String> {
        let settings = [
            ("ward_occupancy", self.ward_occupancy, 0.0, 1.0),
            ("icu_occupancy", self.icu_occupancy, 0.0, 1.0),
            ("other_patients", self.other_patients, 0.0, 2.0),
            ("nearness_km", self.nearness_km, 1.0, 1000.0),
        ];
        SettingsError::check(settings).map_err(|error| format!("[capacity] {error}"))
    }
}
