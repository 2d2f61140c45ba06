//! Joint trajectories over horizons, whose quantiles are the forecast's.

use std::collections::BTreeMap;

use countycast_engine::weekly::{FIRST_HORIZON, LAST_HORIZON, Series, Signal, Snapshot, Week};
use countycast_engine::{Fips, Streams};
use nalgebra::{DMatrix, Matrix3, Vector3};
use rand_distr::{Distribution, StandardNormal};

use super::Forecast;
use super::marginal::{Marginal, normal_score, root};

/// Horizons of a trajectory.
pub const HORIZONS: usize = (LAST_HORIZON - FIRST_HORIZON + 1) as usize;
/// Weeks ahead whose dependence is learned.
const LEADS: usize = 8;
/// Fewest past courses from which it is learned.
const LEAST: usize = 100;
/// Greatest dependence of what lies ahead on how far a published week will be revised.
const MOST: f64 = 0.95;

/// How errors of forecasts of one week depend on those of another, learned from past courses.
///
/// On the scale of fourth roots, divided by the series' weekly steps, the change over one to eight weeks is regressed on the two
/// changes before it, over all areas of a signal and all past weeks; the correlations of what is left are those of a
/// Gaussian copula. Where a week is published already, how far it will be revised moves all later weeks: its
/// correlation with a later one is the ratio of both spreads.
#[derive(Debug, Clone, Default)]
pub struct Dependence {
    /// Correlations of leads, by signal and whether areas are below the state.
    correlations: BTreeMap<(Signal, bool), DMatrix<f64>>,
}

impl Dependence {
    /// Learns from all that is known.
    #[must_use]
    pub fn new(data: &Snapshot) -> Self {
        let mut kinds: BTreeMap<(Signal, bool), Vec<Past>> = BTreeMap::new();
        for series in &data.series {
            kinds.entry((series.signal, series.area.below_state())).or_default().extend(courses(series));
        }
        let learned = kinds.into_iter().filter(|(_, courses)| courses.len() >= LEAST);
        Self { correlations: learned.filter_map(|(kind, courses)| Some((kind, residuals(&courses)?))).collect() }
    }

    /// Draws of trajectories over all horizons, in the signal's unit.
    ///
    /// Each horizon's draws are the same evenly spaced quantiles of its forecast, put in the order of the copula's draws
    /// (ensemble copula coupling: Schefzik, Thorarinsdottir and Gneiting 2013, *Statistical Science* 28:616), so that
    /// quantiles of the draws are the forecast's at any number of them.
    #[must_use]
    pub fn trajectories(&self, forecast: &Forecast, reference: Week, draws: usize, seed: u64) -> Vec<[f64; HORIZONS]> {
        let most = forecast.signal.unit().greatest();
        let marginals: Vec<Marginal> = forecast.rows.iter().map(|row| Marginal::new(row, most)).collect();
        let scores = self.scores(forecast, reference, &marginals, draws, seed);
        let spaced: Vec<f64> = (0..draws).map(|place| normal_score((place as f64 + 0.5) / draws as f64)).collect();
        let mut found = vec![[0.0; HORIZONS]; draws];
        for (horizon, marginal) in marginals.iter().enumerate().take(HORIZONS) {
            let mut order: Vec<usize> = (0..draws).collect();
            order.sort_by(|a, b| scores[*a][horizon].total_cmp(&scores[*b][horizon]));
            order.iter().zip(&spaced).for_each(|(draw, score)| found[*draw][horizon] = marginal.at(*score));
        }
        found
    }

