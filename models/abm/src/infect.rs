//! What happens at an infection: all attempts of the newly infected are drawn at once.

use crate::disease::{Course, PRESYMPTOMATIC_DAYS, WHEEL};
use crate::population::{Group, Layer, Pool, Resident, band_of};
use crate::purpose;
use crate::random::{Key, unit};
use crate::wheel::{Attempt, Lane, NEVER, Parts};
use crate::world::World;

/// People whose attempts are drawn together: few enough that what waits for its look-up stays in the nearest cache.
const BATCH: usize = 64;

/// A newly infected person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Infected {
    pub(crate) person: u32,
    pub(crate) variant: bool,
    /// The day from which the person is in quarantine as a traced contact.
    pub(crate) quarantine: Option<usize>,
}

/// An attempt outside the home before it is known who is met.
struct Outside {
    day: u32,
    contact: u32,
    /// On nobody yet.
    attempt: Attempt,
}

/// Draws the attempts of those infected on `day` and puts them onto the wheel.
///
/// Attempts form a Poisson process over layer, target, time and *mark*: one succeeds where its mark is below the day's
/// multiplier. Marks come in levels, each the size of the world's unit and each with its own random numbers, so that
/// drawing more levels adds attempts and changes none.
pub(crate) fn infect(world: &World<'_>, key: Key, day: usize, infected: &[Infected], lane: &mut Lane) {
    let mut residents = Vec::new();
    let mut outside = Vec::new();
    let mut met = Vec::new();
    for batch in infected.chunks(BATCH) {
        // People and their contacts lie anywhere in memory. Looked up in loops of their own, many are on their way at once.
        residents.extend(batch.iter().map(|new| world.population.resident(new.person)));
        for (&new, resident) in batch.iter().zip(residents.drain(..)) {
            Infector::new(world, key, day, new, resident).attempt(world, key, lane, &mut outside);
        }
        met.extend(outside.iter().map(|attempt: &Outside| world.population.contact(attempt.contact)));
        for (Outside { day, attempt, .. }, target) in outside.drain(..).zip(met.drain(..)) {
            if let Some(target) = target.filter(|target| *target != attempt.infector()) {
                lane.push(day as usize, attempt.on(target));
            }
        }
    }
}

/// Somebody infected, and when and where they will meet others.
struct Infector {
    new: Infected,
    /// The day of infection.
    day: usize,
    /// Time of infection, as a part of that day.
    hour: f32,
    course: Course,
    isolated: Option<usize>,
    /// First day of isolation or quarantine.
    stays_from: usize,
    resident: Resident,
}

