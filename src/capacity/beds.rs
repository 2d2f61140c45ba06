//! Beds of a place, and how many other patients leave free.

use countycast_engine::Covariates;

use super::Settings;

/// Kind of bed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bed {
    /// A staffed bed outside intensive care.
    Ward,
    /// A staffed bed in intensive care.
    Icu,
}

impl Bed {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Ward, Self::Icu];

    /// The name in outputs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ward => "ward",
            Self::Icu => "icu",
        }
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
    /// Beds of a place with these facts: `staffed_beds`, `staffed_icu_beds` (part of the former), and the shares
    /// `bed_occupancy` and `icu_occupancy` that were taken before the epidemic.
    #[must_use]
    pub fn of(facts: &Covariates, bed: Bed, settings: &Settings) -> Self {
        let icu = facts.get("staffed_icu_beds");
        let (staffed, occupancy, usual) = match bed {
            Bed::Ward => {
                let all = facts.get("staffed_beds");
                (all.zip(icu).map(|(all, icu)| (all - icu).max(0.0)), "bed_occupancy", settings.ward_occupancy)
            }
            Bed::Icu => (icu, "icu_occupancy", settings.icu_occupancy),
        };
        let share = facts.get(occupancy).unwrap_or(usual) * settings.other_patients;
        Self { staffed, others: staffed.map(|beds| beds * share.clamp(0.0, 1.0)) }
    }

    /// Beds left for patients of the disease.
    #[must_use]
    pub fn free(&self) -> Option<f64> {
        self.staffed.zip(self.others).map(|(staffed, others)| staffed - others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(values: &[(&str, f64)]) -> Covariates {
        let mut facts = Covariates::default();
        values.iter().for_each(|(name, value)| facts.set(*name, *value));
        facts
    }

    #[test]
    fn unknown_beds_and_no_hospital_are_different_answers() {
        let settings = Settings::default();
        let none = Beds::of(&facts(&[("staffed_beds", 0.0), ("staffed_icu_beds", 0.0)]), Bed::Icu, &settings);
        assert_eq!((none.staffed, none.free()), (Some(0.0), Some(0.0)));
        assert_eq!(Beds::of(&facts(&[("staffed_beds", 40.0)]), Bed::Icu, &settings).free(), None);
    }

    #[test]
    fn other_patients_take_the_countys_own_share_or_the_usual_one() {
        let settings =
            Settings { ward_occupancy: 0.5, icu_occupancy: 0.25, other_patients: 0.8, ..Settings::default() };
        let known = facts(&[("staffed_beds", 120.0), ("staffed_icu_beds", 20.0), ("bed_occupancy", 0.75)]);
        let ward = Beds::of(&known, Bed::Ward, &settings);
        assert_eq!((ward.staffed, ward.others), (Some(100.0), Some(100.0 * (0.75 * 0.8))));
        assert_eq!(Beds::of(&known, Bed::Icu, &settings).free(), Some(20.0 - 20.0 * (0.25 * 0.8)));
    }
}