    /// Draws of normal scores.
    fn scores(
        &self,
        forecast: &Forecast,
        reference: Week,
        marginals: &[Marginal],
        draws: usize,
        seed: u64,
    ) -> Vec<[f64; HORIZONS]> {
        let leads: [i32; HORIZONS] =
            std::array::from_fn(|place| reference.plus(i32::from(FIRST_HORIZON) + place as i32).since(forecast.last));
        let published = leads.iter().filter(|lead| **lead <= 0).count();
        let known = published.checked_sub(1).map_or(0.0, |last| marginals[last].spread());
        let by_revision: [f64; HORIZONS] =
            std::array::from_fn(|place| if known > 0.0 { (known / marginals[place].spread()).min(MOST) } else { 0.0 });
        let ahead = HORIZONS - published;
        // Weeks of a series that is very late are as dependent as the last that are learned.
        let beyond = (leads[HORIZONS - 1] - LEADS as i32).max(0);
        let place = |later: usize| usize::try_from(leads[published + later] - beyond - 1).unwrap_or(0);
        let learned = self.correlations.get(&(forecast.signal, forecast.area.below_state()));
        let correlation = |i: usize, j: usize| match learned {
            Some(matrix) => matrix[(place(i), place(j))],
            None => random_walk(place(i), place(j)),
        };
        let matrix = DMatrix::from_fn(ahead, ahead, |i, j| correlation(i, j) + if i == j { 1e-9 } else { 0.0 });
        let lower = matrix.cholesky().map_or_else(|| DMatrix::identity(ahead, ahead), |found| found.l());
        let streams = Streams::new(seed, &format!("{} {}", forecast.signal, forecast.area), Fips::US);
        let draw = |number: usize| {
            let mut rng = streams.rng("trajectories", number);
            let revision: f64 = StandardNormal.sample(&mut rng);
            let normals: Vec<f64> = (0..ahead).map(|_| StandardNormal.sample(&mut rng)).collect();
            std::array::from_fn(|horizon| match horizon.checked_sub(published) {
                None => revision,
                Some(later) => {
                    let own: f64 = (0..=later).map(|i| lower[(later, i)] * normals[i]).sum();
                    let shared = by_revision[horizon];
                    shared * revision + (1.0 - shared * shared).sqrt() * own
                }
            })
        };
        (0..draws).map(draw).collect()
    }
}

/// Correlation of a random walk's places after some steps, from 0 for one.
fn random_walk(one: usize, other: usize) -> f64 {
    ((one.min(other) + 1) as f64 / (one.max(other) + 1) as f64).sqrt()
}

/// A past course: 1 and the two changes before a week, and those over the weeks after it.
type Past = ([f64; 3], [f64; LEADS]);

/// Every past course of a series.
fn courses(series: &Series) -> Vec<Past> {
    let roots: Vec<f64> =
        series.values().iter().map(|value| if value.is_nan() { *value } else { root(*value) }).collect();
    let steps: Vec<f64> = roots.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).filter(|s| !s.is_nan()).collect();
    let size = (steps.iter().sum::<f64>() / steps.len().max(1) as f64).sqrt();
    if size <= 0.0 {
        return Vec::new();
    }
    let course = |window: &[f64]| {
        let from = window[2];
        let before = [1.0, (window[2] - window[1]) / size, (window[1] - window[0]) / size];
        let after: [f64; LEADS] = std::array::from_fn(|lead| (window[3 + lead] - from) / size);
        (before, after)
    };
    let complete = roots.windows(3 + LEADS).filter(|window| window.iter().all(|root| !root.is_nan()));
    complete.map(course).collect()
}

