//! From parameters to waves, and their priors.

use crate::family::Shape;

/// Parameters of a wave: ln K, μ, ln a₁, ln a₂, logit of β.
pub(crate) const PER_WAVE: usize = 5;
/// Parameters before the waves: ln floor, ln case-fatality ratio, its change a week.
pub(crate) const HEAD: usize = 3;
/// Bounds of β. At 1 and below the peak is a cusp; above 4 the wave is a box.
pub(crate) const BETA: (f64, f64) = (1.2, 4.0);

/// One wave with its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wave {
    /// Cases in the whole wave, above 0.
    pub size: f64,
    /// Its course; days count from the first whole week of the history.
    pub shape: Shape,
}

/// β from its logit, with the derivative.
pub(crate) fn beta(logit: f64) -> (f64, f64) {
    let p = 1.0 / (1.0 + (-logit).exp());
    let span = BETA.1 - BETA.0;
    (BETA.0 + span * p, span * p * (1.0 - p))
}

/// The wave at place `index` of the parameter vector.
pub(crate) fn wave(params: &[f64], index: usize) -> Wave {
    let p = &params[HEAD + index * PER_WAVE..];
    Wave { size: p[0].exp(), shape: Shape { centre: p[1], rise: p[2].exp(), fall: p[3].exp(), beta: beta(p[4]).0 } }
}

/// Number of waves in a parameter vector.
pub(crate) fn count(params: &[f64]) -> usize {
    (params.len() - HEAD) / PER_WAVE
}

/// An independent normal prior on each parameter: mean and standard deviation.
///
/// The search works in units of these standard deviations, in which the loss is about equally curved in all directions.
#[derive(Debug, Clone)]
pub(crate) struct Belief {
    pub(crate) mean: Vec<f64>,
    pub(crate) sd: Vec<f64>,
}

impl Belief {
    pub(crate) fn to_params(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().zip(&self.mean).zip(&self.sd).map(|((u, m), s)| m + s * u).collect()
    }

    pub(crate) fn to_scaled(&self, params: &[f64]) -> Vec<f64> {
        params.iter().zip(&self.mean).zip(&self.sd).map(|((p, m), s)| (p - m) / s).collect()
    }
}
