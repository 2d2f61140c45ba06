//! Beds of a place, and how many other patients leave free.

use std::str::FromStr;

use countycast_engine::{Covariate, Covariates};
use serde::{Deserialize, Serialize};

use super::Settings;

/// Kind of bed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bed {
    /// A staffed bed outside intensive care.
    Ward,
    /// A staffed bed in intensive care.
    Icu,
}

impl Bed {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Ward, Self::Icu];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ward => "ward",
            Self::Icu => "icu",
        }
    }
}

/// Text that names no kind of bed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kind of bed: `ward` or `icu`")]
pub struct BedError(pub String);

impl FromStr for Bed {
    type Err = BedError;

    fn from_str(name: &str) -> Result<Self, BedError> {
        Self::ALL.into_iter().find(|bed| bed.name() == name).ok_or_else(|| BedError(name.to_owned()))
    }
}

/// Beds of one kind. Unknown differs from zero: a place without a hospital is known to have 0 beds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Beds {
    /// Staffed beds; none if unknown.
    pub staffed: Option<f64>,
    /// Beds occupied by other patients; none if beds are unknown.
    pub others: Option<f64>,
}

impl Beds {
    /// Beds of a place with these covariates: staffed beds, those in intensive care among them, and the shares of both
    /// that were occupied before the epidemic.
    #[must_use]
    pub fn of(facts: &Covariates, bed: Bed, settings: &Settings) -> Self {
        let icu = facts.get(Covariate::StaffedIcuBeds);
        let (staffed, occupancy, usual) = match bed {
            Bed::Ward => {
                let all = facts.get(Covariate::StaffedBeds);
                (all.zip(icu).map(|(all, icu)| (all - icu).max(0.0)), Covariate::BedOccupancy, settings.ward_occupancy)
            }
            Bed::Icu => (icu, Covariate::IcuOccupancy, settings.icu_occupancy),
        };
        let share = facts.get(occupancy).unwrap_or(usual) * settings.other_patients;
        Self { staffed, others: staffed.map(|beds| beds * share.clamp(0.0, 1.0)) }
    }

    /// Beds left for patients of the disease; none where beds are unknown or there is no hospital.
    #[must_use]
    pub fn free(&self) -> Option<f64> {
        let staffed = self.staffed.filter(|staffed| *staffed > 0.0);
        staffed.zip(self.others).map(|(staffed, others)| staffed - others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(values: &[(Covariate, f64)]) -> Covariates {
        let mut facts = Covariates::default();
        values.iter().for_each(|(covariate, value)| facts.set(*covariate, *value));
        facts
    }

    #[test]
    fn a_kind_of_bed_is_read_back_from_its_name() {
        assert_eq!(Bed::ALL.map(|bed| bed.name().parse()), Bed::ALL.map(Ok));
        assert_eq!("cot".parse::<Bed>(), Err(BedError("cot".to_owned())));
    }

    #[test]
    fn unknown_beds_and_no_hospital_are_different_answers() {
        let settings = Settings::default();
        let none =
            Beds::of(&facts(&[(Covariate::StaffedBeds, 0.0), (Covariate::StaffedIcuBeds, 0.0)]), Bed::Icu, &settings);
        assert_eq!((none.staffed, none.free()), (Some(0.0), None));
        assert_eq!(Beds::of(&facts(&[(Covariate::StaffedBeds, 40.0)]), Bed::Icu, &settings).free(), None);
    }

    #[test]
    fn other_patients_take_the_countys_own_share_or_the_usual_one() {
        let settings =
            Settings { ward_occupancy: 0.5, icu_occupancy: 0.25, other_patients: 0.8, ..Settings::default() };
        let known = facts(&[
            (Covariate::StaffedBeds, 120.0),
            (Covariate::StaffedIcuBeds, 20.0),
            (Covariate::BedOccupancy, 0.75),
        ]);
        let ward = Beds::of(&known, Bed::Ward, &settings);
        assert_eq!((ward.staffed, ward.others), (Some(100.0), Some(100.0 * (0.75 * 0.8))));
        assert_eq!(Beds::of(&known, Bed::Icu, &settings).free(), Some(20.0 - 20.0 * (0.25 * 0.8)));
    }
}
