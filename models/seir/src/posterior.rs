//! The posterior of one place's parameters, for custom searches and samplers.

use crate::past::Past;
use crate::refine::{Optimum, refine};
use crate::search::survivors;

/// The posterior of one place's parameters: the function that [`Seir::estimate`](crate::Seir::estimate) searches and
/// draws from.
pub struct Posterior {
    past: Past,
}

impl Posterior {
    pub(crate) fn new(past: Past) -> Self {
        Self { past }
    }

    pub(crate) fn past(&self) -> &Past {
        &self.past
    }

    /// Names of the parameters, in the order of all vectors; a knot of log R is named by its day.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.past.names()
    }

    /// Standard deviation of each parameter's prior; of knots after the first, that of a step of the random walk.
    #[must_use]
    pub fn scales(&self) -> Vec<f64> {
        self.past.scales()
    }

    /// Negative log posterior, up to a constant.
    ///
    /// # Panics
    /// Where `theta` has fewer values than there are names.
    #[must_use]
    pub fn loss(&self, theta: &[f64]) -> f64 {
        self.past.loss(theta)
    }

    /// Points that remain for the refinement after the screen.
    #[must_use]
    pub fn starts(&self) -> Vec<Vec<f64>> {
        survivors(&self.past)
    }

    /// The optimum reached by a descent from `start`; none if the posterior or its derivatives are not finite.
    ///
    /// # Panics
    /// Where `start` has fewer values than there are names.
    #[must_use]
    pub fn refine(&self, start: Vec<f64>) -> Option<Optimum> {
        refine(&self.past, start)
    }
}
