//! What happens at an infection: all attempts of the newly infected are drawn at once.

use crate::disease::{PRESYMPTOMATIC_DAYS, WHEEL};
use crate::epidemic::World;
use crate::population::Layer;
use crate::purpose;
use crate::random::Key;
use crate::wheel::{Attempt, Lane, NEVER, Parts};

/// A newly infected person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Infected {
    pub(crate) person: u32,
    pub(crate) variant: bool,
    /// The day from which the person is in quarantine as a traced contact.
    pub(crate) quarantine: Option<usize>,
}

/// Draws the attempts of a person infected on `day` and puts them onto the wheel.
///
/// Attempts form a Poisson process over layer, target, time and *mark*: one succeeds where its mark is below the day's
/// multiplier. Marks come in levels, each the size of the world's unit and each with its own random numbers, so that
/// drawing more levels adds attempts and changes none.
#[inline]
pub(crate) fn infect(world: &World<'_>, key: Key, day: usize, new: Infected, lane: &mut Lane) {
    let person = new.person;
    let who = u64::from(person);
    let mut first = key.at(who, purpose::COURSE | day as u64);
    let band = world.population.band(person);
    let course = world.disease.course(band, first.bits());
    let hour = first.unit();
    let onset = hour + course.latent + PRESYMPTOMATIC_DAYS;
    let isolated = if world.plan.any_testing && course.symptoms {
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

    let (home_start, home_size) = world.population.household(person);
    let group = world.population.group(person);
    let variant = if new.variant { world.plan.variant } else { 1.0 };
    let intensity = course.infectiousness * variant * world.unit;
    let home = world.disease.rate(Layer::Household) * (home_size - 1) as f32;
    let by_day = group.map_or(0.0, |group| world.disease.rate(group.layer));
    // On weekends schools and workplaces are closed and more people meet elsewhere. Attempts are drawn for the busier kind of
    // day; what the other has no room for is left out. Both kinds: up to where attempts are in the group, and in all.
    let [on_weekdays, on_weekends] = world.disease.community_rates();
    let weekday = (home + by_day, home + by_day + on_weekdays);
    let closed = group.is_some_and(|group| group.layer != Layer::Care);
    let in_group = if closed { home } else { home + by_day };
    let weekend = (in_group, in_group + on_weekends);
    let total = weekday.1.max(weekend.1);
    for level in 0..world.levels {
        let mut numbers = key.at(who, purpose::ATTEMPTS | u64::from(level) << 24 | day as u64);
        for number in 0..numbers.poisson(intensity * total) {
            let bits = numbers.bits();
            let after = hour + world.disease.attempt_after(course, crate::random::unit(bits));
            let on = day + (after as usize).clamp(1, WHEEL - 1);
            let at = numbers.unit() * total;
            let (in_group, any) = if matches!((world.first_weekday + on) % 7, 0 | 6) { weekend } else { weekday };
            if at >= any {
                continue;
            }
            let (layer, target) = if at < home {
                let other = (((bits & 0xffff_ffff) * u64::from(home_size - 1)) >> 32) as u32;
                let other = home_start + other;
                (Layer::Household, Some(if other >= person { other + 1 } else { other }))
            } else if let Some(group) = group.filter(|_| at < in_group) {
                let in_team = numbers.unit() < world.disease.in_team;
                (group.layer, world.population.in_group(group, in_team, bits as u32))
            } else {
                let people = world.population.of_band(world.disease.contact_band(band, numbers.unit()));
                let of = ((bits & 0xffff_ffff) * people.len() as u64) >> 32;
                (Layer::Community, people.get(of as usize).copied().filter(|other| *other != person))
            };
            let Some(target) = target else { continue };
            if layer != Layer::Household && on >= stays_from {
                continue;
            }
            let isolation = isolated.map_or(NEVER, |isolated| (isolated.saturating_sub(on) as u32).min(NEVER - 1));
            let parts = Parts { target, infector: person, layer, level, variant: new.variant, isolation, number };
            lane.push(on, Attempt::new(parts));
        }
    }
}
