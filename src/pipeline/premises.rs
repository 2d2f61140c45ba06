//! What the projections of all places share.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use countycast_engine::{Fips, Streams};
use rand::RngExt;

use super::failure::Failure;
use super::job::FALLBACK;
use super::plan::Plan;
use crate::capacity::Hospitals;
use crate::fallback::Shares;
use crate::panel::{Panel, Place};
use crate::phase::Phase;
use crate::scores::quintiles_of;

/// The panel, the plan, and estimates from the whole panel, which do not depend on the places selected.
pub(super) struct Premises<'a> {
    pub(super) panel: &'a Panel,
    pub(super) plan: Plan,
    pub(super) shares: Arc<Shares>,
    pub(super) hospitals: Arc<Hospitals>,
    pub(super) quintiles: HashMap<Fips, u8>,
    /// Counties whose history is hidden to evaluate the fallback.
    hidden: BTreeSet<Fips>,
    /// Engines whose training failed, left out everywhere.
    pub(super) untrained: Vec<Failure>,
}

impl<'a> Premises<'a> {
    pub(super) fn new(panel: &'a Panel, plan: Plan) -> Self {
        let hidden = hidden(panel, &plan);
        let shares = Arc::new(Shares::learn(panel, &plan.fallback, &hidden));
        let hospitals = Hospitals::new(panel, &plan.epidemiology, plan.draws, plan.horizon.days(), plan.seed);
        // Computed on the whole panel, so a county's stratum does not depend on the selection.
        let residents = |place: &Place| Some((place.fips(), place.history.location().population?));
        let quintiles = quintiles_of(panel.counties().iter().filter_map(residents));
        Self { panel, plan, shares, hospitals: Arc::new(hospitals), quintiles, hidden, untrained: Vec::new() }
    }

    pub(super) fn phase(&self, place: &Place) -> Phase {
        if self.hidden.contains(&place.fips()) {
            return Phase::Hidden;
        }
        self.plan.phase.phase(&place.history, place.district())
    }
}

/// Independent counties whose history the plan hides, chosen at random.
fn hidden(panel: &Panel, plan: &Plan) -> BTreeSet<Fips> {
    let share = plan.fallback.hidden_share;
    let drawn = |fips| Streams::new(plan.seed, FALLBACK, fips).rng("hidden", 0).random_bool(share.clamp(0.0, 1.0));
    let known =
        |place: &&Place| matches!(plan.phase.phase(&place.history, place.district()), Phase::Independent { .. });
    let candidates = panel.counties().iter().filter(|_| share > 0.0).filter(known);
    candidates.map(Place::fips).filter(|fips| drawn(*fips)).collect()
}
