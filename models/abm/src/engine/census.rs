//! Patients reported against patients expected.

use countycast_engine::Patients;

/// Patients added to both sides before they are compared: a handful tells little.
const PRIOR_PATIENTS: f64 = 20.0;
/// Reports beyond this factor of what is expected are not believed: other patients, or other days, are in them.
const MOST: f64 = 4.0;

/// Patients of the as-of day over those expected, as the state reports them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Census {
    /// On the ward.
    pub(crate) ward: f64,
    /// In intensive care.
    pub(crate) icu: f64,
}

impl Census {
    /// Patients as expected.
    pub(crate) const EXPECTED: Self = Self { ward: 1.0, icu: 1.0 };

    /// The reported patients over those expected, which are all patients, and those of them in intensive care.
    pub(crate) fn compare(report: Patients, (hospital, icu): (f64, f64)) -> Self {
        let factor = |reported: f64, expected: f64| {
            ((reported + PRIOR_PATIENTS) / (expected + PRIOR_PATIENTS)).clamp(1.0 / MOST, MOST)
        };
        report.icu.map_or_else(
            || {
                let all = factor(report.hospital, hospital);
                Self { ward: all, icu: all }
            },
            |in_icu| Self { ward: factor(report.hospital - in_icu, hospital - icu), icu: factor(in_icu, icu) },
        )
    }
}
