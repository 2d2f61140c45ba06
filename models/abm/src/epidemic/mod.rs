//! One simulated epidemic: who is immune, and the attempts that wait for their day.

mod compliance;
mod exposure;
mod immunity;
mod imports;
mod infections;
mod tally;

use crate::disease::{Disease, WHEEL, class};
use crate::plan::Plan;
use crate::population::{Population, band_of};
use crate::random::Key;
use crate::wheel::Lane;
pub(crate) use exposure::Exposure;
pub use imports::Imports;
pub(crate) use infections::Drive;
pub use tally::Tally;

/// Days after which nobody infected today infects anyone.
pub const LONGEST_GENERATION: usize = WHEEL - 1;
/// Cannot be infected.
const IMMUNE: u8 = 1;
/// Has been vaccinated.
const VACCINATED: u8 = 2;
/// From this bit on stands the class of susceptibility, so that a test touches one byte of a person.
const CLASS: u32 = 2;
/// People of one lane at most; more lanes let more threads work on one place.
const PEOPLE_A_LANE: usize = 131_072;

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

/// The changing part of a simulation.
#[derive(Debug, Clone)]
pub struct Epidemic {
    key: Key,
    status: Vec<u8>,
    /// A lane for each block of people: their attempts, once they are infected.
    lanes: Vec<Lane>,
    /// How many of the people by age, oldest first, have been offered a vaccine.
    offered: usize,
}

impl Epidemic {
    /// Nobody infected, nobody immune.
    #[must_use]
    pub fn new(population: &Population, key: Key) -> Self {
        let lanes = population.len().div_ceil(PEOPLE_A_LANE).max(1);
        let status = population.ages().iter().map(|age| (class(band_of(*age)) as u8) << CLASS).collect();
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

    /// Runs one day with a given multiplier and infections from elsewhere.
    pub fn step(&mut self, world: &World<'_>, day: usize, multiplier: f32, imports: impl Into<Imports>) -> Tally {
        self.prepare(world, day);
        let exposure = self.expose(world, day, multiplier);
        self.commit(world, day, &exposure, Drive::Multiplier(multiplier), imports.into())
    }

    /// People of a block.
    fn block(&self) -> usize {
        self.status.len().div_ceil(self.lanes.len()).max(1)
    }

    fn susceptibility(&self, world: &World<'_>, person: u32) -> f32 {
        world.disease.susceptibility[usize::from(self.status[person as usize] >> CLASS & 7)]
    }
}
