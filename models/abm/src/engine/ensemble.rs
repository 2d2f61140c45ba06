//! Simulations that have followed the recent past, ready to go on.

use std::borrow::Cow;

use crate::disease::{Disease, WHEEL};
use crate::epidemic::{Drive, Epidemic, Exposure, Imports, Tally};
use crate::offspring::Offspring;
use crate::plan::Plan;
use crate::population::Population;
use crate::purpose;
use crate::random::Key;
use crate::settings::Settings;
use crate::world::World;

/// Days after the as-of day on which the multiplier follows the outlook; then it stays.
pub(crate) const STEERED_DAYS: usize = 28;
/// Days whose infections and pressure give the present multiplier.
const WINDOW_DAYS: usize = 14;
/// The multiplier of a steered day is within this factor of the present one.
const MOST_CHANGE: f64 = 4.0;
/// Levels of attempts of those infected before the as-of day: a scenario can raise their transmission this far.
const PAST_LEVELS: u32 = 2;
/// Greatest share of a variant's infections whose infector lives elsewhere.
const MOST_BROUGHT: f64 = 0.9;
/// Room above the multiplier expected: repeated attempts on the same household cost about a third.
const ROOM: f64 = 1.6;

/// What the simulations are to follow, in simulated people.
pub(crate) struct Target {
    /// Infections a day, from the first simulated day to the end of the steered days.
    pub(crate) infections: Vec<f64>,
    /// Share of them that is brought in from elsewhere.
    pub(crate) imports: ImportShares,
    /// Infected before the first simulated day.
    pub(crate) immune: usize,
    /// First simulated day on which infections are no longer known from reports.
    pub(crate) known: usize,
    pub(crate) first_weekday: usize,
}

/// Shares of all infections whose infector lives elsewhere.
///
/// The variant is taken to spread around as it does here, so that commuters and travellers meet it elsewhere as often as
/// they meet it at home. Without these infections its reproduction number would lack the share that residents cause, and
/// catch, across the border.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ImportShares {
    /// Of anyone.
    pub(crate) anyone: f64,
    /// Of residents at work in another county.
    pub(crate) there: f64,
    /// Of residents who work here, by those who come in.
    pub(crate) here: f64,
}

impl ImportShares {
    /// Infections with the variant from elsewhere for each one by a resident: the shares over what is left of all.
    fn with_variant(self, travel: f64) -> [f64; 3] {
        let shares = [self.anyone, self.there, self.here];
        let all: f64 = shares.iter().sum();
        // Where nearly all is brought in, what happens here says little about what is around.
        let of_one = (all.min(MOST_BROUGHT) / all.max(1e-12)) / (1.0 - all.min(MOST_BROUGHT));
        shares.map(|share| travel * share * of_one)
    }
}

/// All simulations of one place, on the evening of the as-of day.
pub(crate) struct Ensemble {
    pub(crate) population: Population,
    pub(crate) disease: Disease,
    epidemics: Vec<(Key, Epidemic)>,
    /// What happened in each simulation up to the as-of day.
    pub(crate) past: Vec<Vec<Tally>>,
    /// Multipliers of the steered days.
    pub(crate) multipliers: Vec<f32>,
    /// Infections a day that are thought of, from the first simulated day on, and who brings them.
    infections: Vec<f64>,
    imports: ImportShares,
    unit: f32,
    first_weekday: usize,
    burn_in: usize,
}

impl Ensemble {
    /// Runs all simulations side by side through the burn-in, each with exactly the infections known from reports, then
    /// with one multiplier for all that meets the target on average.
    pub(crate) fn new(
        settings: &Settings,
        population: Population,
        disease: Disease,
        target: &Target,
        keys: Vec<Key>,
    ) -> Self {
        let burn_in = settings.burn_in_days;
        let unit = unit(&disease, &population, target);
        let epidemics = keys.into_iter().map(|key| {
            let mut epidemic = Epidemic::new(&population, key);
            let plan = Plan::usual();
            let world = World {
                population: &population,
                disease: &disease,
                plan: &plan,
                first_weekday: target.first_weekday,
                unit,
                levels: PAST_LEVELS,
            };
            epidemic.immunise(&world, target.immune);
            (key, epidemic)
        });
        let epidemics: Vec<(Key, Epidemic)> = epidemics.collect();
        let past = vec![Vec::with_capacity(burn_in); epidemics.len()];
        let first_weekday = target.first_weekday;
        let mut ensemble = Self {
            population,
            disease,
            epidemics,
            past,
            multipliers: vec![],
            infections: target.infections.clone(),
            imports: target.imports,
            unit,
            first_weekday,
            burn_in,
        };
        ensemble.follow(target);
        ensemble
    }

