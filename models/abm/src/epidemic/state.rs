//! The state of an epidemic.

use super::tally::Tally;
use crate::disease::WHEEL;
use crate::population::{Population, band_of};
use crate::random::Key;
use crate::wheel::Lane;
use crate::world::World;

/// Days after which nobody infected today infects anyone.
pub const LONGEST_GENERATION: usize = WHEEL - 1;
/// Cannot be infected.
pub(super) const IMMUNE: u8 = 1;
/// Has been vaccinated.
pub(super) const VACCINATED: u8 = 2;
/// From this bit on stands the age band, so that a test touches one byte of a person.
const BAND: u32 = 2;
/// People of one lane at most; more lanes let more threads work on one place.
const PEOPLE_A_LANE: usize = 131_072;

/// The changing part of a simulation.
#[derive(Debug, Clone)]
pub struct Epidemic {
    pub(super) key: Key,
    pub(super) status: Vec<u8>,
    /// A lane for each block of people: their attempts, once they are infected.
    pub(super) lanes: Vec<Lane>,
    /// How many of the people by age, oldest first, have been offered a vaccine.
    pub(super) offered: usize,
}

impl Epidemic {
    /// Nobody infected, nobody immune.
    #[must_use]
    pub fn new(population: &Population, key: Key) -> Self {
        let lanes = population.len().div_ceil(PEOPLE_A_LANE).max(1);
        let status = population.ages().map(|age| (band_of(age) as u8) << BAND).collect();
        Self { key, status, lanes: vec![Lane::new(); lanes], offered: 0 }
    }

    /// Bytes held: state of the people and waiting attempts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.status.len() + self.lanes.iter().map(Lane::bytes).sum::<usize>()
    }

    /// Attempts that wait for their day.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lanes.iter().map(Lane::len).sum()
    }

    /// People who can still be infected.
    #[must_use]
    pub fn susceptible(&self) -> usize {
        self.status.iter().filter(|status| **status & IMMUNE == 0).count()
    }

    /// People of a block.
    pub(super) fn block(&self) -> usize {
        self.status.len().div_ceil(self.lanes.len()).max(1)
    }

    pub(super) fn susceptibility(&self, world: &World<'_>, person: u32) -> f32 {
        world.disease.susceptibility[band(self.status[person as usize])]
    }
}

/// Marks a person as infected and counts it.
pub(super) fn count(status: &mut u8, world: &World<'_>, layer: usize, tally: &mut Tally) {
    let severe = if *status & VACCINATED == 0 { 1.0 } else { world.plan.severity_left };
    *status |= IMMUNE;
    let band = band(*status);
    tally.by_layer[layer] += 1;
    tally.by_band[band] += 1;
    tally.severe[band] += severe;
}

/// The age band in a person's status.
#[inline]
pub(super) fn band(status: u8) -> usize {
    usize::from(status >> BAND)
}
