//! One simulated epidemic: who is immune, and the attempts that wait for their day.

use rayon::prelude::*;

use crate::disease::{Disease, WHEEL, class};
use crate::infect::{Infected, infect};
use crate::plan::{Day, Plan};
use crate::population::{BANDS, Layer, Population, band_of};
use crate::random::{Key, unit};
use crate::wheel::{Attempt, Lane, NEVER};

/// Cannot be infected.
const IMMUNE: u8 = 1;
/// Has been vaccinated.
const VACCINATED: u8 = 2;
/// From this bit on stands the class of susceptibility, so that a test touches one byte of a person.
const CLASS: u32 = 2;
/// People of one lane; more lanes let more threads work on one place.
const PEOPLE_A_LANE: usize = 131_072;
const MOST_LANES: usize = 64;

// Purposes of random numbers, beside the days.
const COMPLIANCE: u64 = 1 << 32;
const TRACED: u64 = 2 << 32;
const IMPORTED: u64 = 3 << 32;
const VARIANT: u64 = 4 << 32;
const VACCINE: u64 = 5 << 32;
const WANED: u64 = 6 << 32;
const PAST: u64 = 7 << 32;

/// What does not change while an epidemic runs.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The people.
    pub population: &'a Population,
    /// The disease.
    pub disease: &'a Disease,
    /// What changes when.
    pub plan: &'a Plan,
    /// Weekday of simulated day 0, Sunday 0.
    pub first_weekday: usize,
    /// The multiplier that one level of attempts reaches to.
    pub unit: f32,
    /// Levels of attempts drawn for those infected from now on, 1 to 4.
    pub levels: u32,
}

/// Infections of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// By layer, in the order of [`Layer::ALL`]; the last are brought in from elsewhere.
    pub by_layer: [u32; 6],
    /// By age band.
    pub by_band: [u32; BANDS],
    /// By age band, weighted with the risk of a severe course that vaccination leaves.
    pub severe: [f32; BANDS],
}

impl Tally {
    /// All infections.
    #[must_use]
    pub fn infections(&self) -> u32 {
        self.by_layer.iter().sum()
    }
}

/// An attempt that would succeed at a multiplier above `mark`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) target: u32,
    pub(crate) mark: f32,
    attempt: Attempt,
}

/// The attempts of a day on people who can be infected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exposure {
    /// One for each target: that of the least mark.
    hits: Vec<Hit>,
    /// Infections expected for each unit of the multiplier.
    pub(crate) pressure: f64,
}

/// The changing part of a simulation.
#[derive(Debug, Clone)]
pub struct Epidemic {
    key: Key,
    status: Vec<u8>,
    lanes: Vec<Lane>,
    /// How many of the people by age, oldest first, have been offered a vaccine.
    offered: usize,
}

impl Epidemic {
    /// Nobody infected, nobody immune.
    #[must_use]
    pub fn new(population: &Population, key: Key) -> Self {
        let lanes = population.len().div_ceil(PEOPLE_A_LANE).clamp(1, MOST_LANES);
        let status = population.ages().iter().map(|age| (class(band_of(*age)) as u8) << CLASS).collect();
        Self { key, status, lanes: vec![Lane::new(); lanes], offered: 0 }
    }

