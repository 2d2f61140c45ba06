//! The attempts of a day: whom they would infect, and at which multiplier.

use rayon::prelude::*;

use super::{CLASS, Epidemic, IMMUNE, PEOPLE_A_LANE, World};
use crate::plan::Day;
use crate::population::Layer;
use crate::random::unit;
use crate::wheel::{Attempt, Lane};

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
    /// One for each target: that of the least mark.
    pub(super) hits: Vec<Hit>,
    /// Infections expected for each unit of the multiplier.
    pub(crate) pressure: f64,
}

impl Epidemic {
    /// Tries all attempts of a day whose mark is below `limit`.
    pub(crate) fn expose(&self, world: &World<'_>, day: usize, limit: f32) -> Exposure {
        let measures = world.plan.on(day);
        let try_lane = |lane: &Lane| self.try_lane(world, day, measures, lane.on(day), limit);
        let tried: Vec<Exposure> = if self.lanes.len() == 1 {
            self.lanes.iter().map(try_lane).collect()
        } else {
            self.lanes.par_iter().map(try_lane).collect()
        };
        let pressure = tried.iter().map(|exposure| exposure.pressure).sum();
        let mut hits = Vec::with_capacity(tried.iter().map(|exposure| exposure.hits.len()).sum());
        tried.into_iter().for_each(|exposure| hits.extend(exposure.hits));
        // The least mark wins: who would have infected at the lowest transmissibility. Attempts differ in their bits, so
        // that the order is total and knows nothing of lanes or threads.
        let order = |hit: &Hit| (u64::from(hit.target) << 32 | u64::from(hit.mark.to_bits()), hit.attempt);
        if hits.len() > PEOPLE_A_LANE {
            hits.par_sort_unstable_by_key(order);
        } else {
            hits.sort_unstable_by_key(order);
        }
        hits.dedup_by_key(|hit| hit.target);
        Exposure { hits, pressure }
    }

    fn try_lane(&self, world: &World<'_>, day: usize, measures: &Day, attempts: &[Attempt], limit: f32) -> Exposure {
        let mut exposure = Exposure::default();
        let personal = measures.personal();
        let mut pressure = 0.0_f64;
        for &attempt in attempts {
            let target = attempt.target();
            let status = self.status[target as usize];
            if status & IMMUNE != 0 {
                continue;
            }
            let layer = attempt.layer();
            let class = usize::from(status >> CLASS & 7);
            let mut factor = world.disease.susceptibility[class] * measures.layers[layer as usize];
            if personal && layer != Layer::Household {
                factor *= self.compliance(world, measures, attempt, layer);
            }
            if factor <= 0.0 {
                continue;
            }
            if attempt.level() == 0 {
                pressure += f64::from(factor);
            }
            let u = unit(self.key.at(attempt.0, day as u64).bits());
            let mark = (attempt.level() as f32 + u) * world.unit;
            if mark < limit * factor {
                exposure.hits.push(Hit { target, mark: mark / factor, attempt });
            }
        }
        exposure.pressure = pressure / f64::from(world.unit);
        exposure
    }
}
