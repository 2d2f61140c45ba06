//! What the past says: a weighted set of parameter vectors, R with intervals, and what cannot be told apart.

use countycast_engine::{Date, EngineError, Parameters, Streams};

use crate::past::{GLOBALS, Past, Reproduction};
use crate::sample::{Proposals, Set, resampled};
use crate::search::search;
use crate::warm;

/// Fewest effective vectors of a set begun by an earlier day's: with less, everything is searched anew.
const LEAST_EFFECTIVE: f64 = 20.0;
/// Correlation above which two parameters are not told apart.
const CONFOUNDED: f64 = 0.8;
/// Posterior over prior standard deviation above which the data have told nothing.
const UNLEARNED: f64 = 0.9;
/// Names of the parameters that are no knots of R, and of the last knot.
const NAMES: [&str; GLOBALS + 1] = ["level", "ascertainment", "fatality", "growth of ascertainment", "reproduction"];

/// The fit to one place's past.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Parameter vectors, weights summing to 1.
    pub vectors: Vec<Weighted>,
    /// Kish's effective sample size, 1 to the number of vectors: below a few tens the set is sparse.
    pub effective_size: f64,
    /// Defects of identifiability; empty if there are none.
    pub not_told: Vec<NotTold>,
    /// Whether it started from an earlier day's vectors.
    pub warm: bool,
    parameters: Option<Parameters>,
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
    /// Negative log posterior above the least of the set.
    pub loss: f64,
}

/// A defect of identifiability.
#[derive(Debug, Clone, PartialEq)]
pub enum NotTold {
    /// The data hardly inform the parameter.
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

/// What a search comes to: a weighted set, and where it was drawn.
pub(crate) struct Found {
    pub(crate) set: Set,
    proposals: Proposals,
    warm: bool,
}

impl Found {
    /// A smaller set of equal weights, for another day's search to begin with.
    pub(crate) fn parameters(&self, past: &Past, as_of: Date) -> Option<Parameters> {
        let vectors = &self.set.vectors;
        let least = self.set.least_loss();
        let chosen = resampled(vectors.iter().map(|vector| vector.weight), warm::KEPT).into_iter();
        let chosen = chosen.map(|place| &vectors[place]);
        let kept = chosen.map(|vector| vector.theta.iter().copied().chain([vector.loss - least]).collect());
        let names = past.names().into_iter().chain([warm::LOSS.to_owned()]).collect();
        Parameters::new(as_of, names, kept.collect())
    }
}

impl Estimate {
    /// All that a search tells.
    pub(crate) fn new(past: &Past, as_of: Date, found: &Found) -> Self {
        let parameters = found.parameters(past, as_of);
        let least = found.set.least_loss();
        let thetas: Vec<Vec<f64>> = found.set.vectors.iter().map(|vector| vector.theta.clone()).collect();
        let vectors = found.set.vectors.iter().zip(past.reproduction(&thetas));
        let vectors = vectors.map(|(sampled, Reproduction { intrinsic, effective })| Weighted {
            weight: sampled.weight,
            ascertainment: sampled.ascertainment(),
            ascertainment_growth: sampled.theta[3],
            fatality: sampled.theta[2].exp(),
            reproduction: intrinsic,
            effective,
            loss: sampled.loss - least,
        });
        Self {
            vectors: vectors.collect(),
            effective_size: found.set.effective_size,
            not_told: not_told(past, &found.proposals.covariance()),
            warm: found.warm,
            parameters,
        }
    }

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

    /// A smaller set of equal weights, for another day's search to begin with.
    #[must_use]
    pub fn parameters(&self) -> Option<Parameters> {
        self.parameters.clone()
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

/// Draws vectors by those of an earlier day, or, where there are none or they say too little, searches for the best and draws
/// around it.
pub(crate) fn find(
    past: &Past,
    as_of: Date,
    earlier: Option<&Parameters>,
    streams: &Streams,
) -> Result<Found, EngineError> {
    let failed = |what: &str| EngineError::NotConverged(what.to_owned());
    let begun = earlier.and_then(|earlier| {
        let proposals = warm::proposals(past, as_of, earlier)?;
        let set = proposals.draw(past, streams).filter(|set| set.effective_size >= LEAST_EFFECTIVE)?;
        Some(Found { set, proposals, warm: true })
    });
    if let Some(found) = begun {
        return Ok(found);
    }
    let optimum = search(past).ok_or_else(|| failed("no start led to a finite likelihood"))?;
    let proposals = Proposals::around(optimum.theta, optimum.information);
    let proposals = proposals.ok_or_else(|| failed("the likelihood is flat"))?;
    let set = proposals.draw(past, streams);
    let set = set.ok_or_else(|| failed("no sampled vector has a finite likelihood"))?;
    Ok(Found { set, proposals, warm: false })
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
