//! From shares to people: in parallel chunks, the same at any number of threads.

use rayon::prelude::*;

use super::ages::{Heads, Pyramid};
use super::tables::{HOUSES, OLDEST, WORKPLACES, care_use, employment, enrolment};
use super::{BANDS, ELSEWHERE, Houses, NOBODY, Population, Profile};
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

/// What a person does by day: a kind of house (0 to 3), work here or in another county, or neither.
const WORK: u8 = 4;
const AWAY: u8 = 5;
const NOTHING: u8 = 6;

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
        let employ = |(chunk, ((ages, homes), roles)): (usize, Employed<'_>)| {
            let mut numbers = key.at(chunk as u64, AGES);
            let mut choices = key.at(chunk as u64, ROLES);
            for ((age, home), role) in ages.iter_mut().zip(homes).zip(roles) {
                *age = pyramid.fit(*age, numbers.unit());
                *role = role_of(*age, home >> 4 == 1, profile.leaving as f32, choices.unit(), choices.unit());
            }
        };
        if alone {
            let chunks = ages.chunks_mut(CHUNK).zip(homes.chunks(CHUNK)).zip(roles.chunks_mut(CHUNK));
            chunks.enumerate().for_each(employ);
        } else {
            let chunks = ages.par_chunks_mut(CHUNK).zip(homes.par_chunks(CHUNK)).zip(roles.par_chunks_mut(CHUNK));
            chunks.enumerate().for_each(employ);
        }
        let mut population = Self {
            ages,
            homes,
            slots: vec![NOBODY; people],
            members: Vec::new(),
            houses: [Houses::default(); 4],
            work: 0,
            workplace_of: Vec::new(),
            workplaces: Vec::new(),
            leaving: Vec::new(),
            by_band: vec![0; people],
            bands: [0; BANDS + 1],
        };
        population.assign(&roles, profile.arriving, key);
        population.sort_by_band();
        population
    }

    /// Gives everyone with a role a slot in a group; `arriving` people from elsewhere take jobs for each resident who works.
    fn assign(&mut self, roles: &[u8], arriving: f64, key: Key) {
        let mut counts = [0_u32; 6];
        roles.iter().filter(|role| **role < NOTHING).for_each(|role| counts[usize::from(*role)] += 1);
        let mut base = 0;
        for (kind, (size, pupils_per_staff)) in HOUSES.into_iter().enumerate() {
            let count = counts[kind].div_ceil(size);
            let own = if count > 0 { counts[kind].div_ceil(count) } else { 0 };
            let houses = Houses { base, count, own, staff: own.div_ceil(pupils_per_staff) };
            base = houses.end();
            self.houses[kind] = houses;
        }
        let staff: u32 = self.houses.iter().map(|houses| houses.count * houses.staff).sum();
        let (workers, away) = (counts[usize::from(WORK)], counts[usize::from(AWAY)]);
        let jobs = workers + (arriving * f64::from(workers + away)).round() as u32;
        self.work = base;
        self.leaving.reserve_exact(away as usize);
        self.found_workplaces(jobs.saturating_sub(staff), &mut key.at(0, PLACES));
        self.members = vec![NOBODY; base as usize + self.workplace_of.len()];
        let mut next = [0_u32; 5];
        // Jobs that no resident takes, scattered among the others, are those of people from elsewhere.
        let scatter = Scatter::new(jobs);
        for (person, &role) in roles.iter().enumerate() {
            match role {
                NOTHING => continue,
                AWAY => {
                    self.slots[person] = ELSEWHERE;
                    self.leaving.push(person as u32);
                    continue;
                }
                _ => {}
            }
            let rank = next[usize::from(role)];
            next[usize::from(role)] += 1;
            let slot = if role == WORK {
                self.job(scatter.of(rank), staff)
            } else {
                let houses = self.houses[usize::from(role)];
                houses.base + rank / houses.own * houses.block() + rank % houses.own
            };
            self.slots[person] = slot;
            self.members[slot as usize] = person as u32;
        }
    }

    /// Slot of the `n`-th job: staff of schools and care homes first, then the workplaces.
    fn job(&self, n: u32, staff: u32) -> u32 {
        let mut left = n;
        for houses in &self.houses {
            let jobs = houses.count * houses.staff;
            if left < jobs {
                return houses.base + left / houses.staff * houses.block() + houses.own + left % houses.staff;
            }
            left -= jobs;
        }
        self.work + n - staff
    }

    /// Draws workplaces until all `jobs` are given; the last is cut short.
    fn found_workplaces(&mut self, jobs: u32, numbers: &mut Sequence) {
        let total: f64 = WORKPLACES.iter().map(|(_, _, count)| count).sum();
        self.workplaces.push(self.work);
        let mut given = 0;
        while given < jobs {
            let mut at = f64::from(numbers.unit()) * total;
            let kind = WORKPLACES.iter().position(|(_, _, count)| {
                at -= count;
                at < 0.0
            });
            let (least, most, _) = WORKPLACES[kind.unwrap_or(0)];
            let size = (least + numbers.below(most - least + 1)).min(jobs - given);
            let id = self.workplaces.len() as u32 - 1;
            self.workplace_of.extend(std::iter::repeat_n(id, size as usize));
            given += size;
            self.workplaces.push(self.work + given);
        }
    }

    fn sort_by_band(&mut self) {
        let mut counts = [0_u32; BANDS];
        (0..self.ages.len() as u32).for_each(|person| counts[self.band(person)] += 1);
        for (band, count) in counts.iter().enumerate() {
            self.bands[band + 1] = self.bands[band] + count;
        }
        let mut next = self.bands;
        for person in 0..self.ages.len() as u32 {
            let band = self.band(person);
            self.by_band[next[band] as usize] = person;
            next[band] += 1;
        }
    }
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

