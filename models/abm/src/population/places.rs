//! Schools, care homes and workplaces: how many there are, and who is in which.

use super::layer::Layer;
use super::resident::{Group, Resident};
use super::tables::{HOUSES, WORKPLACES};
use crate::random::Sequence;

// What a person does by day: a kind of house (0 to 3, the last a care home), work here or in another county, or neither.
pub(super) const CARE: u8 = 3;
pub(super) const WORK: u8 = 4;
pub(super) const AWAY: u8 = 5;
pub(super) const NOTHING: u8 = 6;

/// Groups of one kind, each with as many slots.
#[derive(Debug, Clone, Copy, Default)]
struct Houses {
    base: u32,
    count: u32,
    /// Pupils or residents of one.
    own: u32,
    /// Staff of one.
    staff: u32,
}

impl Houses {
    const fn block(self) -> u32 {
        self.own + self.staff
    }

    const fn end(self) -> u32 {
        self.base + self.count * self.block()
    }
}

/// All groups of a population.
pub(super) struct Places {
    /// Primary schools, secondary schools, colleges, care homes: equal blocks of slots.
    houses: [Houses; 4],
    /// First slot of all workplaces.
    pub(super) work: u32,
    /// For each slot from `work` on, slots of its workplace before it and in all.
    workplaces: Vec<(u16, u16)>,
    /// Jobs at schools and care homes.
    staff: u32,
    /// The next job to be given. Jobs that no resident takes, scattered among the others, are those of people from
    /// elsewhere.
    jobs: Scatter,
    /// How many people each kind of house has taken in.
    taken: [u32; 4],
    /// Residents who work in another county.
    pub(super) away: u32,
}

impl Places {
    /// As many as people with these roles need; `arriving` people from elsewhere take jobs for each resident who works.
    pub(super) fn found(roles: &[u8], arriving: f64, numbers: &mut Sequence) -> Self {
        let mut counts = [0_u32; NOTHING as usize + 1];
        roles.iter().for_each(|role| counts[usize::from(*role)] += 1);
        let mut base = 0;
        let houses: [Houses; 4] = std::array::from_fn(|kind| {
            let (size, pupils_per_staff) = HOUSES[kind];
            let count = counts[kind].div_ceil(size);
            let own = if count > 0 { counts[kind].div_ceil(count) } else { 0 };
            let houses = Houses { base, count, own, staff: own.div_ceil(pupils_per_staff) };
            base = houses.end();
            houses
        });
        let staff: u32 = houses.iter().map(|houses| houses.count * houses.staff).sum();
        let (workers, away) = (counts[usize::from(WORK)], counts[usize::from(AWAY)]);
        let jobs = workers + (arriving * f64::from(workers + away)).round() as u32;
        let jobs = jobs.min(Resident::SLOTS - base);
        let workplaces = workplaces(jobs.saturating_sub(staff), numbers);
        Self { houses, work: base, workplaces, staff, jobs: Scatter::new(jobs), taken: [0; 4], away }
    }

    /// Slots of all groups.
    pub(super) fn slots(&self) -> u32 {
        self.work + self.workplaces.len() as u32
    }

    /// The group of the next person of a role that has one.
    pub(super) fn next(&mut self, role: u8) -> Group {
        if role == WORK {
            let job = self.jobs.next();
            return self.job(job);
        }
        let kind = usize::from(role);
        let (rank, own) = (self.taken[kind], self.houses[kind].own);
        self.taken[kind] += 1;
        self.in_house(kind, rank / own, rank % own)
    }

    /// The `n`-th job: staff of schools and care homes first, then the workplaces.
    fn job(&self, n: u32) -> Group {
        let mut left = n;
        if n >= self.staff {
            let slot = n - self.staff;
            let (before, size) = self.workplaces[slot as usize];
            return Group { layer: Layer::Work, slot: self.work + slot, before: before.into(), size: size.into() };
        }
        let mut kind = 0;
        loop {
            let Houses { count, own, staff, .. } = self.houses[kind];
            if left < count * staff {
                return self.in_house(kind, left / staff, own + left % staff);
            }
            left -= count * staff;
            kind += 1;
        }
    }

    /// The slot that has `before` others of its house before it.
    fn in_house(&self, kind: usize, house: u32, before: u32) -> Group {
        let houses = self.houses[kind];
        let layer = if kind == usize::from(CARE) { Layer::Care } else { Layer::School };
        Group { layer, slot: houses.base + house * houses.block() + before, before, size: houses.block() }
    }
}

/// Draws workplaces until all `jobs` are given; the last is cut short.
fn workplaces(jobs: u32, numbers: &mut Sequence) -> Vec<(u16, u16)> {
    let total: f64 = WORKPLACES.iter().map(|(_, _, count)| count).sum();
    let mut slots = Vec::with_capacity(jobs as usize);
    while slots.len() < jobs as usize {
        let mut at = f64::from(numbers.unit()) * total;
        let kind = WORKPLACES.iter().position(|(_, _, count)| {
            at -= count;
            at < 0.0
        });
        let (least, most, _) = WORKPLACES[kind.unwrap_or(0)];
        let size = (least + numbers.below(most - least + 1)).min(jobs - slots.len() as u32) as u16;
        slots.extend((0..size).map(|before| (before, size)));
    }
    slots
}

/// A permutation of `0 .. n` that tears neighbours apart: multiples of a number without a common factor with `n`.
struct Scatter {
    n: u32,
    step: u32,
    at: u32,
}

impl Scatter {
    fn new(n: u32) -> Self {
        let n = n.max(1);
        let mut step = (f64::from(n) * 0.618_034) as u32 + 1;
        while gcd(step, n) != 1 {
            step += 1;
        }
        Self { n, step: step % n, at: 0 }
    }

    /// The next number; the first is 0.
    const fn next(&mut self) -> u32 {
        let at = self.at;
        let room = self.n - self.step;
        self.at = if at < room { at + self.step } else { at - room };
        at
    }
}

const fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_given_once() {
        for n in [1, 2, 3, 10, 97, 1_000] {
            let mut jobs = Scatter::new(n);
            let mut given: Vec<u32> = (0..n).map(|_| jobs.next()).collect();
            given.sort_unstable();
            assert_eq!(given, (0..n).collect::<Vec<u32>>());
        }
    }
}
