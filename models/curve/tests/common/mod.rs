//! Epidemics of known truth.

use std::sync::Arc;

use countycast_curve::Shape;
use countycast_engine::{Fips, History, Location, Region, Series, Streams};
use rand_distr::{Distribution, Gamma, Poisson};

/// The streams of a made-up county.
pub(crate) fn streams(seed: u64) -> Streams {
    Streams::new(seed, "curve", "01001".parse::<Fips>().unwrap())
}

/// A county with these cases and deaths a day, alone or within a state.
pub(crate) fn history(cases: &[f64], deaths: &[f64], population: f64, region: Option<(&[f64], f64)>) -> History {
    let series = |counts: &[f64]| Series::from_counts(counts.to_vec()).unwrap();
    let mut location = Location::new("01001".parse().unwrap(), "Somewhere");
    location.population = Some(population);
    let region = region.map(|(cases, population)| {
        let mut location = Location::new("01".parse().unwrap(), "Around");
        location.population = Some(population);
        let deaths = vec![0.0; cases.len()];
        Arc::new(Region { location, cases: series(cases), deaths: series(&deaths) })
    });
    History::new(Arc::new(location), "2020-02-01".parse().unwrap(), series(cases), series(deaths), region).unwrap()
}

/// Expected cases a day of waves on a floor.
pub(crate) fn expected(days: usize, floor: f64, waves: &[(f64, Shape)]) -> Vec<f64> {
    (0..days)
        .map(|day| {
            let (start, end) = (day as f64, day as f64 + 1.0);
            floor + waves.iter().map(|(size, w)| size * (w.cdf(end) - w.cdf(start))).sum::<f64>()
        })
        .collect()
}

/// Negative binomial counts about these means.
pub(crate) fn noisy(mean: &[f64], size: f64, seed: u64, purpose: &str) -> Vec<f64> {
    let mut rng = streams(seed).rng(purpose, 0);
    mean.iter()
        .map(|m| {
            let rate: f64 = Gamma::new(size, (m / size).max(1e-9)).unwrap().sample(&mut rng);
            Poisson::new(rate.max(1e-9)).unwrap().sample(&mut rng)
        })
        .collect()
}
