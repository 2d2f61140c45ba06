//! The infections of a day: who is infected, and from where.

use rayon::prelude::*;

use super::exposure::{Exposure, Hit};
use super::{Epidemic, IMMUNE, Tally, VACCINATED, World};
use crate::infect::{Infected, infect};
use crate::population::Layer;
use crate::purpose;
use crate::wheel::{Lane, NEVER};

/// What decides how many are infected on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Drive {
    /// Attempts whose mark is below the multiplier.
    Multiplier(f32),
    /// So many, those of the least marks; those missing come from elsewhere. For following a known course.
    Count(usize),
}

impl Drive {
    /// The attempts that succeed, in order of their targets, and how many are infected from elsewhere.
    fn choose(self, mut hits: Vec<Hit>, imports: usize) -> (Vec<Hit>, usize) {
        match self {
            Self::Multiplier(multiplier) => {
                hits.retain(|hit| hit.mark < multiplier);
                (hits, imports)
            }
            Self::Count(count) => {
                let local = count.saturating_sub(imports);
                let imports = count - local.min(hits.len());
                if local < hits.len() {
                    hits.select_nth_unstable_by(local, |a, b| a.mark.total_cmp(&b.mark).then(a.target.cmp(&b.target)));
                    hits.truncate(local);
                    hits.sort_unstable_by_key(|hit| hit.target);
                }
                (hits, imports)
            }
        }
    }
}

impl Epidemic {
    /// Infects those whose attempts succeed, and `imports` people from elsewhere; draws their attempts.
    pub(crate) fn commit(
        &mut self,
        world: &World<'_>,
        day: usize,
        exposure: Exposure,
        drive: Drive,
        imports: usize,
    ) -> Tally {
        let (hits, imports) = drive.choose(exposure.hits, imports);
        let mut tally = Tally::default();
        let mut infected = Vec::with_capacity(hits.len() + imports);
        for hit in &hits {
            let quarantine = self.quarantine(world, day, hit);
            let new = Infected { person: hit.target, variant: hit.attempt.variant(), quarantine };
            self.count(world, new, hit.attempt.layer() as usize, &mut tally);
            infected.push(new);
        }
        let measures = world.plan.on(day);
        self.bring_in(world, (day as u64) | purpose::IMPORTED, imports, false, &mut infected, &mut tally);
        if measures.variants_per_person > 0.0 {
            let expected = measures.variants_per_person * self.status.len() as f64;
            let brought = self.key.at(day as u64, purpose::VARIANT).poisson(expected as f32);
            self.bring_in(world, (day as u64) | purpose::VARIANT, brought as usize, true, &mut infected, &mut tally);
        }
        self.draw_attempts(world, day, &infected);
        tally
    }

    /// The day from which somebody infected is in quarantine, where the infector is isolated and contacts are traced.
    fn quarantine(&self, world: &World<'_>, day: usize, hit: &Hit) -> Option<usize> {
        let isolated = match hit.attempt.isolation() {
            NEVER => return None,
            days => day + days as usize,
        };
        let (share, delay) = world.plan.on(isolated).tracing;
        let pair = u64::from(hit.target) << 24 | u64::from(hit.attempt.infector());
        let traced = share > 0.0 && self.key.unit(pair, purpose::TRACED) < share;
        traced.then(|| isolated + delay.ceil() as usize)
    }

    fn count(&mut self, world: &World<'_>, new: Infected, layer: usize, tally: &mut Tally) {
        let status = &mut self.status[new.person as usize];
        let severe = if *status & VACCINATED == 0 { 1.0 } else { world.plan.severity_left };
        *status |= IMMUNE;
        let band = world.population.band(new.person);
        tally.by_layer[layer] += 1;
        tally.by_band[band] += 1;
        tally.severe[band] += severe;
    }

    /// Infects people at random; those who are immune already stand for infections that did not happen.
    fn bring_in(
        &mut self,
        world: &World<'_>,
        purpose: u64,
        count: usize,
        variant: bool,
        infected: &mut Vec<Infected>,
        tally: &mut Tally,
    ) {
        let people = self.status.len() as u32;
        for i in 0..if people == 0 { 0 } else { count } {
            let mut numbers = self.key.at(i as u64, purpose);
            for _ in 0..20 {
                let person = numbers.below(people);
                let susceptibility = self.susceptibility(world, person);
                if self.status[person as usize] & IMMUNE == 0 && numbers.unit() < susceptibility {
                    let new = Infected { person, variant, quarantine: None };
                    self.count(world, new, Layer::ALL.len(), tally);
                    infected.push(new);
                    break;
                }
            }
        }
    }

    fn draw_attempts(&mut self, world: &World<'_>, day: usize, infected: &[Infected]) {
        let key = self.key;
        let share = infected.len().div_ceil(self.lanes.len()).max(1);
        let fill = |lane: &mut Lane, infected: &[Infected]| {
            infected.iter().for_each(|&new| infect(world, key, day, new, lane));
        };
        self.lanes.iter_mut().for_each(|lane| lane.clear(day));
        if self.lanes.len() == 1 || infected.len() < 256 {
            self.lanes.iter_mut().zip(infected.chunks(share)).for_each(|(lane, part)| fill(lane, part));
        } else {
            self.lanes.par_iter_mut().zip(infected.par_chunks(share)).for_each(|(lane, part)| fill(lane, part));
        }
    }
}
