//! Invented panels whose law is known.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]
#![allow(dead_code, reason = "each test file uses some of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast_engine::{
    Date, Draws, Engine, Epidemiology, Fips, History, Horizon, Location, Places, Region, Scenario, Series, Streams,
    Target,
};
use countycast_learner::{Learner, Settings};
use rand_distr::{Distribution, Poisson, StandardNormal};

pub(crate) const SEED: u64 = 20_200_912;

/// Counties whose weekly log growth is autoregressive: `g' = keep · g + noise`, counts Poisson, deaths 2 % of cases a
/// fortnight before. Four states of equal size, sums of their counties.
pub(crate) struct Law {
    pub(crate) counties: u32,
    pub(crate) days: usize,
    pub(crate) keep: f64,
    pub(crate) noise: f64,
}

impl Law {
    /// Daily cases and deaths of each county.
    pub(crate) fn counts(&self) -> BTreeMap<Fips, (Vec<f64>, Vec<f64>)> {
        (0..self.counties).map(|i| self.county(Fips::from_county(1_000 * (31 + i % 4) + 1 + i).unwrap(), i)).collect()
    }

    fn county(&self, fips: Fips, i: u32) -> (Fips, (Vec<f64>, Vec<f64>)) {
        let mut rng = Streams::new(7, "law", fips).rng("course", 0);
        let base = 20.0 * 3.0_f64.powi((i % 5) as i32);
        let (mut log, mut growth) = (base.ln(), 0.0);
        let (mut cases, mut deaths): (Vec<f64>, Vec<f64>) = Default::default();
        for day in 0..self.days {
            if day % 7 == 0 {
                let z: f64 = StandardNormal.sample(&mut rng);
                // The pull to the base keeps counts within bounds over half a year.
                growth = self.keep * growth + self.noise * z - 0.03 * (log - base.ln());
            }
            log += growth / 7.0;
            let poisson = |mean: f64, rng: &mut _| Poisson::new(mean.max(1e-6)).unwrap().sample(rng);
            cases.push(poisson(log.exp(), &mut rng));
            let due = if day >= 14 { 0.02 * cases[day - 14] } else { 0.0 };
            deaths.push(poisson(due, &mut rng));
        }
        (fips, (cases, deaths))
    }
}

/// The first `days` days of these counts.
pub(crate) fn panel(counts: &BTreeMap<Fips, (Vec<f64>, Vec<f64>)>, days: usize) -> Places {
    let sum = |of: &dyn Fn(Fips) -> bool| {
        let mut sums = (vec![0.0; days], vec![0.0; days]);
        for (_, (cases, deaths)) in counts.iter().filter(|(fips, _)| of(**fips)) {
            sums.0.iter_mut().zip(cases).for_each(|(sum, count)| *sum += count);
            sums.1.iter_mut().zip(deaths).for_each(|(sum, count)| *sum += count);
        }
        sums
    };
    let first_day = Date::constant(2020, 3, 1);
    let series = |counts: &[f64]| Series::from_counts(counts[..days].to_vec()).unwrap();
    let place = |fips: Fips, population: f64| {
        let mut location = Location::new(fips, format!("Test {fips}"));
        location.population = Some(population);
        location
    };
    let around = |fips: Fips, counts: &(Vec<f64>, Vec<f64>)| {
        let location = place(fips, 1e9);
        Arc::new(Region { location, cases: series(&counts.0), deaths: series(&counts.1) })
    };
    let history = |fips, population, counts: &(Vec<f64>, Vec<f64>), region: Option<Arc<Region>>| {
        let location = Arc::new(place(fips, population));
        Arc::new(History::new(location, first_day, series(&counts.0), series(&counts.1), region).unwrap())
    };
    let total = sum(&|_| true);
    let nation = around(Fips::US, &total);
    let mut all = vec![history(Fips::US, 4e9, &total, None)];
    for state in (31..35).map(|state| Fips::from_state(state).unwrap()) {
        let total = sum(&|fips| fips.state() == Some(state));
        all.push(history(state, 1e9, &total, Some(Arc::clone(&nation))));
        let region = around(state, &total);
        let inside = counts.iter().filter(|(fips, _)| fips.state() == Some(state));
        all.extend(inside.map(|(fips, counts)| history(*fips, 1e7, counts, Some(Arc::clone(&region)))));
    }
    let neighbours = counts.keys().map(|fips| (*fips, Fips::from_county(fips.number() + 4).into_iter().collect()));
    Places::new(all, neighbours.collect())
}

/// Few trees: enough for a panel of a hundred counties.
pub(crate) fn small() -> Settings {
    Settings { trees: 60, depth: 4, rough_trees: 20, committee: 1, ..Settings::default() }
}

pub(crate) fn trained(places: &Places, settings: Settings) -> Learner {
    Learner::new(settings, &Epidemiology::default()).unwrap().trained(places, SEED).unwrap()
}

pub(crate) fn project(engine: &dyn Engine, history: &History, days: usize, draws: usize) -> Draws {
    let streams = Streams::new(SEED, engine.name(), history.location().fips);
    let horizon = Horizon::from_days(days).unwrap();
    engine.fit(history, &streams).unwrap().draw(&Scenario::baseline(), horizon, draws, &streams).unwrap()
}

/// Bits of all cases and deaths.
pub(crate) fn bits(draws: &Draws) -> Vec<u32> {
    let of = |target| draws.paths(target).unwrap().flatten().map(|count| count.to_bits());
    of(Target::Cases).chain(of(Target::Deaths)).collect()
}

/// Sorted sums of the days `from .. to` past as-of.
pub(crate) fn sums(draws: &Draws, target: Target, from: usize, to: usize) -> Vec<f64> {
    let mut sums: Vec<f64> =
        draws.paths(target).unwrap().map(|path| path[from..to].iter().map(|x| f64::from(*x)).sum()).collect();
    sums.sort_by(f64::total_cmp);
    sums
}