/// Correlations, by lead, of what a regression on the changes before leaves; none where one does not vary.
fn residuals(courses: &[Past]) -> Option<DMatrix<f64>> {
    let mut squares = Matrix3::zeros();
    let mut products = [Vector3::zeros(); LEADS];
    for (before, after) in courses {
        let before = Vector3::from(*before);
        squares += before * before.transpose();
        products.iter_mut().zip(after).for_each(|(product, change)| *product += before * *change);
    }
    let inverse = squares.try_inverse()?;
    let slopes = products.map(|product| inverse * product);
    let mut covariance = DMatrix::zeros(LEADS, LEADS);
    for (before, after) in courses {
        let before = Vector3::from(*before);
        let left: [f64; LEADS] = std::array::from_fn(|lead| after[lead] - slopes[lead].dot(&before));
        for i in 0..LEADS {
            for j in 0..LEADS {
                covariance[(i, j)] += left[i] * left[j];
            }
        }
    }
    let deviation: Vec<f64> = (0..LEADS).map(|lead| f64::sqrt(covariance[(lead, lead)])).collect();
    let varies = deviation.iter().all(|deviation| *deviation > 1e-12);
    varies.then(|| DMatrix::from_fn(LEADS, LEADS, |i, j| covariance[(i, j)] / deviation[i] / deviation[j]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::weekly::Area;
    use countycast_engine::{Date, LEVELS, Row, quantile};

    fn reference() -> Week {
        Week::of(Date::constant(2026, 1, 10))
    }

    fn forecast(last: Week) -> Forecast {
        let row = |horizon: usize| -> Row {
            LEVELS.map(|level| ((6.0 + (0.1 + 0.1 * horizon as f64) * normal_score(level)).powi(4)) as f32)
        };
        let signal = "flu-admissions".parse().unwrap();
        Forecast {
            signal,
            area: Area::Nation,
            model: "blend",
            last,
            follows: false,
            rows: (0..HORIZONS).map(row).collect(),
        }
    }

    /// Correlation of the roots of two horizons.
    fn correlation(draws: &[[f64; HORIZONS]], i: usize, j: usize) -> f64 {
        let of = |place: usize| -> Vec<f64> { draws.iter().map(|draw| root(draw[place]) - 6.0).collect() };
        let (a, b) = (of(i), of(j));
        let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        sum(&a, &b) / (sum(&a, &a) * sum(&b, &b)).sqrt()
    }

    #[test]
    fn each_horizon_has_the_forecasts_quantiles_and_the_seed_decides() {
        let forecast = forecast(reference().plus(-2));
        let of = |seed: u64| Dependence::default().trajectories(&forecast, reference(), 1_000, seed);
        let draws = of(1);
        for (horizon, row) in forecast.rows.iter().enumerate() {
            let mut values: Vec<f64> = draws.iter().map(|draw| draw[horizon]).collect();
            values.sort_by(f64::total_cmp);
            for (level, value) in LEVELS.iter().zip(row) {
                let found = quantile(&values, *level);
                assert!((found / f64::from(*value) - 1.0).abs() < 0.02, "{found} for {value} at {level}");
            }
        }
        assert_eq!(draws, of(1));
        assert_ne!(draws, of(2));
    }

    #[test]
    fn where_nothing_is_learned_weeks_depend_as_those_of_a_random_walk() {
        // Nothing is published of any horizon: leads 1 to 5.
        let draws = Dependence::default().trajectories(&forecast(reference().plus(-2)), reference(), 4_000, 1);
        for (i, j) in [(0, 1), (0, 4), (2, 3)] {
            assert!((correlation(&draws, i, j) - random_walk(i, j)).abs() < 0.04, "{i} and {j}");
        }
    }

    #[test]
    fn a_revision_of_the_published_week_moves_later_ones_by_the_ratio_of_spreads() {
        let draws = Dependence::default().trajectories(&forecast(reference().plus(-1)), reference(), 4_000, 1);
        for later in 1..HORIZONS {
            let expected = 1.0 / (1.0 + later as f64);
            let found = correlation(&draws, 0, later);
            assert!((found - expected).abs() < 0.04, "{found} for {expected}");
        }
    }

    #[test]
    fn the_dependence_of_past_courses_is_recovered() {
        // Roots that go on as random walks, and roots that are noise around a level, which forget.
        let series = |keep: f64| {
            let mut level = 5.0;
            let mut rng = Streams::new(1, "test", Fips::US).rng("steps", 0);
            let mut next = |_| {
                let step: f64 = StandardNormal.sample(&mut rng);
                level = 5.0 + keep * (level - 5.0) + 0.02 * step;
                f64::powi(level, 4)
            };
            let values = (0..3_000).map(&mut next).collect();
            Series::new("flu-admissions".parse().unwrap(), Area::Nation, reference().plus(-3_000), values)
        };
        let learned = |keep: f64| {
            let data = Snapshot { as_of: Date::constant(2026, 1, 7), series: vec![series(keep)] };
            Dependence::new(&data).correlations.into_values().next().unwrap()
        };
        let (walk, noise) = (learned(1.0), learned(0.0));
        for (i, j) in [(0, 1), (0, 4), (2, 3)] {
            assert!((walk[(i, j)] - random_walk(i, j)).abs() < 0.08, "{}", walk[(i, j)]);
        }
        // What lies behind tells little of the last value, and the error in it stays in all leads.
        assert!(noise[(0, 4)] > 0.2 && noise[(0, 4)] < 0.6, "{}", noise[(0, 4)]);
    }
}
