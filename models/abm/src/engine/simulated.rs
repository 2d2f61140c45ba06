//! Infections as simulated, for those who study where and at which age they happen.

use countycast_engine::{Horizon, Scenario};

use super::draw::AbmFit;
use crate::epidemic::Tally;

/// What happens in every simulation of a place, behind its draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// Residents for each simulated person, at least 1: times a tally's numbers they are people.
    pub residents_per_person: f64,
    /// By simulation the days after the as-of day. Draw `i` of [`countycast_engine::Fitted::draw`] rests on simulation `i`
    /// modulo their number.
    pub days: Vec<Vec<Tally>>,
}

impl AbmFit {
    /// Infections of each day by layer and by age under a scenario, on the same random numbers as the draws.
    ///
    /// Infections, not reports: these follow about nine days later, a part of them, and with what a draw adds.
    #[must_use]
    pub fn simulated(&self, scenario: &Scenario, horizon: Horizon) -> Simulated {
        let plan = self.plan(scenario, horizon.days());
        let days = self.ensemble.go_on(&plan, horizon.days(), 0..self.ensemble.past.len());
        Simulated { residents_per_person: self.past.weight, days }
    }
}

impl Simulated {
    /// Infections by layer, in the order of [`crate::Layer::ALL`] with those brought in last, and by age band of five years:
    /// residents, mean of the simulations, over all days.
    #[must_use]
    pub fn totals(&self) -> ([f64; 6], [f64; crate::BANDS]) {
        let mut sum = ([0.0; 6], [0.0; crate::BANDS]);
        let each = self.residents_per_person / self.days.len().max(1) as f64;
        for tally in self.days.iter().flatten() {
            sum.0.iter_mut().zip(tally.by_layer).for_each(|(sum, n)| *sum += each * f64::from(n));
            sum.1.iter_mut().zip(tally.by_band).for_each(|(sum, n)| *sum += each * f64::from(n));
        }
        sum
    }
}