fn role_of(age: u8, alone: bool, leaving: f32, enrolled: f32, works: f32) -> u8 {
    if enrolled < enrolment(age) {
        return match age {
            ..=10 => 0,
            11..=17 => 1,
            _ => 2,
        };
    }
    if alone && enrolled < care_use(age) / ALONE {
        return 3;
    }
    let employed = employment(age);
    if works >= employed {
        NOTHING
    } else if works < leaving * employed {
        AWAY
    } else {
        WORK
    }
}

/// A permutation of `0 .. n` that tears neighbours apart: multiples of a number without a common factor with `n`.
struct Scatter {
    n: u64,
    step: u64,
}

impl Scatter {
    fn new(n: u32) -> Self {
        let n = u64::from(n.max(1));
        let mut step = (n as f64 * 0.618_034) as u64 + 1;
        while gcd(step, n) != 1 {
            step += 1;
        }
        Self { n, step }
    }

    fn of(&self, rank: u32) -> u32 {
        (u64::from(rank) * self.step % self.n) as u32
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Layer;

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
        let ages = population.ages();
        let (mut minors, mut with_adult, mut workers) = (0, 0, 0);
        for person in 0..50_000_u32 {
            let age = ages[person as usize];
            let (start, size) = population.household(person);
            if age < 16 {
                minors += 1;
                with_adult += u32::from((start..start + size).any(|other| ages[other as usize] >= 18));
            }
            let Some(group) = population.group(person) else { continue };
            assert_eq!(population.members[group.slot as usize], person);
            assert!((group.start..group.start + group.len).contains(&group.slot));
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
        let mut sizes: Vec<u32> = population.workplaces.windows(2).map(|pair| pair[1] - pair[0]).collect();
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
            (0..100_000).filter(|person| p.group(*person).is_some_and(|g| g.layer == Layer::Work)).count() as f64
        };
        let away = (0..100_000).filter(|person| open.works_elsewhere(*person)).count();
        assert_eq!(away, open.leaving.len());
        // Staff of schools and care homes work, too: about 4,000 of 44,000.
        let workers = working(&closed);
        assert!((away as f64 / (workers + 4_000.0) - 0.4).abs() < 0.03, "{away} of {workers} leave");
        assert!((working(&open) / workers - 0.6).abs() < 0.03, "{} stay", working(&open));
        let slots = open.workplace_of.len() as f64;
        let held = (0..slots as usize).filter(|slot| open.members[open.work as usize + slot] != NOBODY).count() as f64;
        // 0.25 come for each who works, 0.6 stay.
        assert!((held / slots - 0.6 / 0.85).abs() < 0.03, "{held} of {slots} slots are held by residents");
        assert_eq!(closed.workplace_of.len() as f64, working(&closed));
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
