//! From the expected course of reported cases to infections and the reproduction number that makes them.

use crate::compartments::{Forces, Rates, State, Strain};
use crate::mixing::Mixing;

/// The greatest reproduction number believed; what exceeds it has been brought in from outside.
const MAX_REPRODUCTION: f64 = 4.0;

/// The drive that turns one infection course into itself through the SEIR equations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drive {
    /// Effective reproduction number, a value a day.
    pub(crate) effective: Vec<f64>,
    /// Infections that it cannot explain, a value a day: brought in.
    pub(crate) imported: Vec<f64>,
    /// Exposed and infectious at the start of each day.
    pub(crate) stages: Vec<Strain<1>>,
}

/// Inverts the equations: the day's infections over what its infectious people would cause at `R = 1`.
///
/// The chain of stages is linear, so it is run on the given infections; `R_eff = infections · D / mean I`. This is the
/// renewal estimate of Cori et al. (2013) with the generation interval of the compartments. `brought_in` is a known
/// import that is taken off first.
pub(crate) fn invert(infections: &[f64], brought_in: &[f64], rates: &Rates) -> Drive {
    let mixing = Mixing::homogeneous(1.0);
    let mut state = State::<1, 1> { susceptible: [0.0], strains: [Strain::NONE], removed: [0.0] };
    let mut drive = Drive { effective: Vec::new(), imported: Vec::new(), stages: Vec::new() };
    // Before the first day there was as much as on it: nothing starts from an empty chain.
    let first = infections.first().copied().unwrap_or(0.0);
    state.strains[0].exposed = [[first * rates.latent / 3.0]; 3];
    state.strains[0].infectious = [[first * rates.infectious / 3.0]; 3];
    for (new, known) in infections.iter().zip(brought_in) {
        drive.stages.push(state.strains[0]);
        let before: f64 = state.strains[0].infectious.iter().flatten().sum();
        let mut forces = Forces::reproduction(0.0);
        forces.imported = [[*new]];
        // Enough people that the day is not cut short.
        state.susceptible = [10.0 * (new + 1.0)];
        state.day(rates, &forces, &mixing);
        let after: f64 = state.strains[0].infectious.iter().flatten().sum();
        let infectious = f64::midpoint(before, after);
        let local = (new - known).max(0.0);
        let most = MAX_REPRODUCTION * infectious / rates.infectious;
        let effective = if infectious > 1e-9 { local.min(most) * rates.infectious / infectious } else { 0.0 };
        drive.effective.push(effective);
        drive.imported.push(known.min(*new) + (local - most).max(0.0));
    }
    drive
}
