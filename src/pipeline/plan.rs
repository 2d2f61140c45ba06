//! The plan of a batch.

use std::sync::Arc;
use std::time::Duration;

use countycast_engine::{Engine, Epidemiology, Horizon, Scenario};

use super::earlier::Earlier;
use super::schools::Schools;
use crate::blend::{Coupling, Learned};
use crate::{capacity, fallback, phase};

/// The plan of a batch: everything that determines a projection, plus threads and time limits.
#[derive(Clone)]
pub struct Plan {
    /// The engines, in the order of the output.
    pub engines: Vec<Arc<dyn Engine>>,
    /// Criteria for projecting a county from its own history.
    pub phase: phase::Settings,
    /// How the other counties follow their state.
    pub fallback: fallback::Settings,
    /// Facts of the disease: how cases become patients, how long a generation takes.
    pub epidemiology: Epidemiology,
    /// Usual occupancy of beds, which rules about intensive care look at.
    pub capacity: capacity::Settings,
    /// The blend's prior shares and what it learned from past projections.
    pub learned: Arc<Learned>,
    /// Parameters from an earlier day's fits.
    pub earlier: Arc<Earlier>,
    /// Correlation of places where regions are their sums.
    pub coupling: Couplings,
    /// Share of counts missing on a public holiday ([`crate::panel::Settings::holiday_loss`]).
    pub holiday_loss: f64,
    /// Days after the as-of day.
    pub horizon: Horizon,
    /// Joint draws an engine makes, at least 1.
    pub draws: usize,
    /// Scenarios to compare with the baseline.
    pub scenarios: Vec<Levels>,
    /// Whether [`Projected::joint`](super::Projected::joint) is kept for the selected places without scenarios, too.
    pub joint: bool,
    /// Where and when schools are open, which scenarios may close.
    pub schools: Schools,
    /// Seed of all random streams.
    pub seed: u64,
    /// Threads.
    pub jobs: usize,
    /// Time limit of an engine in a location, for the baseline and again for each scenario that it draws there.
    pub limit: Duration,
    /// Time limit for training an engine on all places.
    pub training_limit: Duration,
}

/// One scenario: the same changes at one strength, or at several equally likely ones, over which draws rotate.
pub type Levels = Vec<Scenario>;

/// Draws that a scenario with rules may take the time of.
const AGAIN: usize = 8;

/// Rank correlations between places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Couplings {
    /// A county with its state's factor.
    pub county: Coupling,
    /// A state with the nation's.
    pub state: Coupling,
}

impl Plan {
    /// Whether joint draws of the selected places are kept.
    pub(super) fn keeps_joint(&self) -> bool {
        self.joint || !self.scenarios.is_empty()
    }

    /// Time limit of an engine in one location, all scenarios included.
    pub(super) fn limit_each(&self) -> Duration {
        // Trajectories in which a rule begins or ends a measure are drawn again.
        let times = |scenario: &Scenario| if scenario.ruled().is_empty() { 1 } else { AGAIN };
        let drawn: usize = self.scenarios.iter().flatten().map(times).sum();
        self.limit.saturating_mul(u32::try_from(1 + drawn).unwrap_or(u32::MAX))
    }
}
