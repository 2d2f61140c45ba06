//! Facts of places that do not change, on a common scale.

use countycast_engine::{Covariate, Location};
use serde::{Deserialize, Serialize};

/// Facts that the network is told.
const NAMES: [Covariate; FACTS] = [
    Covariate::MedianAge,
    Covariate::Age65Plus,
    Covariate::Age20To24,
    Covariate::DensityPerSquareMile,
    Covariate::RuralUrban,
    Covariate::HouseholdSize,
    Covariate::GroupQuarters,
    Covariate::MedianHouseholdIncome,
    Covariate::CollegeDegree,
    Covariate::Uninsured,
    Covariate::Minority,
    Covariate::LimitedEnglish,
    Covariate::MaskAlways,
    Covariate::MaskNever,
    Covariate::Latitude,
    Covariate::Longitude,
];

/// Number of facts.
pub(crate) const FACTS: usize = 16;

/// The facts of a place as they are; not a number where unknown.
pub(crate) fn raw(location: &Location) -> [f64; FACTS] {
    NAMES.map(|name| {
        let value = location.covariates.get(name).unwrap_or(f64::NAN);
        if name == Covariate::DensityPerSquareMile { (value + 1.0).ln() } else { value }
    })
}

/// Mean and standard deviation of each fact over the places that a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Standard {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Standard {
    /// Of places with these facts.
    pub(crate) fn of(places: &[[f64; FACTS]]) -> Self {
        let moment = |of: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
            let mean = |fact: usize| {
                let known: Vec<f64> = places.iter().map(|facts| facts[fact]).filter(|value| !value.is_nan()).collect();
                known.iter().map(|value| of(fact, *value)).sum::<f64>() / known.len().max(1) as f64
            };
            (0..FACTS).map(mean).collect()
        };
        let means = moment(&|_, value| value);
        let deviations =
            moment(&|fact, value| (value - means[fact]).powi(2)).iter().map(|square| square.sqrt()).collect();
        Self { means, deviations }
    }

    /// A place's facts in standard deviations from the mean; 0 where unknown or everywhere the same.
    pub(crate) fn scaled(&self, facts: &[f64; FACTS]) -> [f64; FACTS] {
        std::array::from_fn(|fact| {
            let scaled = (facts[fact] - self.means[fact]) / self.deviations[fact];
            if scaled.is_finite() { scaled } else { 0.0 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_told_in_deviations_and_what_is_unknown_is_the_mean() {
        let mut places = [[1.0; FACTS]; 3];
        (places[0][0], places[1][0], places[2][0]) = (2.0, 6.0, f64::NAN);
        let standard = Standard::of(&places);
        let first: Vec<f64> = places.iter().map(|facts| standard.scaled(facts)[0]).collect();
        assert_eq!(first, [-1.0, 1.0, 0.0]);
        assert_eq!(standard.scaled(&places[0])[1], 0.0, "everywhere the same");
    }
}
