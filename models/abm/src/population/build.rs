//! From shares to people: in parallel chunks, the same at any number of threads.

use rayon::prelude::*;

use super::ages::{Heads, Pyramid};
use super::places::{AWAY, CARE, NOTHING, Places, WORK};
use super::profile::Profile;
use super::resident::{Daytime, Resident};
use super::tables::{BANDS, OLDEST, care_use, employment, enrolment};
use super::{NOBODY, Population, band_of};
use crate::random::{Key, Sequence};

/// People of one chunk; a household does not reach into the next.
const CHUNK: usize = 16_384;
/// Places up to this size are built by the calling thread.
const SMALL: usize = 131_072;
/// Share of people over 60 who live alone, for placing residents of care homes among them. US Census Bureau 2019: about
/// 27 % of those over 60; more of the oldest.
const ALONE: f32 = 0.4;

/// Ages and homes of a chunk, and what its people do.
type Employed<'a> = ((&'a mut [u8], &'a [u8]), &'a mut [u8]);

// Purposes of random numbers.
const HOMES: u64 = 1;
const AGES: u64 = 2;
const ROLES: u64 = 3;
const PLACES: u64 = 4;

impl Population {
    /// Most people that one population holds: the event wheel has 24 bits for a person.
    pub const MOST: usize = (1 << 24) - 1;

    /// Builds `people` persons, at most [`Population::MOST`], who have the shares of a profile.
    ///
    /// Ages, homes and roles are drawn in chunks of 16,384 persons whose random numbers belong to the chunk or the person,
    /// so that threads do not matter.
    #[must_use]
    pub fn build(people: usize, profile: &Profile, key: Key) -> Self {
        let people = people.min(Self::MOST);
        let (mut ages, mut homes, mut roles) = (vec![0; people], vec![0; people], vec![NOTHING; people]);
        let heads = Heads::new();
        let settle = |(chunk, (ages, homes)): (usize, (&mut [u8], &mut [u8]))| {
            households(profile, &heads, &mut key.at(chunk as u64, HOMES), ages, homes);
            let mut counts = [0_u32; OLDEST + 1];
            ages.iter().for_each(|age| counts[usize::from(*age)] += 1);
            counts
        };
        let sum = |a: [u32; OLDEST + 1], b: [u32; OLDEST + 1]| std::array::from_fn(|i| a[i] + b[i]);
        // In a small place the threads' greeting would take longer than the work.
        let alone = people <= SMALL;
        let built = if alone {
            ages.chunks_mut(CHUNK).zip(homes.chunks_mut(CHUNK)).enumerate().map(settle).fold([0; OLDEST + 1], sum)
        } else {
            let chunks = ages.par_chunks_mut(CHUNK).zip(homes.par_chunks_mut(CHUNK));
            chunks.enumerate().map(settle).reduce(|| [0; OLDEST + 1], sum)
        };
        let pyramid = Pyramid::new(&built, &profile.age_shares);
        let chances: [Chances; OLDEST + 1] = std::array::from_fn(|age| Chances::new(age as u8, profile.leaving));
        let employ = |(chunk, ((ages, homes), roles)): (usize, Employed<'_>)| {
            let mut numbers = key.at(chunk as u64, AGES);
            let mut choices = key.at(chunk as u64, ROLES);
            for ((age, home), role) in ages.iter_mut().zip(homes).zip(roles) {
                *age = pyramid.fit(*age, numbers.unit());
                *role = chances[usize::from(*age)].role(home >> 4 == 1, choices.unit(), choices.unit());
            }
        };
        if alone {
            let chunks = ages.chunks_mut(CHUNK).zip(homes.chunks(CHUNK)).zip(roles.chunks_mut(CHUNK));
            chunks.enumerate().for_each(employ);
        } else {
            let chunks = ages.par_chunks_mut(CHUNK).zip(homes.par_chunks(CHUNK)).zip(roles.par_chunks_mut(CHUNK));
            chunks.enumerate().for_each(employ);
        }
        settle_down(&ages, &homes, &roles, profile.arriving, key)
    }
}