impl Infector {
    #[inline]
    fn new(world: &World<'_>, key: Key, day: usize, new: Infected, resident: Resident) -> Self {
        let who = u64::from(new.person);
        let mut numbers = key.at(who, purpose::COURSE | day as u64);
        let course = world.disease.course(band_of(resident.age()), numbers.bits());
        let hour = numbers.unit();
        let isolated = if world.plan.any_testing && course.symptoms {
            let onset = hour + course.latent + PRESYMPTOMATIC_DAYS;
            let (share, delay) = world.plan.on(day + onset as usize).testing;
            let isolated = share > 0.0 && key.unit(who, purpose::ISOLATED | day as u64) < share;
            isolated.then(|| day + (onset + delay).ceil() as usize)
        } else {
            None
        };
        let stays_from = match (isolated, new.quarantine) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b).unwrap_or(usize::MAX),
        };
        Self { new, day, hour, course, isolated, stays_from, resident }
    }

    /// Draws all attempts: those at home go onto the wheel, the others wait for the look-up of who is met.
    #[inline]
    fn attempt(&self, world: &World<'_>, key: Key, lane: &mut Lane, outside: &mut Vec<Outside>) {
        let Infected { person, variant, .. } = self.new;
        let (position, home_size) = self.resident.home();
        let group = self.resident.group();
        let rates = Rates::new(world, home_size, group);
        let transmissibility = if variant { world.plan.variant } else { 1.0 };
        let mean = self.course.infectiousness * transmissibility * world.unit * rates.most();
        for level in 0..world.levels {
            let mut numbers = key.at(u64::from(person), purpose::ATTEMPTS | u64::from(level) << 24 | self.day as u64);
            for number in 0..numbers.poisson(mean) {
                let (when_and_who, whither) = (numbers.bits(), numbers.bits());
                let after = self.hour + world.disease.attempt_after(self.course, unit(when_and_who));
                let day = self.day + (after as usize).clamp(1, WHEEL - 1);
                let Some(layer) = rates.layer(unit(whither) * rates.most(), (world.first_weekday + day) % 7, group)
                else {
                    continue;
                };
                let isolation = self.isolated.map_or(NEVER, |from| (from.saturating_sub(day) as u32).min(NEVER - 1));
                let parts = Parts { infector: person, layer, level, variant, isolation, number };
                let who = when_and_who as u32;
                if layer == Layer::Household {
                    let others = Pool { start: person - position, len: home_size - 1 };
                    let other = others.pick(who);
                    let target = if other >= person { other + 1 } else { other };
                    lane.push(day, Attempt::new(target, parts));
                    continue;
                }
                if day >= self.stays_from {
                    continue;
                }
                // The bits below those that chose the layer.
                let contacts = self.contacts(world, layer, unit(whither << 24));
                outside.push(Outside { day: day as u32, contact: contacts.pick(who), attempt: Attempt::new(0, parts) });
            }
        }
    }

    /// Whom an attempt outside the home may reach, by a number in [0, 1).
    #[inline]
    fn contacts(&self, world: &World<'_>, layer: Layer, choice: f32) -> Pool {
        match self.resident.group() {
            Some(group) if layer != Layer::Community && choice < world.disease.in_team => group.team(),
            Some(group) if layer != Layer::Community => group.all(),
            _ => {
                let band = band_of(self.resident.age());
                world.population.band_contacts(world.disease.contact_band(band, choice))
            }
        }
    }
}

/// Attempts of one person at a multiplier of 1, cumulated: at home, with those in the group, and all; on a weekday and on a
/// day of the weekend.
///
/// On weekends schools and workplaces are closed and more people meet elsewhere. Attempts are drawn for the busier kind of
/// day; what the other has no room for is left out.
struct Rates {
    home: f32,
    /// Up to where attempts are in the group, and in all.
    weekday: (f32, f32),
    weekend: (f32, f32),
}

impl Rates {
    #[inline]
    fn new(world: &World<'_>, home_size: u32, group: Option<Group>) -> Self {
        let home = world.disease.rate(Layer::Household) * (home_size - 1) as f32;
        let by_day = group.map_or(0.0, |group| world.disease.rate(group.layer));
        let [on_weekdays, on_weekends] = world.disease.community_rates();
        let closed = group.is_some_and(|group| group.layer != Layer::Care);
        let at_weekends = if closed { home } else { home + by_day };
        Self {
            home,
            weekday: (home + by_day, home + by_day + on_weekdays),
            weekend: (at_weekends, at_weekends + on_weekends),
        }
    }

    #[inline]
    fn most(&self) -> f32 {
        self.weekday.1.max(self.weekend.1)
    }

    /// The layer of the attempt at a place below [`Self::most`]; none where the day has no room for it.
    #[inline]
    fn layer(&self, at: f32, weekday: usize, group: Option<Group>) -> Option<Layer> {
        let (in_group, any) = if matches!(weekday, 0 | 6) { self.weekend } else { self.weekday };
        if at >= any {
            return None;
        }
        if at < self.home {
            return Some(Layer::Household);
        }
        let group = group.filter(|_| at < in_group);
        Some(group.map_or(Layer::Community, |group| group.layer))
    }
}
