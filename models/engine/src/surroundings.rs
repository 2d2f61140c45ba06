//! Surroundings of a place: the nation's counts and the neighbours'.

use std::collections::BTreeMap;

use crate::{Date, Fips, Places, Track};

/// Counts of a place and the number of its residents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Around {
    /// New cases a day.
    pub cases: Track,
    /// Residents; NaN if unknown.
    pub population: f64,
}

/// The nation and each county's neighbours taken together, from the panel that the engine was trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// First day of the counts.
    pub first_day: Date,
    /// The nation, where the panel has it.
    pub nation: Option<Around>,
    /// Each county's neighbours together; counties without any have no entry.
    pub neighbours: BTreeMap<Fips, Around>,
}

impl Surroundings {
    /// Sums the surroundings of each place; none if there are no places.
    #[must_use]
    pub fn of(places: &Places) -> Option<Self> {
        let first_day = places.histories().next()?.first_day();
        let nation = places.history(Fips::US).map(|nation| Around {
            cases: Track::new(nation.cases().cleaned().iter().copied()),
            population: nation.location().population.unwrap_or(f64::NAN),
        });
        let together = |fips: Fips| {
            let beside: Vec<_> = places.neighbours(fips).iter().filter_map(|beside| places.history(*beside)).collect();
            let days = beside.iter().map(|history| history.days()).min()?;
            let cases = (0..days).map(|day| beside.iter().map(|history| history.cases().cleaned()[day]).sum());
            let population = beside.iter().filter_map(|history| history.location().population).sum();
            Some((fips, Around { cases: Track::new(cases), population }))
        };
        let neighbours = places.histories().filter_map(|history| together(history.location().fips)).collect();
        Some(Self { first_day, nation, neighbours })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_place_nothing_lies_around() {
        assert!(Surroundings::of(&Places::default()).is_none());
    }
}
