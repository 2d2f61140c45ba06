//! A place with everything its features are computed from.

use countycast_engine::{History, Surroundings};

use crate::day::Day;
use crate::features::{COUNT, FEATURES};
use crate::place::Place;

/// A place whose features can be computed on any of its days.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) place: Place<'a>,
    /// Features that are facts about the place; NaN for those that depend on the day.
    facts: [f64; COUNT],
    /// Which features the boosters are given.
    given: [bool; COUNT],
}

impl<'a> Subject<'a> {
    /// Of all features but those whose names begin with one of `without`.
    pub(crate) fn new(history: &'a History, surroundings: &'a Surroundings, without: &[String]) -> Self {
        let location = history.location();
        Self {
            place: Place::new(history, surroundings),
            facts: FEATURES.map(|feature| feature.fact(location).unwrap_or(f64::NAN)),
            given: FEATURES.map(|feature| !without.iter().any(|start| feature.name.starts_with(start.as_str()))),
        }
    }

    /// The features once the first `seen` days are known, at least one; what is not known is not a number.
    pub(crate) fn features(&self, seen: usize) -> [f32; COUNT] {
        let day = Day::new(&self.place, seen);
        std::array::from_fn(|i| {
            if !self.given[i] {
                return f32::NAN;
            }
            let value = FEATURES[i].on(&day).unwrap_or(self.facts[i]) as f32;
            if value.is_finite() { value } else { f32::NAN }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use countycast_engine::{Date, Location, Places, Series};

    use super::*;
    use crate::features::NAMES;

    #[test]
    fn growth_of_patients_leaves_out_the_last_day_and_days_without_a_report() {
        let days = 60;
        let mut patients: Vec<f64> = (0..days).map(|day| 1e6 * 2.0_f64.powf(f64::from(day) / 7.0)).collect();
        (patients[59], patients[50]) = (1.0, f64::NAN);
        let counts = || Series::from_counts(vec![10.0; days as usize]).unwrap();
        let location = Arc::new(Location::new("19".parse().unwrap(), "a state"));
        let history = History::new(location, Date::constant(2020, 3, 1), counts(), counts(), None).unwrap();
        let surroundings = Surroundings::of(&Places::new([Arc::new(history.clone())], [].into())).unwrap();
        let growth = |history: &History, seen: usize| {
            let features = Subject::new(history, &surroundings, &[]).features(seen);
            ["patients_growth_1", "patients_growth_2"]
                .map(|name| features[NAMES.iter().position(|known| *known == name).unwrap()])
        };
        let reported = history.clone().with_patients_by_day(patients.into()).unwrap();
        // The blank day moves the mean of its three days by less than a thirtieth.
        let [last, before] = growth(&reported, 60);
        assert!((last - 2.0_f32.ln()).abs() < 0.1 && (before - 2.0_f32.ln()).abs() < 0.1, "{last}, {before}");
        assert!(growth(&reported, 12)[1].is_nan(), "no report so early");
        assert!(growth(&history, 60).iter().all(|growth| growth.is_nan()), "nothing reported");
    }
}