    fn follow(&mut self, target: &Target) {
        let plan = Plan::usual();
        let mut running: Vec<(Key, Epidemic)> = std::mem::take(&mut self.epidemics);
        let simulations = running.len() as f64;
        let mut window: Vec<(f64, f64)> = Vec::new();
        for day in 0..self.burn_in + STEERED_DAYS {
            // More levels are for scenarios, hence for those who still infect somebody after the as-of day.
            let recent = (self.burn_in.saturating_sub(WHEEL)..self.burn_in).contains(&day);
            let world = self.world(&plan, if recent { PAST_LEVELS } else { 1 });
            let limit = self.unit;
            let exposures: Vec<Exposure> =
                running.iter().map(|(_, epidemic)| epidemic.expose(&world, day, limit)).collect();
            let pressure: f64 = exposures.iter().map(|exposure| exposure.pressure).sum();
            let brought: Vec<Imports> = running.iter().map(|(key, _)| self.imports_on(*key, day, 1.0)).collect();
            let expected = target.infections[day] * simulations;
            let local = (expected - brought.iter().map(|imports| imports.total()).sum::<usize>() as f64).max(0.0);
            let multiplier = if day < target.known {
                window.push((local, pressure));
                None
            } else {
                let recent = &window[window.len().saturating_sub(WINDOW_DAYS)..];
                let (infections, pressures) = recent.iter().fold((0.0, 0.0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
                let present = (infections / pressures.max(1e-9)).clamp(0.05, f64::from(limit));
                let wanted = if pressure > 0.0 { local / pressure } else { present };
                Some(wanted.clamp(present / MOST_CHANGE, present * MOST_CHANGE).min(f64::from(limit)) as f32)
            };
            let mut tallies = Vec::with_capacity(running.len());
            for (((key, epidemic), exposure), imports) in running.iter_mut().zip(exposures).zip(brought) {
                let drive = match multiplier {
                    Some(multiplier) => Drive::Multiplier(multiplier),
                    None => Drive::Count(rounded(*key, &target.infections, day)),
                };
                tallies.push(epidemic.commit(&world, day, &exposure, drive, imports));
            }
            if day < self.burn_in {
                self.past.iter_mut().zip(tallies).for_each(|(past, tally)| past.push(tally));
            }
            if day + 1 == self.burn_in {
                self.epidemics.clone_from(&running);
            }
            if let Some(multiplier) = multiplier.filter(|_| day >= self.burn_in) {
                self.multipliers.push(multiplier);
            }
        }
    }

    /// Goes on for `days` days under a plan: what happens in each of these simulations.
    pub(crate) fn go_on(&self, plan: &Plan, days: usize, simulations: impl Iterator<Item = usize>) -> Vec<Vec<Tally>> {
        let last = &self.multipliers[self.multipliers.len().saturating_sub(7)..];
        let after = last.iter().sum::<f32>() / last.len().max(1) as f32;
        let multiplier = |day: usize| self.multipliers.get(day).copied().unwrap_or(after);
        let greatest = (0..days).map(multiplier).fold(0.0, f32::max) * plan.greatest_factor();
        let levels = ((greatest / self.unit).ceil() as u32).clamp(1, 4);
        let plan = &*self.attuned(plan, after);
        let world = self.world(plan, levels);
        let run = |(key, epidemic): &(Key, Epidemic)| {
            let mut epidemic = epidemic.clone();
            let day = |i: usize| {
                let day = self.burn_in + i;
                let imports = self.imports_on(*key, day, plan.on(day).travel);
                epidemic.step(&world, day, multiplier(i), imports)
            };
            (0..days).map(day).collect()
        };
        simulations.filter_map(|i| self.epidemics.get(i)).map(run).collect()
    }

    /// The plan with the attempts that give the variant the reproduction number asked for, over the ancestor's at `multiplier`.
    fn attuned<'a>(&self, plan: &'a Plan, multiplier: f32) -> Cow<'a, Plan> {
        let Some(ratio) = plan.transmissibility() else { return Cow::Borrowed(plan) };
        let offspring = Offspring::new(&self.disease, &self.population);
        Cow::Owned(plan.with_variant_attempts(offspring.attempts_for(f64::from(multiplier), ratio) as f32))
    }

    fn world<'a>(&'a self, plan: &'a Plan, levels: u32) -> World<'a> {
        World {
            population: &self.population,
            disease: &self.disease,
            plan,
            first_weekday: self.first_weekday,
            unit: self.unit,
            levels,
        }
    }

    /// Infections brought in on a day: whole numbers of the right means.
    fn imports_on(&self, key: Key, day: usize, factor: f64) -> Imports {
        let infections = self.infections.get(day).or(self.infections.last()).copied().unwrap_or(0.0) * factor;
        let whole = |share: f64, kind: u64| {
            (share * infections + f64::from(key.unit(day as u64, purpose::IMPORTS | kind))).floor() as usize
        };
        let ImportShares { anyone, there, here } = self.imports;
        let with_variant = self.imports.with_variant(factor);
        Imports { anyone: whole(anyone, 0), there: whole(there, 1), here: whole(here, 2), with_variant }
    }
}

/// The whole number of infections on a day: differences of the rounded running sum, so that no fraction is lost.
fn rounded(key: Key, infections: &[f64], day: usize) -> usize {
    let before: f64 = infections[..day].iter().sum::<f64>() + f64::from(key.unit(0, purpose::ROUNDING));
    ((before + infections[day]).floor() - before.floor()) as usize
}

/// A size of levels such that the first holds the multipliers to be expected.
fn unit(disease: &Disease, population: &Population, target: &Target) -> f32 {
    let generation = disease.generation_interval();
    let infections = &target.infections;
    let reproduction = |day: usize| {
        let parents: f64 = generation.iter().zip(infections[..day].iter().rev()).map(|(share, i)| share * i).sum();
        infections[day] / parents.max(1e-9)
    };
    let first = infections.len() / 2;
    let greatest = (first..infections.len()).map(reproduction).fold(0.7, f64::max);
    let susceptible = 1.0 - target.immune as f64 / (population.len() as f64).max(1.0);
    (ROOM * greatest / susceptible.max(0.05)).clamp(1.0, 8.0) as f32
}
