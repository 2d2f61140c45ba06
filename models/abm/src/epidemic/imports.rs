//! Infections that happen elsewhere, or come from there.

use super::state::{Epidemic, IMMUNE, count};
use super::tally::Tally;
use crate::infect::Infected;
use crate::population::Layer;
use crate::purpose;
use crate::world::World;

/// Infections of one day whose infector lives elsewhere, in people.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Imports {
    /// Of anyone.
    pub anyone: usize,
    /// Of residents who work in another county, at work there.
    pub there: usize,
    /// Of residents who work here, by people who come from another county to work.
    pub here: usize,
    /// The same three with the variant, for each of the day's infections with it by somebody who lives here, at least 0.
    pub with_variant: [f64; 3],
}

impl From<usize> for Imports {
    /// So many of anyone.
    fn from(anyone: usize) -> Self {
        Self { anyone, ..Self::default() }
    }
}

impl Imports {
    /// Room for commuters' infections among `count` in all: what is above is left out.
    pub(super) fn within(self, count: usize) -> Self {
        let there = self.there.min(count);
        Self { there, here: self.here.min(count - there), ..self }
    }

    /// All of them.
    pub(crate) fn total(self) -> usize {
        self.anyone + self.commuting()
    }

    /// Infections of commuters.
    pub(super) fn commuting(self) -> usize {
        self.there + self.here
    }
}

/// Beside a purpose of random numbers: commuters who come, where the purpose is those who leave.
const OTHER_WAY: u64 = 1 << 31;
/// Beside a purpose of random numbers: infections with the variant.
const WITH_VARIANT: u64 = 1 << 30;

/// Whom to infect from elsewhere: how many, with what, and by which numbers.
struct Group {
    count: usize,
    variant: bool,
    purpose: u64,
    /// Whether they are infected at work, where those who stay at home are not.
    at_work: bool,
}

impl Epidemic {
    /// Infects those who are infected from elsewhere on a day on which `variants` people were infected with the variant here.
    pub(super) fn bring_in(
        &mut self,
        world: &World<'_>,
        day: usize,
        imports: Imports,
        variants: usize,
        infected: &mut Vec<Infected>,
        tally: &mut Tally,
    ) {
        let people = world.population;
        let anyone = |number: u32| {
            let n = people.len() as u64;
            (n > 0).then(|| ((u64::from(number) * n) >> 32) as u32)
        };
        let group = |count, purpose| Group { count, purpose, variant: false, at_work: false };
        self.pick(world, day, &group(imports.anyone, purpose::IMPORTED), anyone, infected, tally);
        let there = Group { at_work: true, ..group(imports.there, purpose::COMMUTING) };
        self.pick(world, day, &there, |number| people.leaving(number), infected, tally);
        let here = Group { at_work: true, ..group(imports.here, purpose::COMMUTING | OTHER_WAY) };
        self.pick(world, day, &here, |number| people.working(number), infected, tally);
        if variants > 0 {
            let whole = |kind: usize| {
                let kept = self.key.unit(day as u64, purpose::IMPORTS | WITH_VARIANT | kind as u64);
                (imports.with_variant[kind] * variants as f64 + f64::from(kept)).floor() as usize
            };
            let group = |kind, purpose| Group { variant: true, ..group(whole(kind), purpose | WITH_VARIANT) };
            let [anyone_else, there, here] = [
                group(0, purpose::IMPORTED),
                Group { at_work: true, ..group(1, purpose::COMMUTING) },
                Group { at_work: true, ..group(2, purpose::COMMUTING | OTHER_WAY) },
            ];
            self.pick(world, day, &anyone_else, anyone, infected, tally);
            self.pick(world, day, &there, |number| people.leaving(number), infected, tally);
            self.pick(world, day, &here, |number| people.working(number), infected, tally);
        }
        let introduced = world.plan.on(day).variants_per_person;
        if introduced > 0.0 {
            let count = self.key.at(day as u64, purpose::VARIANT).poisson((introduced * people.len() as f64) as f32);
            let group = Group { variant: true, ..group(count as usize, purpose::VARIANT) };
            self.pick(world, day, &group, anyone, infected, tally);
        }
    }

    /// Infects people picked by numbers, more probably the more susceptible.
    fn pick(
        &mut self,
        world: &World<'_>,
        day: usize,
        group: &Group,
        person: impl Fn(u32) -> Option<u32>,
        infected: &mut Vec<Infected>,
        tally: &mut Tally,
    ) {
        // Where hardly anyone is left, some infections do not happen.
        const TRIES: usize = 20;
        for i in 0..group.count {
            let mut numbers = self.key.at(i as u64, day as u64 | group.purpose);
            for _ in 0..TRIES {
                let Some(person) = person((numbers.bits() >> 32) as u32) else { continue };
                let susceptibility = self.susceptibility(world, person);
                if self.status[person as usize] & IMMUNE == 0 && numbers.unit() < susceptibility {
                    if !(group.at_work && world.plan.on(day).at_home(self.key, person)) {
                        let new = Infected { person, variant: group.variant, quarantine: None };
                        count(&mut self.status[person as usize], world, Layer::ALL.len(), tally);
                        infected.push(new);
                    }
                    break;
                }
            }
        }
    }
}
