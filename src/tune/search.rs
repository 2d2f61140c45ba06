//! Search methods: how the next point is chosen.

use countycast_engine::{Fips, Streams};
use nalgebra::DVector;
use rand::RngExt;
use rand::seq::SliceRandom;

use super::choice::Choice;
use super::evolution;

/// How points are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Uniformly at random.
    Random,
    /// Latin hypercube: every parameter's range is covered evenly (McKay et al. 1979).
    Lhs,
    /// Evolution strategy with covariance matrix adaptation (Hansen 2016), from the starting settings.
    Cmaes,
    /// Bayesian optimisation by tree-structured Parzen estimators (Bergstra et al. 2011).
    Bayes,
}

impl Choice for Method {
    const ALL: &'static [Self] = &[Self::Random, Self::Lhs, Self::Cmaes, Self::Bayes];

    fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Lhs => "lhs",
            Self::Cmaes => "cmaes",
            Self::Bayes => "bayes",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Random => "uniformly at random",
            Self::Lhs => "Latin hypercube: every parameter's range is covered evenly",
            Self::Cmaes => "evolution strategy with covariance matrix adaptation, from the settings given",
            Self::Bayes => "Bayesian optimisation by tree-structured Parzen estimators",
        }
    }
}

/// First step of the evolution strategy, as a share of each range (Hansen recommends about 0.3).
const STEP: f64 = 0.3;

/// Loss of refused settings: ten times the baseline's, so that the search avoids them.
pub(super) const REFUSED: f64 = 10.0;

/// Space-filling points before the density-based search: fewer do not show where the loss is small.
fn even_starts(dimensions: usize) -> usize {
    (2 * dimensions).max(8)
}

/// Searches the unit cube for the point of least loss, beginning at `start`.
///
/// `ask` returns the loss at a point, or none when the search should end. The points depend only on the arguments and
/// the losses: repeating a search with the same losses asks for the same points. A Latin hypercube has `block` points
/// and is followed by another.
pub(super) fn search(
    method: Method,
    start: &[f64],
    seed: u64,
    block: usize,
    ask: &mut dyn FnMut(&[f64]) -> Option<f64>,
) {
    let streams = Streams::new(seed, "tune", Fips::US);
    let Some(first) = ask(start) else { return };
    match method {
        Method::Random => {
            let random = |k| {
                let mut rng = streams.rng("random", k);
                start.iter().map(|_| rng.random()).collect::<Vec<f64>>()
            };
            (0..).map(random).any(|place| ask(&place).is_none());
        }
        Method::Lhs => {
            (0..).flat_map(|k| hypercube(&streams, k, start.len(), block.max(1))).any(|place| ask(&place).is_none());
        }
        Method::Cmaes => evolve(&streams, start, ask),
        Method::Bayes => estimate(&streams, start, first, ask),
    }
}

/// `count` points, one in each of `count` equal parts of every range.
fn hypercube(streams: &Streams, k: usize, dimensions: usize, count: usize) -> Vec<Vec<f64>> {
    let mut rng = streams.rng("hypercube", k);
    let mut places = vec![Vec::with_capacity(dimensions); count];
    for _ in 0..dimensions {
        let mut parts: Vec<usize> = (0..count).collect();
        parts.shuffle(&mut rng);
        for (place, part) in places.iter_mut().zip(parts) {
            place.push((part as f64 + rng.random::<f64>()) / count as f64);
        }
    }
    places
}

fn evolve(streams: &Streams, start: &[f64], ask: &mut dyn FnMut(&[f64]) -> Option<f64>) {
    let mut folded = |place: &[f64]| {
        // A point outside the cube is reflected into it.
        let place: Vec<f64> = place.iter().map(|x| 1.0 - (x.rem_euclid(2.0) - 1.0).abs()).collect();
        ask(&place)
    };
    // A run that has converged is followed by one from the middle, with other luck.
    for restart in 0.. {
        let mean = if restart == 0 { start.to_vec() } else { vec![0.5; start.len()] };
        let mut rng = streams.rng("evolution", restart);
        if !evolution::evolve(DVector::from_vec(mean), STEP, &mut rng, &mut folded) {
            return;
        }
    }
}