    /// Bytes held: state of the people and waiting attempts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.status.len() + self.lanes.iter().map(Lane::bytes).sum::<usize>()
    }

    /// Attempts that wait for their day.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lanes.iter().map(Lane::len).sum()
    }

    /// People who can still be infected.
    #[must_use]
    pub fn susceptible(&self) -> usize {
        self.status.iter().filter(|status| **status & IMMUNE == 0).count()
    }

    /// Makes `count` people immune, chosen by susceptibility: the infections of the past.
    pub fn immunise(&mut self, world: &World<'_>, count: usize) {
        let people = self.status.len() as u32;
        let mut numbers = self.key.at(0, PAST);
        let (mut done, mut tries) = (0, 0);
        while done < count && tries < 200 * self.status.len() {
            tries += 1;
            let person = numbers.below(people);
            let susceptibility = self.susceptibility(world, person);
            if self.status[person as usize] & IMMUNE == 0 && numbers.unit() < susceptibility {
                self.status[person as usize] |= IMMUNE;
                done += 1;
            }
        }
    }

    fn susceptibility(&self, world: &World<'_>, person: u32) -> f32 {
        world.disease.susceptibility[usize::from(self.status[person as usize] >> CLASS & 7)]
    }

    /// Runs one day with a given multiplier and so many infections from elsewhere.
    pub fn step(&mut self, world: &World<'_>, day: usize, multiplier: f32, imports: usize) -> Tally {
        self.prepare(world, day);
        let exposure = self.expose(world, day, multiplier);
        self.commit(world, day, exposure, Drive::Multiplier(multiplier), imports)
    }

    /// What a day's plan does to people before they meet: vaccination and waning.
    pub(crate) fn prepare(&mut self, world: &World<'_>, day: usize) {
        let measures = world.plan.on(day);
        if measures.waning > 0.0 {
            let key = self.key;
            for (person, status) in self.status.iter_mut().enumerate().filter(|(_, status)| **status & IMMUNE != 0) {
                if key.unit(person as u64, WANED | day as u64) < measures.waning {
                    *status &= !IMMUNE;
                }
            }
        }
        for vaccination in &measures.vaccinations {
            let eligible = world.population.ages().iter().filter(|age| **age >= vaccination.minimum_age).count();
            let doses = vaccination.share * eligible as f64;
            // The part of a dose that is left over goes to somebody by chance, so that small shares of few people count.
            let whole = (doses + f64::from(self.key.unit(day as u64, VACCINE))).floor() as usize;
            self.vaccinate(world, vaccination.minimum_age, vaccination.against_infection, whole);
        }
    }

    /// Offers a vaccine to the next `doses` people, the oldest band first.
    fn vaccinate(&mut self, world: &World<'_>, minimum_age: u8, against_infection: f32, doses: usize) {
        let oldest_first = (0..BANDS).rev().flat_map(|band| world.population.of_band(band));
        let mut given = 0;
        for &person in oldest_first.skip(self.offered) {
            if given == doses {
                break;
            }
            self.offered += 1;
            if world.population.ages()[person as usize] < minimum_age {
                continue;
            }
            given += 1;
            let status = &mut self.status[person as usize];
            *status |= VACCINATED;
            // All or nothing: a share is protected for good, the others not at all.
            if self.key.unit(u64::from(person), VACCINE) < against_infection {
                *status |= IMMUNE;
            }
        }
    }

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

    /// What is left of an attempt outside the home by what both people do: 0 where they do not meet.
    fn compliance(&self, world: &World<'_>, measures: &Day, attempt: Attempt, layer: Layer) -> f32 {
        let people = [attempt.target(), attempt.infector()];
        // One number a person and measure: the same people comply on every day, more of them at a higher strength.
        let among = |share: f32, measure: u64, person: u32| {
            share > 0.0 && self.key.unit(u64::from(person), COMPLIANCE | measure) < share
        };
        let absent = |person: u32| {
            let by_layer = match layer {
                Layer::School => {
                    let level = match world.population.ages()[person as usize] {
                        ..=10 => Some(0),
                        11..=17 => Some(1),
                        18..=22 => Some(2),
                        _ => None,
                    };
                    level.is_some_and(|level| among(measures.schools[level], 1, person))
                }
                Layer::Work => among(measures.home_office, 2, person),
                Layer::Household | Layer::Care | Layer::Community => false,
            };
            by_layer || (layer != Layer::Care && among(measures.stay_at_home, 3, person))
        };
        if people.into_iter().any(absent) {
            return 0.0;
        }
        let masked = people.into_iter().filter(|&person| among(measures.masks.0, 4, person)).count();
        // Two masks have the efficacy, one its square root: each cuts what passes it by the same factor.
        (1.0 - measures.masks.1).powf(masked as f32 / 2.0)
    }

    /// Infects those whose attempts succeed, and `imports` people from elsewhere; draws their attempts.
    pub(crate) fn commit(
        &mut self,
        world: &World<'_>,
        day: usize,
        exposure: Exposure,
        drive: Drive,
        imports: usize,
    ) -> Tally {
        let mut hits = exposure.hits;
        let mut imports = imports;
        match drive {
            Drive::Multiplier(multiplier) => hits.retain(|hit| hit.mark < multiplier),
            Drive::Count(count) => {
                let local = count.saturating_sub(imports);
                imports = count - local.min(hits.len());
                if local < hits.len() {
                    hits.select_nth_unstable_by(local, |a, b| a.mark.total_cmp(&b.mark).then(a.target.cmp(&b.target)));
                    hits.truncate(local);
                    hits.sort_unstable_by_key(|hit| hit.target);
                }
            }
        }
        let mut tally = Tally::default();
        let mut infected = Vec::with_capacity(hits.len() + imports);
        for hit in &hits {
            let from = hit.attempt.infector();
            let isolated_on = match hit.attempt.isolation() {
                NEVER => None,
                days => Some(day + days as usize),
            };
            let quarantine = isolated_on.and_then(|isolated| {
                let (share, delay) = world.plan.on(isolated).tracing;
                let traced =
                    share > 0.0 && self.key.unit(u64::from(hit.target) << 24 | u64::from(from), TRACED) < share;
                traced.then(|| isolated + delay.ceil() as usize)
            });
            let new = Infected { person: hit.target, variant: hit.attempt.variant(), quarantine };
            self.count(world, new, hit.attempt.layer() as usize, &mut tally);
            infected.push(new);
        }
        let measures = world.plan.on(day);
        self.bring_in(world, (day as u64) | IMPORTED, imports, false, &mut infected, &mut tally);
        if measures.variants_per_person > 0.0 {
            let expected = measures.variants_per_person * self.status.len() as f64;
            let brought = self.key.at(day as u64, VARIANT).poisson(expected as f32);
            self.bring_in(world, (day as u64) | VARIANT, brought as usize, true, &mut infected, &mut tally);
        }
        self.draw_attempts(world, day, &infected);
        tally
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

/// What decides how many are infected on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Drive {
    /// Attempts whose mark is below the multiplier.
    Multiplier(f32),
    /// So many, those of the least marks; those missing come from elsewhere. For following a known course.
    Count(usize),
}

impl Day {
    /// Whether anything depends on who the people are.
    fn personal(&self) -> bool {
        let shares = [self.home_office, self.stay_at_home, self.masks.0];
        shares.into_iter().chain(self.schools).any(|share| share > 0.0)
    }
}

/// Days after which nobody infected today infects anyone.
pub const LONGEST_GENERATION: usize = WHEEL - 1;
