//! Who keeps to a measure: people who stay away, and people who wear masks.

use super::state::Epidemic;
use crate::plan::Day;
use crate::population::Layer;
use crate::purpose;
use crate::random::Key;
use crate::wheel::Attempt;
use crate::world::World;

// Those who keep to a measure are drawn apart from each other.
const PUPILS: u64 = 1;
const WORKERS: u64 = 2;
const RESIDENTS: u64 = 3;
const MASKED: u64 = 4;

/// Whether a person is among the share that keeps to a measure. One number a person and measure: the same people comply on
/// every day, more of them at a higher strength.
fn among(key: Key, share: f32, measure: u64, person: u32) -> bool {
    share > 0.0 && key.unit(u64::from(person), purpose::COMPLIANCE | measure) < share
}

impl Epidemic {
    /// What is left of an attempt outside the home by what both people do: 0 where they do not meet.
    pub(super) fn compliance(&self, world: &World<'_>, measures: &Day, attempt: Attempt, layer: Layer) -> f32 {
        let people = [attempt.target(), attempt.infector()];
        let among = |share: f32, measure: u64, person: u32| among(self.key, share, measure, person);
        let absent = |person: u32| {
            let by_layer = match layer {
                Layer::School => {
                    let level = match world.population.age(person) {
                        ..=10 => Some(0),
                        11..=17 => Some(1),
                        18..=22 => Some(2),
                        _ => None,
                    };
                    level.is_some_and(|level| among(measures.schools[level], PUPILS, person))
                }
                Layer::Work => among(measures.home_office, WORKERS, person),
                Layer::Household | Layer::Care | Layer::Community => false,
            };
            by_layer || (layer != Layer::Care && among(measures.stay_at_home, RESIDENTS, person))
        };
        if people.into_iter().any(absent) {
            return 0.0;
        }
        let masked = people.into_iter().filter(|&person| among(measures.masks.0, MASKED, person)).count();
        // Two masks have the efficacy, one its square root: each cuts what passes it by the same factor.
        (1.0 - measures.masks.1).powf(masked as f32 / 2.0)
    }
}

impl Day {
    /// Whether a worker does not go to work.
    pub(super) fn at_home(&self, key: Key, person: u32) -> bool {
        among(key, self.home_office, WORKERS, person) || among(key, self.stay_at_home, RESIDENTS, person)
    }

    /// Whether anything depends on who the people are.
    pub(super) fn personal(&self) -> bool {
        let shares = [self.home_office, self.stay_at_home, self.masks.0];
        shares.into_iter().chain(self.schools).any(|share| share > 0.0)
    }
}