fn estimate(streams: &Streams, start: &[f64], first: f64, ask: &mut dyn FnMut(&[f64]) -> Option<f64>) {
    // Just above 1, so that the end of a range can be reported, too.
    let Ok(range) = tpe::range(0.0, 1.0 + 1e-9) else { return };
    let mut estimators: Vec<_> = start.iter().map(|_| tpe::TpeOptimizer::new(tpe::parzen_estimator(), range)).collect();
    let tell = |estimators: &mut Vec<tpe::TpeOptimizer>, place: &[f64], loss: f64| {
        // Both are numbers in their ranges, the only reason to refuse one.
        estimators.iter_mut().zip(place).for_each(|(estimator, x)| drop(estimator.tell(*x, loss)));
    };
    tell(&mut estimators, start, first);
    let even = hypercube(streams, 0, start.len(), even_starts(start.len()));
    for k in 0.. {
        let place = match even.get(k) {
            Some(place) => place.clone(),
            None => {
                let mut rng = streams.rng("estimators", k);
                let asked = |e: &mut tpe::TpeOptimizer| e.ask(&mut rng).unwrap_or(0.5).clamp(0.0, 1.0);
                estimators.iter_mut().map(asked).collect()
            }
        };
        let Some(loss) = ask(&place) else { return };
        tell(&mut estimators, &place, loss);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHODS: [Method; 4] = [Method::Random, Method::Lhs, Method::Cmaes, Method::Bayes];

    /// The least loss of `evaluations` points, with all of them.
    fn run(method: Method, seed: u64, evaluations: usize, loss: fn(&[f64]) -> f64) -> (f64, Vec<Vec<f64>>) {
        let (mut best, mut places) = (f64::INFINITY, Vec::new());
        search(method, &[0.5, 0.5, 0.5], seed, evaluations, &mut |place| {
            if places.len() == evaluations {
                return None;
            }
            places.push(place.to_vec());
            best = best.min(loss(place));
            Some(loss(place))
        });
        (best, places)
    }

    fn bowl(place: &[f64]) -> f64 {
        place.iter().zip([0.2, 0.9, 0.35]).map(|(x, best)| (x - best).powi(2)).sum()
    }

    #[test]
    fn every_method_stays_in_the_cube_and_repeats_itself() {
        for method in METHODS {
            let (_, places) = run(method, 7, 60, bowl);
            assert_eq!(places.len(), 60, "{method:?}");
            assert!(places.iter().flatten().all(|x| (0.0..=1.0).contains(x)), "{method:?}");
            assert_eq!(places[0], [0.5, 0.5, 0.5], "the first is where one stands");
            assert_eq!(places, run(method, 7, 60, bowl).1, "{method:?}");
            assert_ne!(places, run(method, 8, 60, bowl).1, "{method:?}");
            // Fewer evaluations are a prefix of more, except for the hypercube, which needs their number.
            if method != Method::Lhs {
                assert_eq!(places[..25], run(method, 7, 25, bowl).1, "{method:?}");
            }
        }
    }

    #[test]
    fn methods_that_learn_find_the_bottom_of_a_bowl() {
        let mean = |method| (0..10).map(|seed| run(method, seed, 120, bowl).0).sum::<f64>() / 10.0;
        let [random, lhs, cmaes, bayes] = METHODS.map(mean);
        // The nearest of 120 even places is at a mean squared distance of Γ(5/3)·(3/(4π·120))^(2/3) = 0.014.
        assert!((0.005..0.03).contains(&random) && (0.005..0.03).contains(&lhs), "{random} {lhs}");
        assert!(cmaes < 0.002, "{cmaes}");
        assert!(bayes < 0.5 * random, "{bayes} beside {random}");
    }

    #[test]
    fn a_hypercube_has_one_place_in_each_part_of_each_range() {
        let (_, places) = run(Method::Lhs, 3, 41, bowl);
        for dimension in 0..3 {
            // After the first place come 41, of which 40 were asked; the last is missing.
            let mut parts: Vec<usize> = places[1..].iter().map(|place| (place[dimension] * 41.0) as usize).collect();
            parts.sort_unstable();
            parts.dedup();
            assert_eq!(parts.len(), 40);
        }
    }
}
