//! The network on invented panels.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_deepar::{DeepAr, Settings};
use countycast_engine::{Epidemiology, Places};
use countycast_testkit::panel::PANEL_SEED;

/// A small network and few steps: enough for a panel of a hundred counties.
pub(crate) fn small() -> Settings {
    Settings { units: 16, committee: 2, steps: 300, warm_steps: 100, batch: 64, ..Settings::default() }
}

pub(crate) fn trained(places: &Places, settings: Settings) -> DeepAr {
    DeepAr::new(settings, &Epidemiology::default()).unwrap().trained(places, PANEL_SEED).unwrap()
}
