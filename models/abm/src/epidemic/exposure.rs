//! The attempts of a day: whom they would infect, and at which multiplier.

use rayon::prelude::*;

use super::state::{Epidemic, IMMUNE, band};
use crate::plan::Day;
use crate::population::Layer;
use crate::wheel::{Attempt, Lane};
use crate::world::World;

/// Attempts whose targets are looked up together.
const BATCH: usize = 256;

/// An attempt that would succeed at a multiplier above `mark`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) target: u32,
    pub(super) mark: f32,
    pub(super) attempt: Attempt,
}

/// The attempts of a day on people who can be infected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exposure {
    /// By block of people, in the order of targets: one for each target, that of the least mark.
    pub(super) hits: Vec<Vec<Hit>>,
    /// Infections expected for each unit of the multiplier.
    pub(crate) pressure: f64,
}

impl Epidemic {
    /// Tries all attempts of a day whose mark is below `limit`.
    pub(crate) fn expose(&self, world: &World<'_>, day: usize, limit: f32) -> Exposure {
        let measures = world.plan.on(day);
        let block = self.block();
        let try_lane = |lane: &Lane| {
            let (mut hits, pressure) = self.try_lane(world, day, measures, lane.on(day), limit);
            if self.lanes.len() > 1 {
                hits.sort_unstable_by_key(|hit| hit.target as usize / block);
            }
            (hits, pressure)
        };
        let (tried, pressures): (Vec<Vec<Hit>>, Vec<f64>) = if self.lanes.len() == 1 {
            self.lanes.iter().map(try_lane).unzip()
        } else {
            self.lanes.par_iter().map(try_lane).unzip()
        };
        let hits = if tried.len() == 1 {
            tried.into_iter().map(one_each).collect()
        } else {
            (0..self.lanes.len()).into_par_iter().map(|b| one_each(of_block(&tried, b, block))).collect()
        };
        Exposure { hits, pressure: pressures.iter().sum() }
    }

    fn try_lane(
        &self,
        world: &World<'_>,
        day: usize,
        measures: &Day,
        attempts: &[Attempt],
        limit: f32,
    ) -> (Vec<Hit>, f64) {
        let mut hits = Vec::new();
        let personal = measures.personal();
        let mut pressure = 0.0_f64;
        let mut statuses = Vec::new();
        for batch in attempts.chunks(BATCH) {
            // Targets lie anywhere in memory. Looked up in a loop of their own, many are on their way at once.
            statuses.extend(batch.iter().map(|attempt| self.status[attempt.target() as usize]));
            for (&attempt, status) in batch.iter().zip(statuses.drain(..)).filter(|(_, status)| status & IMMUNE == 0) {
                let target = attempt.target();
                let layer = attempt.layer();
                let mut factor = world.disease.susceptibility[band(status)] * measures.layers[layer as usize];
                if personal && layer != Layer::Household {
                    factor *= self.compliance(world, measures, attempt, layer);
                }
                if factor <= 0.0 {
                    continue;
                }
                if attempt.level() == 0 {
                    pressure += f64::from(factor);
                }
                let u = self.key.unit(attempt.0, day as u64);
                let mark = (attempt.level() as f32 + u) * world.unit;
                if mark < limit * factor {
                    hits.push(Hit { target, mark: mark / factor, attempt });
                }
            }
        }
        (hits, pressure / f64::from(world.unit))
    }
}

/// All lanes' hits on one block of people; each lane's are in the order of blocks.
fn of_block(tried: &[Vec<Hit>], b: usize, block: usize) -> Vec<Hit> {
    let parts = tried.iter().map(|hits| {
        let start = hits.partition_point(|hit| (hit.target as usize) < b * block);
        let end = start + hits[start..].partition_point(|hit| (hit.target as usize) < (b + 1) * block);
        &hits[start..end]
    });
    parts.collect::<Vec<_>>().concat()
}

/// Of several hits on a target the one of the least mark: who would have infected at the lowest transmissibility.
///
/// Attempts differ in their bits, so that the order is total and knows nothing of lanes or threads.
fn one_each(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_unstable_by_key(|hit| (u64::from(hit.target) << 32 | u64::from(hit.mark.to_bits()), hit.attempt));
    hits.dedup_by_key(|hit| hit.target);
    hits
}
