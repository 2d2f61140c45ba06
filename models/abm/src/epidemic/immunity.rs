//! How people become immune without an infection that is simulated, and how they cease to be.

use super::state::{Epidemic, IMMUNE, VACCINATED};
use crate::population::BANDS;
use crate::purpose;
use crate::world::World;

impl Epidemic {
    /// Makes `count` people immune, chosen by susceptibility: the infections of the past.
    pub fn immunise(&mut self, world: &World<'_>, count: usize) {
        let people = self.status.len() as u32;
        let mut numbers = self.key.at(0, purpose::PAST);
        let (mut done, mut tries) = (0, 0);
        while done < count && tries < 200 * self.status.len() {
            tries += 1;
            let person = numbers.below(people);
            let susceptibility = self.susceptibility(world, person);
            if self.status[person as usize] & IMMUNE == 0 && numbers.unit() < susceptibility {
                self.status[person as usize] |= IMMUNE;
                done += 1;
            }
        }
    }

    /// What a day's plan does to people before they meet: vaccination and waning.
    pub(crate) fn prepare(&mut self, world: &World<'_>, day: usize) {
        let measures = world.plan.on(day);
        if measures.waning > 0.0 {
            let key = self.key;
            for (person, status) in self.status.iter_mut().enumerate().filter(|(_, status)| **status & IMMUNE != 0) {
                if key.unit(person as u64, purpose::WANED | day as u64) < measures.waning {
                    *status &= !IMMUNE;
                }
            }
        }
        for vaccination in &measures.vaccinations {
            let eligible = world.population.ages().filter(|age| *age >= vaccination.minimum_age).count();
            let doses = vaccination.share * eligible as f64;
            // The part of a dose that is left over goes to somebody by chance, so that small shares of few people count.
            let whole = (doses + f64::from(self.key.unit(day as u64, purpose::VACCINE))).floor() as usize;
            self.vaccinate(world, vaccination.minimum_age, vaccination.against_infection, whole);
        }
    }

    /// Offers a vaccine to the next `doses` people, the oldest band first.
    fn vaccinate(&mut self, world: &World<'_>, minimum_age: u8, against_infection: f32, doses: usize) {
        let oldest_first = (0..BANDS).rev().flat_map(|band| world.population.of_band(band));
        let mut given = 0;
        for &person in oldest_first.skip(self.offered) {
            if given == doses {
                break;
            }
            self.offered += 1;
            if world.population.age(person) < minimum_age {
                continue;
            }
            given += 1;
            let status = &mut self.status[person as usize];
            *status |= VACCINATED;
            // All or nothing: a share is protected for good, the others not at all.
            if self.key.unit(u64::from(person), purpose::VACCINE) < against_infection {
                *status |= IMMUNE;
            }
        }
    }
}
