//! The learner on invented panels.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::{Epidemiology, Places};
use countycast_learner::{Learner, Settings};
use countycast_testkit::panel::PANEL_SEED;

/// Few trees: enough for a panel of a hundred counties.
pub(crate) fn small() -> Settings {
    Settings { trees: 60, depth: 4, rough_trees: 20, committee: 1, ..Settings::default() }
}

pub(crate) fn trained(places: &Places, settings: Settings) -> Learner {
    Learner::new(settings, &Epidemiology::default()).unwrap().trained(places, PANEL_SEED).unwrap()
}
