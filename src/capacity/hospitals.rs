//! What the hospital patients of all places share: stays, the levels that states report, and how these drift.

use countycast_engine::{Epidemiology, Fips, History, Streams};

use super::chance::Chance;
use super::course::Course;
use super::level::{Level, Levels};
use super::stays::Stays;
use crate::panel::Panel;

/// The course of hospital patients in all places of a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Hospitals {
    stays: Stays,
    levels: Levels,
    chance: Chance,
    seed: u64,
}

impl Hospitals {
    /// From the panel's reports; for `draws` trajectories of `days` days at most.
    #[must_use]
    pub fn new(panel: &Panel, epidemiology: &Epidemiology, draws: usize, days: usize, seed: u64) -> Self {
        let stays = Stays::new(epidemiology);
        let levels = Levels::new(panel, &stays);
        Self { levels, chance: Chance::new(draws, days, seed), stays, seed }
    }

    /// The same for places of which no patients are reported.
    #[must_use]
    pub fn unreported(epidemiology: &Epidemiology, draws: usize, days: usize, seed: u64) -> Self {
        let (stays, levels) = (Stays::new(epidemiology), Levels::unreported());
        Self { levels, chance: Chance::new(draws, days, seed), stays, seed }
    }

    /// The course of a place's patients over so many days.
    #[must_use]
    pub fn course(&self, history: &History, days: usize) -> Course<'_> {
        let fips = history.location().fips;
        Course::new(
            history,
            &self.stays,
            self.levels.of(fips),
            &self.chance,
            Streams::new(self.seed, "hospital", fips),
            days,
        )
    }

    /// What the reports tell of a place.
    #[must_use]
    pub fn level(&self, place: Fips) -> Level {
        self.levels.of(place)
    }
}
