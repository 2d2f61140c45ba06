//! What a simulation runs in.

use crate::disease::Disease;
use crate::plan::Plan;
use crate::population::Population;

/// What does not change while an epidemic runs.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The people.
    pub population: &'a Population,
    /// The disease.
    pub disease: &'a Disease,
    /// What changes when.
    pub plan: &'a Plan,
    /// Weekday of simulated day 0, Sunday 0.
    pub first_weekday: usize,
    /// The multiplier that one level of attempts reaches to.
    pub unit: f32,
    /// Levels of attempts drawn for those infected from now on, 1 to 4.
    pub levels: u32,
}
