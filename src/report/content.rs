//! What the site of a run over daily cases is made from.

use std::collections::BTreeMap;

use countycast_engine::{Delay, Epidemiology, Fips};

use super::Run;
use super::capacity::Needs;
use super::care::Care;
use super::past::PastRun;
use super::projections::PlaceForecast;
use crate::finder::Finder;
use crate::panel::Panel;
use crate::policies::Policies;

/// The data of the site.
pub(super) struct Content {
    pub(super) run: Run,
    pub(super) panel: Panel,
    pub(super) forecasts: BTreeMap<Fips, PlaceForecast>,
    pub(super) needs: Needs,
    pub(super) care: Care,
    pub(super) past: Vec<PastRun>,
    /// The last run before this one, if it is known.
    pub(super) before: Option<PastRun>,
    pub(super) policies: Policies,
    /// Time from one infection to the next, as the run took it.
    pub(super) generation: Delay,
    /// Facts of the epidemic's disease, as the run took them.
    pub(super) epidemiology: Epidemiology,
    /// What the treatment finder knows, if the site has one.
    pub(super) finder: Option<Finder>,
    /// Where the site will lie, if that is known.
    pub(super) address: Option<String>,
}