/// Gives everyone with a role a slot in a group; `arriving` people from elsewhere take jobs for each resident who works.
fn settle_down(ages: &[u8], homes: &[u8], roles: &[u8], arriving: f64, key: Key) -> Population {
    let mut places = Places::found(roles, arriving, &mut key.at(0, PLACES));
    let mut contacts = Vec::with_capacity(places.slots() as usize + ages.len());
    contacts.resize(places.slots() as usize, NOBODY);
    let mut leaving = Vec::with_capacity(places.away as usize);
    let work = [places.work, places.slots()];
    let settle = |(person, (&age, (&home, &role))): (usize, (&u8, (&u8, &u8)))| {
        let day = match role {
            NOTHING => Daytime::Nowhere,
            AWAY => {
                leaving.push(person as u32);
                Daytime::Elsewhere
            }
            _ => {
                let group = places.next(role);
                contacts[group.slot as usize] = person as u32;
                Daytime::Group(group)
            }
        };
        Resident::new(age, (home & 15, home >> 4), day)
    };
    let residents = ages.iter().zip(homes.iter().zip(roles)).enumerate().map(settle).collect();
    let bands = add_bands(ages, &mut contacts);
    Population { residents, contacts, work, bands, leaving }
}

/// Puts everyone behind the slots, by age band: where each band starts, and the end.
fn add_bands(ages: &[u8], contacts: &mut Vec<u32>) -> [u32; BANDS + 1] {
    let mut bands = [0_u32; BANDS + 1];
    ages.iter().for_each(|age| bands[band_of(*age) + 1] += 1);
    bands[0] = contacts.len() as u32;
    (0..BANDS).for_each(|band| bands[band + 1] += bands[band]);
    let mut next = bands;
    contacts.resize(contacts.len() + ages.len(), NOBODY);
    for (person, age) in ages.iter().enumerate() {
        let next = &mut next[band_of(*age)];
        contacts[*next as usize] = person as u32;
        *next += 1;
    }
    bands
}

/// Fills a chunk with households; the last one is cut at its end.
fn households(profile: &Profile, heads: &Heads, numbers: &mut Sequence, ages: &mut [u8], homes: &mut [u8]) {
    let mut done = 0;
    while done < ages.len() {
        let mut u = f64::from(numbers.unit());
        let size = profile.household_sizes.iter().position(|share| {
            u -= share;
            u < 0.0
        });
        let size = (size.unwrap_or(0) + 1).min(ages.len() - done);
        heads.household(numbers, &mut ages[done..done + size]);
        for (position, home) in homes[done..done + size].iter_mut().enumerate() {
            *home = (size as u8) << 4 | position as u8;
        }
        done += size;
    }
}

/// What people of one age do by day: chances, of those whom the one before has left.
#[derive(Clone, Copy)]
struct Chances {
    /// Of being enrolled, and where.
    enrolled: (f32, u8),
    /// Of living in a care home, for those who live alone.
    care: f32,
    /// Of working.
    works: f32,
    /// Of working in another county.
    away: f32,
}

impl Chances {
    fn new(age: u8, leaving: f64) -> Self {
        let school = match age {
            ..=10 => 0,
            11..=17 => 1,
            _ => 2,
        };
        let works = employment(age);
        Self { enrolled: (enrolment(age), school), care: care_use(age) / ALONE, works, away: leaving as f32 * works }
    }

