//! A start from an earlier day's vectors: weighed by the days since, moved by one step of the search, joined by fresh ones.

use countycast_engine::{Date, Parameters};

use crate::past::{GLOBAL_NAMES, GLOBALS, KNOT_DAYS, LOG_R, Past, log_linear};
use crate::refine::normal_equations;
use crate::sample::{Proposals, effective_size, resampled, weights};
use crate::search::starts;

/// Days after which vectors are too old.
const LATEST_DAYS: i32 = 7;
/// Vectors that are handed on from day to day.
pub(crate) const KEPT: usize = 32;
/// Fresh starting points beside them, from today's reports alone: one in six, so that a new wave is found.
const FRESH: usize = 6;
/// Below this share of the kept vectors' number, they say too little about today.
const LEAST_EFFECTIVE: f64 = 0.25;
/// Share of the posterior's variance that vectors are jittered by; the rest is their own around their mean (Liu & West 2001). With
/// less, a few dozen centres leave gaps between them in two dozen dimensions: at 0.7 half as many vectors are effective.
const JITTER: f64 = 0.9;
/// Name under which a vector's loss is kept, above the least of its set.
pub(crate) const LOSS: &str = "loss";

/// Vectors of an earlier day on today's knots.
struct Moved {
    theta: Vec<f64>,
    /// Loss on the earlier day.
    loss: f64,
}

/// Where to draw today's vectors by those of an earlier day; none where they are of no use for today.
pub(crate) fn proposals(past: &Past, as_of: Date, earlier: &Parameters) -> Option<Proposals> {
    let age = (as_of - earlier.as_of()).get_days();
    let moved = (1..=LATEST_DAYS).contains(&age).then(|| moved(past, earlier, age as usize)).flatten()?;
    // What the days since have told (and those that fell out of the window): posterior today over posterior then.
    let (thetas, then): (Vec<Vec<f64>>, Vec<f64>) = moved.into_iter().map(|moved| (moved.theta, moved.loss)).unzip();
    let weights = weights(then.iter().zip(past.losses(&thetas)).map(|(then, now)| then - now).collect())?;
    if effective_size(&weights) < LEAST_EFFECTIVE * thetas.len() as f64 {
        return None;
    }
    let mean: Vec<f64> = (0..past.parameters())
        .map(|p| thetas.iter().zip(&weights).map(|(theta, weight)| weight * theta[p]).sum())
        .collect();
    let (gradient, information) = normal_equations(past, &mean);
    let information = information.cholesky()?;
    let step = information.solve(&gradient);
    let keep = (1.0 - JITTER).sqrt();
    let centre = |k: usize| -> Vec<f64> {
        let theta = thetas[k].iter().zip(&mean).zip(step.iter());
        theta.map(|((theta, mean), step)| mean - step.clamp(-1.0, 1.0) + keep * (theta - mean)).collect()
    };
    let mut centres: Vec<Vec<f64>> = resampled(weights.into_iter(), KEPT).into_iter().map(centre).collect();
    centres.extend(starts(past, FRESH));
    Some(Proposals::among(centres, information, JITTER.sqrt()))
}

/// The same vectors `age` days later; none where they are not of these parameters.
fn moved(past: &Past, earlier: &Parameters, age: usize) -> Option<Vec<Moved>> {
    let [level, ascertainment, fatality, growth] = GLOBAL_NAMES.map(|name| earlier.position(name));
    let (level, ascertainment, fatality, growth) = (level?, ascertainment?, fatality?, growth?);
    let loss = earlier.position(LOSS)?;
    let knots: Vec<Option<usize>> = past.names()[GLOBALS..].iter().map(|name| earlier.position(name)).collect();
    // Knots are new at the end only.
    let known = knots.iter().take_while(|knot| knot.is_some()).count();
    if known == 0 || knots[known..].iter().any(Option::is_some) {
        return None;
    }
    let first = earlier.names().iter().position(|name| name.starts_with(LOG_R))?;
    let last = knots[known - 1]?;
    // Days that the window has moved on: none while it still grows.
    let (begun, lead) = past.begun_before(age);
    let moved = |vector: &Vec<f64>| {
        let mut theta = vec![
            vector[level],
            vector[ascertainment] + vector[growth] * age as f64 / KNOT_DAYS as f64,
            vector[fatality],
            vector[growth],
        ];
        if begun > 0 {
            let course = (lead..lead + begun).map(|day| log_linear(&vector[first..=last], day));
            theta[0] = past.level_after(vector[level].exp(), vector[ascertainment].exp(), course).ln();
        }
        theta.extend(knots.iter().map(|knot| vector[knot.unwrap_or(last)]));
        Moved { theta, loss: vector[loss] }
    };
    let moved: Vec<Moved> = earlier.vectors().iter().map(moved).collect();
    moved.iter().all(|moved| moved.theta.iter().all(|value| value.is_finite())).then_some(moved)
}
