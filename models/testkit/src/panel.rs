//! Invented panels of many counties whose law of growth is known.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast_engine::{
    Date, Draws, Engine, Fips, History, Horizon, Location, Places, Region, Scenario, Series, Streams, Target,
};
use rand_distr::{Distribution, Poisson, StandardNormal};

/// Daily cases and deaths of counties.
pub type Counts = BTreeMap<Fips, (Vec<f64>, Vec<f64>)>;

/// Counties whose weekly log growth is autoregressive: `g' = keep · g + noise`, counts Poisson, deaths 2 % of cases a
/// fortnight before. Four states of equal size, sums of their counties.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// Number of counties.
    pub counties: u32,
    /// Number of days.
    pub days: usize,
    /// Part of a week's growth that is left in the next, 0 to 1.
    pub keep: f64,
    /// Standard deviation of a week's new growth.
    pub noise: f64,
}

impl Law {
    /// Daily cases and deaths of each county.
    ///
    /// # Panics
    /// Where there are more counties than codes.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let fips = |i| Fips::from_county(1_000 * (31 + i % 4) + 1 + i).expect("fewer than a thousand counties");
        (0..self.counties).map(|i| self.county(fips(i), i)).collect()
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
            let poisson = |mean: f64, rng: &mut _| Poisson::new(mean.max(1e-6)).expect("a mean above 0").sample(rng);
            cases.push(poisson(log.exp(), &mut rng));
            let due = if day >= 14 { 0.02 * cases[day - 14] } else { 0.0 };
            deaths.push(poisson(due, &mut rng));
        }
        (fips, (cases, deaths))
    }
}

/// The panel of the first `days` days of these counts, which begin on 2020-03-01.
///
/// # Panics
/// If there are fewer days, or a count is negative or not finite.
#[must_use]
pub fn panel(counts: &Counts, days: usize) -> Places {
    let sum = |of: &dyn Fn(Fips) -> bool| {
        let mut sums = (vec![0.0; days], vec![0.0; days]);
        for (_, (cases, deaths)) in counts.iter().filter(|(fips, _)| of(**fips)) {
            sums.0.iter_mut().zip(cases).for_each(|(sum, count)| *sum += count);
            sums.1.iter_mut().zip(deaths).for_each(|(sum, count)| *sum += count);
        }
        sums
    };
    let first_day = Date::constant(2020, 3, 1);
    let series = |counts: &[f64]| Series::from_counts(counts[..days].to_vec()).expect("counts");
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
        let history = History::new(location, first_day, series(&counts.0), series(&counts.1), region);
        Arc::new(history.expect("the same days of all"))
    };
    let total = sum(&|_| true);
    let nation = around(Fips::US, &total);
    let mut all = vec![history(Fips::US, 4e9, &total, None)];
    for state in (31..35).map(|state| Fips::from_state(state).expect("a state")) {
        let total = sum(&|fips| fips.state() == Some(state));
        all.push(history(state, 1e9, &total, Some(Arc::clone(&nation))));
        let region = around(state, &total);
        let inside = counts.iter().filter(|(fips, _)| fips.state() == Some(state));
        all.extend(inside.map(|(fips, counts)| history(*fips, 1e7, counts, Some(Arc::clone(&region)))));
    }
    let neighbours = counts.keys().map(|fips| (*fips, Fips::from_county(fips.number() + 4).into_iter().collect()));
    Places::new(all, neighbours.collect())
}

/// Draws of an engine's baseline.
///
/// # Panics
/// If the engine refuses, or the number of days is not a horizon.
#[must_use]
pub fn project(engine: &dyn Engine, history: &History, days: usize, draws: usize) -> Draws {
    let streams = Streams::new(PANEL_SEED, engine.name(), history.location().fips);
    let horizon = Horizon::from_days(days).expect("a horizon");
    let fitted = engine.fit(history, &streams).expect("a fit");
    fitted.draw(&Scenario::baseline(), horizon, draws, &streams).expect("draws")
}

/// Seed that [`project`] draws with.
pub const PANEL_SEED: u64 = 20_200_912;

/// Bits of all cases and deaths.
///
/// # Panics
/// If one of them was not drawn.
#[must_use]
pub fn bits(draws: &Draws) -> Vec<u32> {
    let of = |target| draws.paths(target).expect("both targets").flatten().map(|count| count.to_bits());
    of(Target::Cases).chain(of(Target::Deaths)).collect()
}

/// Sorted sums of the days `from .. to` past the as-of day.
///
/// # Panics
/// If the target was not drawn for as many days.
#[must_use]
pub fn sums(draws: &Draws, target: Target, from: usize, to: usize) -> Vec<f64> {
    let paths = draws.paths(target).expect("the target");
    let mut sums: Vec<f64> = paths.map(|path| path[from..to].iter().map(|x| f64::from(*x)).sum()).collect();
    sums.sort_by(f64::total_cmp);
    sums
}
