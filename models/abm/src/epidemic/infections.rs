//! The infections of a day: who is infected, and from where.

use rayon::prelude::*;

use super::exposure::{Exposure, Hit};
use super::imports::Imports;
use super::state::{Epidemic, count};
use super::tally::Tally;
use crate::infect::{Infected, infect};
use crate::purpose;
use crate::random::Key;
use crate::wheel::{Lane, NEVER};
use crate::world::World;

/// Below so many infections of a day, one thread is done before others have begun.
const FEW: usize = 256;

/// What decides how many are infected on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Drive {
    /// Attempts whose mark is below the multiplier.
    Multiplier(f32),
    /// So many, those of the least marks; those missing come from elsewhere. For following a known course.
    Count(usize),
}

/// Which of a day's hits infect.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Below(f32),
    /// Those before this one in the order of marks and targets.
    Before(f32, u32),
    None,
}

impl Drive {
    /// Which hits succeed, and how many are infected from elsewhere.
    fn choose(self, hits: &[Vec<Hit>], imports: Imports) -> (Limit, Imports) {
        let count = match self {
            Self::Multiplier(multiplier) => return (Limit::Below(multiplier), imports),
            Self::Count(count) => count,
        };
        let imports = imports.within(count);
        let count = count - imports.commuting();
        let local = count.saturating_sub(imports.anyone);
        let mut marks: Vec<(f32, u32)> = hits.iter().flatten().map(|hit| (hit.mark, hit.target)).collect();
        let imports = Imports { anyone: count - local.min(marks.len()), ..imports };
        if local >= marks.len() {
            return (Limit::None, imports);
        }
        let (_, &mut (mark, target), _) =
            marks.select_nth_unstable_by(local, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        (Limit::Before(mark, target), imports)
    }
}

impl Limit {
    fn holds(self, hit: &Hit) -> bool {
        match self {
            Self::Below(multiplier) => hit.mark < multiplier,
            Self::Before(mark, target) => hit.mark.total_cmp(&mark).then(hit.target.cmp(&target)).is_lt(),
            Self::None => true,
        }
    }
}

impl Epidemic {
    /// Runs one day with a given multiplier and infections from elsewhere.
    pub fn step(&mut self, world: &World<'_>, day: usize, multiplier: f32, imports: impl Into<Imports>) -> Tally {
        self.prepare(world, day);
        let exposure = self.expose(world, day, multiplier);
        self.commit(world, day, &exposure, Drive::Multiplier(multiplier), imports.into())
    }

    /// Infects those whose attempts succeed, and those infected from elsewhere; draws their attempts.
    pub(crate) fn commit(
        &mut self,
        world: &World<'_>,
        day: usize,
        exposure: &Exposure,
        drive: Drive,
        imports: Imports,
    ) -> Tally {
        let (limit, imports) = drive.choose(&exposure.hits, imports);
        let (key, block) = (self.key, self.block());
        // A block's hits are its own people's: blocks know nothing of each other.
        let apply = |(b, (status, hits)): (usize, (&mut [u8], &Vec<Hit>))| {
            let mut tally = Tally::default();
            let infected = hits.iter().filter(|hit| limit.holds(hit)).map(|hit| {
                let quarantine = quarantine(world, key, day, hit);
                let new = Infected { person: hit.target, variant: hit.attempt.variant(), quarantine };
                let status = &mut status[hit.target as usize - b * block];
                count(status, world, hit.attempt.layer() as usize, &mut tally);
                new
            });
            (infected.collect(), tally)
        };
        let few = exposure.hits.iter().map(Vec::len).sum::<usize>() < FEW;
        let applied: Vec<(Vec<Infected>, Tally)> = if few || self.lanes.len() == 1 {
            self.status.chunks_mut(block).zip(&exposure.hits).enumerate().map(apply).collect()
        } else {
            self.status.par_chunks_mut(block).zip(&exposure.hits).enumerate().map(apply).collect()
        };
        let mut tally = Tally::default();
        let mut infected = Vec::with_capacity(applied.len());
        for (part, counted) in applied {
            tally.add(&counted);
            infected.push(part);
        }
        let mut brought = Vec::with_capacity(imports.total());
        let variants = infected.iter().flatten().filter(|new| new.variant).count();
        self.bring_in(world, day, imports, variants, &mut brought, &mut tally);
        brought.into_iter().for_each(|new| infected[new.person as usize / block].push(new));
        self.draw_attempts(world, day, &infected);
        tally
    }

    fn draw_attempts(&mut self, world: &World<'_>, day: usize, infected: &[Vec<Infected>]) {
        let key = self.key;
        let fill = |(lane, infected): (&mut Lane, &Vec<Infected>)| {
            infect(world, key, day, infected, lane);
        };
        self.lanes.iter_mut().for_each(|lane| lane.clear(day));
        let few = infected.iter().map(Vec::len).sum::<usize>() < FEW;
        if few || self.lanes.len() == 1 {
            self.lanes.iter_mut().zip(infected).for_each(fill);
        } else {
            self.lanes.par_iter_mut().zip(infected).for_each(fill);
        }
    }
}

/// The day from which somebody infected is in quarantine, where the infector is isolated and contacts are traced.
fn quarantine(world: &World<'_>, key: Key, day: usize, hit: &Hit) -> Option<usize> {
    let isolated = match hit.attempt.isolation() {
        NEVER => return None,
        days => day + days as usize,
    };
    let (share, delay) = world.plan.on(isolated).tracing;
    let pair = u64::from(hit.target) << 24 | u64::from(hit.attempt.infector());
    let traced = share > 0.0 && key.unit(pair, purpose::TRACED) < share;
    traced.then(|| isolated + delay.ceil() as usize)
}