    /// What a person does, by two numbers in [0, 1).
    fn role(&self, alone: bool, enrolled: f32, works: f32) -> u8 {
        if enrolled < self.enrolled.0 {
            self.enrolled.1
        } else if alone && enrolled < self.care {
            CARE
        } else if works >= self.works {
            NOTHING
        } else if works < self.away {
            AWAY
        } else {
            WORK
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::{Group, Layer};

    #[test]
    fn ages_and_households_have_the_shares_that_were_asked_for() {
        let profile = Profile::default();
        let population = Population::build(200_000, &profile, Key::from_seed(1));
        for (band, share) in profile.age_shares.iter().enumerate() {
            let found = population.of_band(band).len() as f64 / 2e5;
            // Ages are moved to fit: what is left is the noise of two jitters.
            assert!((found - share).abs() < 0.002, "band {band}: {found} where {share} was asked for");
        }
        let mut homes = [0_u32; 7];
        for person in 0..200_000 {
            let (start, size) = population.household(person);
            assert!(start <= person && person < start + size);
            homes[size as usize - 1] += u32::from(start == person);
        }
        let all: u32 = homes.iter().sum();
        for (size, share) in profile.household_sizes.iter().enumerate() {
            let found = f64::from(homes[size]) / f64::from(all);
            // 80,000 households: standard error 0.0017 at most, four of them allowed.
            assert!((found - share).abs() < 0.007, "size {}: {found}, {share} was asked for", size + 1);
        }
    }

    #[test]
    fn children_live_with_adults_and_groups_hold_who_belongs_to_them() {
        let population = Population::build(50_000, &Profile::default(), Key::from_seed(2));
        let (mut minors, mut with_adult, mut workers) = (0, 0, 0);
        for person in 0..50_000_u32 {
            let age = population.age(person);
            let (start, size) = population.household(person);
            if age < 16 {
                minors += 1;
                with_adult += u32::from((start..start + size).any(|other| population.age(other) >= 18));
            }
            let Some(group) = population.resident(person).group() else { continue };
            assert_eq!(population.contact(group.slot), Some(person));
            for contacts in [group.all(), group.team()] {
                assert!((contacts.start..contacts.start + contacts.len).contains(&group.slot));
            }
            match group.layer {
                Layer::Work => {
                    workers += 1;
                    assert!(age >= 16, "a worker of {age}");
                }
                Layer::Care => assert!(age >= 16),
                Layer::School => assert!(age >= 5),
                Layer::Household | Layer::Community => unreachable!("no group"),
            }
        }
        assert!(f64::from(with_adult) > 0.97 * f64::from(minors), "{with_adult} of {minors} minors live with an adult");
        assert!((17_000..26_000).contains(&workers), "{workers} workers of 50,000");
    }

    #[test]
    fn workplaces_have_a_heavy_tail() {
        let population = Population::build(500_000, &Profile::default(), Key::from_seed(3));
        let group = |person| population.resident(person).group();
        let works = |group: &Group| group.layer == Layer::Work && group.before == 0;
        let mut sizes: Vec<u32> = (0..500_000).filter_map(group).filter(works).map(|group| group.size).collect();
        sizes.sort_unstable();
        let all: u32 = sizes.iter().sum();
        let largest: u32 = sizes.iter().rev().take(sizes.len() / 20).sum();
        assert!(sizes[sizes.len() / 2] < 6, "median {}", sizes[sizes.len() / 2]);
        assert!(f64::from(largest) > 0.4 * f64::from(all), "5 % of workplaces have {largest} of {all} workers");
    }

    #[test]
    fn commuters_are_in_no_workplace_here_and_leave_room_for_those_who_come() {
        let at = |leaving, arriving| {
            let profile = Profile { leaving, arriving, ..Profile::default() };
            Population::build(100_000, &profile, Key::from_seed(6))
        };
        let (closed, open) = (at(0.0, 0.0), at(0.4, 0.25));
        let working = |p: &Population| {
            (0..100_000).filter(|person| p.resident(*person).group().is_some_and(|g| g.layer == Layer::Work)).count()
                as f64
        };
        let away = (0..100_000).filter(|person| open.works_elsewhere(*person)).count();
        assert_eq!(away, open.leaving.len());
        // Staff of schools and care homes work, too: about 4,000 of 44,000.
        let workers = working(&closed);
        assert!((away as f64 / (workers + 4_000.0) - 0.4).abs() < 0.03, "{away} of {workers} leave");
        assert!((working(&open) / workers - 0.6).abs() < 0.03, "{} stay", working(&open));
        let slots = |p: &Population| f64::from(p.work[1] - p.work[0]);
        let held = (open.work[0]..open.work[1]).filter(|slot| open.contact(*slot).is_some()).count() as f64;
        // 0.25 come for each who works, 0.6 stay.
        let share = held / slots(&open);
        assert!((share - 0.6 / 0.85).abs() < 0.03, "{share} of slots are held by residents");
        assert_eq!(slots(&closed), working(&closed));
    }

    #[test]
    fn threads_do_not_matter_and_nobody_is_a_population_too() {
        let build = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Population::build(200_000, &Profile::default(), Key::from_seed(4)))
        };
        assert_eq!(build(1), build(2));
        for people in [0, 1, 7, 80] {
            assert_eq!(Population::build(people, &Profile::default(), Key::from_seed(5)).len(), people);
        }
    }
}
