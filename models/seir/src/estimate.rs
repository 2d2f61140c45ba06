//! What the past says: a weighted set of parameter vectors, R with intervals, and what cannot be told apart.

use countycast_engine::{EngineError, Streams};
use nalgebra::DVector;
use rand_distr::{Distribution, StandardNormal};

use crate::past::{GLOBALS, Past};
use crate::search::search;
use crate::settings::Settings;

/// Vectors in the set.
const VECTORS: usize = 200;
/// Rounds of cutting their weights; each takes an outlier down to a fourteenth.
const CUTS: usize = 20;
/// Correlation above which two parameters are not told apart.
const CONFOUNDED: f64 = 0.8;
/// Posterior over prior standard deviation above which the data have told nothing.
const UNLEARNED: f64 = 0.9;
/// Names of the parameters that are no knots of R, and of the last knot.
const NAMES: [&str; GLOBALS + 1] = ["level", "ascertainment", "fatality", "growth of ascertainment", "reproduction"];

/// What one place's past says of its epidemic.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Parameter vectors, weights summing to 1.
    pub vectors: Vec<Weighted>,
    /// Kish's effective number of vectors, 1 to their number: below a few tens the set is thin.
    pub effective_size: f64,
    /// What the data do not tell, for people; empty where they tell everything.
    pub not_told: Vec<NotTold>,
}

/// One parameter vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    /// Its share of the weight.
    pub weight: f64,
    /// Infections that become reported cases on the as-of day, a share.
    pub ascertainment: f64,
    /// Growth of its logarithm through the past, per week.
    pub ascertainment_growth: f64,
    /// Factor on the standard fatality by age.
    pub fatality: f64,
    /// Reproduction number if everyone were susceptible, a value a day, the last on the as-of day.
    pub reproduction: Vec<f64>,
    /// The same among those still susceptible.
    pub effective: Vec<f64>,
}

/// A defect of identifiability.
#[derive(Debug, Clone, PartialEq)]
pub enum NotTold {
    /// The data hardly narrow the prior.
    Prior {
        /// The parameter.
        parameter: &'static str,
        /// Posterior over prior standard deviation.
        ratio: f64,
    },
    /// Two parameters trade off.
    Confounded {
        /// Both.
        parameters: [&'static str; 2],
        /// Their correlation.
        correlation: f64,
    },
}

impl Estimate {
    /// A quantile (0 to 1) over the set of the reproduction number `back` days before the as-of day, had everyone been
    /// susceptible; none before the first day.
    #[must_use]
    pub fn reproduction(&self, back: usize, quantile: f64) -> Option<f64> {
        self.quantile(quantile, |vector| vector.reproduction.iter().rev().nth(back).copied())
    }

    /// As [`Estimate::reproduction`], of the effective number.
    #[must_use]
    pub fn effective(&self, back: usize, quantile: f64) -> Option<f64> {
        self.quantile(quantile, |vector| vector.effective.iter().rev().nth(back).copied())
    }

    fn quantile(&self, quantile: f64, value: impl Fn(&Weighted) -> Option<f64>) -> Option<f64> {
        let mut values: Vec<(f64, f64)> = self.vectors.iter().filter_map(|v| Some((value(v)?, v.weight))).collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut left = quantile;
        let found = values.iter().find(|(_, weight)| {
            left -= weight;
            left <= 0.0
        });
        found.or(values.last()).map(|(value, _)| *value)
    }
}

/// Searches the parameters and samples around the best: normal proposals from the curvature (Laplace), weighted by the
/// posterior over the proposal.
pub(crate) fn estimate(past: &Past, settings: &Settings, streams: &Streams) -> Result<Estimate, EngineError> {
    let failed = |what: &str| EngineError::NotConverged(what.to_owned());
    let optimum = search(past, settings).ok_or_else(|| failed("no start led to a finite likelihood"))?;
    let cholesky = optimum.information.clone().cholesky().ok_or_else(|| failed("the likelihood is flat"))?;
    let root = cholesky.l().transpose();
    let size = past.parameters();
    let mut sampled = Vec::with_capacity(VECTORS);
    for i in 0..VECTORS {
        let mut rng = streams.rng("parameters", i);
        let normal = DVector::from_fn(size, |_, _| StandardNormal.sample(&mut rng));
        let Some(step) = root.solve_upper_triangular(&normal) else { return Err(failed("the likelihood is flat")) };
        let theta: Vec<f64> = optimum.theta.iter().zip(step.iter()).map(|(x, s)| x + s).collect();
        // log of posterior over proposal, relative to the optimum
        let log = optimum.loss - past.loss(&theta) + 0.5 * normal.norm_squared();
        sampled.push((log, theta));
    }
    let greatest = sampled.iter().map(|(log, _)| *log).fold(f64::NEG_INFINITY, f64::max);
    let mut weights: Vec<f64> = sampled.iter().map(|(log, _)| (log - greatest).exp()).collect();
    cut(&mut weights);
    let total: f64 = weights.iter().sum();
    if !(total.is_finite() && total > 0.0) {
        return Err(failed("no sampled vector has a finite likelihood"));
    }
    let squares: f64 = weights.iter().map(|weight| (weight / total).powi(2)).sum();
    let vector = |((_, theta), weight): ((f64, Vec<f64>), f64)| {
        let expected = past.expect(&theta);
        Weighted {
            weight: weight / total,
            ascertainment: theta[1].exp().min(1.0),
            fatality: theta[2].exp(),
            ascertainment_growth: theta[3],
            reproduction: expected.reproduction,
            effective: expected.effective,
        }
    };
    Ok(Estimate {
        vectors: sampled.into_iter().zip(weights).map(vector).collect(),
        effective_size: 1.0 / squares,
        not_told: not_told(past, &cholesky.inverse()),
    })
}

/// Cuts weights at their mean times the root of their number (Ionides 2008), again and again until none is above it: one far
/// out in a tail does not outweigh all others.
fn cut(weights: &mut [f64]) {
    let number = weights.len() as f64;
    for _ in 0..CUTS {
        let most = weights.iter().sum::<f64>() / number.sqrt();
        weights.iter_mut().for_each(|weight| *weight = weight.min(most));
    }
}

/// Parameters that the curvature leaves at their prior or ties to each other.
fn not_told(past: &Past, covariance: &nalgebra::DMatrix<f64>) -> Vec<NotTold> {
    let last = past.parameters() - 1;
    let places = [0, 1, 2, 3, last];
    let spread = |p: usize| covariance[(p, p)].sqrt();
    let mut found = Vec::new();
    for (p, &name) in NAMES.iter().enumerate().take(GLOBALS).skip(1) {
        let ratio = spread(p) / past.prior(p).1;
        if ratio > UNLEARNED {
            found.push(NotTold::Prior { parameter: name, ratio });
        }
    }
    for (i, &p) in places.iter().enumerate() {
        for (j, &q) in places.iter().enumerate().skip(i + 1) {
            let correlation = covariance[(p, q)] / (spread(p) * spread(q));
            if correlation.abs() > CONFOUNDED {
                found.push(NotTold::Confounded { parameters: [NAMES[i], NAMES[j]], correlation });
            }
        }
    }
    found
}
