//! A weighted set of parameter vectors: drawn near where the posterior is thought to be, weighted by it.

use countycast_engine::Streams;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use rand::RngExt;
use rand_distr::StandardNormal;

use crate::past::Past;

/// Vectors in the set.
pub(crate) const VECTORS: usize = 200;
/// Rounds of cutting their weights; each takes an outlier down to a fourteenth.
const CUTS: usize = 20;

/// Where vectors are drawn: normal around each of some centres in turn.
pub(crate) struct Proposals {
    centres: Vec<DVector<f64>>,
    information: Cholesky<f64, Dyn>,
    /// Standard deviation over that of the posterior's curvature.
    scale: f64,
}

/// One vector of the set.
pub(crate) struct Sampled {
    pub(crate) theta: Vec<f64>,
    /// Negative log posterior.
    pub(crate) loss: f64,
    /// Share of the weight.
    pub(crate) weight: f64,
}

/// The set.
pub(crate) struct Set {
    pub(crate) vectors: Vec<Sampled>,
    /// Kish's effective number of vectors.
    pub(crate) effective_size: f64,
}

impl Sampled {
    /// Share of infections that become reported cases on the last day.
    pub(crate) fn ascertainment(&self) -> f64 {
        self.theta[1].exp().min(1.0)
    }
}

impl Set {
    /// Least negative log posterior of a vector.
    pub(crate) fn least_loss(&self) -> f64 {
        self.vectors.iter().map(|sampled| sampled.loss).fold(f64::INFINITY, f64::min)
    }
}

impl Proposals {
    /// Around the best, as the curvature there says (Laplace); none where the posterior is flat.
    pub(crate) fn around(best: Vec<f64>, information: DMatrix<f64>) -> Option<Self> {
        Some(Self { centres: vec![best.into()], information: information.cholesky()?, scale: 1.0 })
    }

    /// Around each of these with a part of that spread.
    pub(crate) fn among(centres: Vec<Vec<f64>>, information: Cholesky<f64, Dyn>, scale: f64) -> Self {
        Self { centres: centres.into_iter().map(DVector::from).collect(), information, scale }
    }

    /// Covariance of the posterior by its curvature.
    pub(crate) fn covariance(&self) -> DMatrix<f64> {
        self.information.inverse()
    }

    /// Draws the set; none where no vector has a finite posterior.
    pub(crate) fn draw(&self, past: &Past, streams: &Streams) -> Option<Set> {
        let root = self.information.l().transpose();
        let size = past.parameters();
        // On this scale the posterior has standard deviations of one.
        let centres: Vec<DVector<f64>> = self.centres.iter().map(|centre| &root * centre).collect();
        let mut thetas = Vec::with_capacity(VECTORS);
        let mut densities = Vec::with_capacity(VECTORS);
        for i in 0..VECTORS {
            let mut rng = streams.rng("parameters", i);
            let normal = DVector::from_fn(size, |_, _| self.scale * rng.sample::<f64, _>(StandardNormal));
            let own = i * centres.len() / VECTORS;
            densities.push(self.log_density(&centres, &(&centres[own] + &normal)));
            let theta = &self.centres[own] + root.solve_upper_triangular(&normal)?;
            thetas.push(theta.iter().copied().collect::<Vec<f64>>());
        }
        let losses = past.losses(&thetas);
        let weights = weights(losses.iter().zip(densities).map(|(loss, density)| -loss - density).collect())?;
        let effective_size = effective_size(&weights);
        let each = thetas.into_iter().zip(losses).zip(weights);
        let vectors = each.map(|((theta, loss), weight)| Sampled { theta, loss, weight }).collect();
        Some(Set { vectors, effective_size })
    }

    /// Log density of the proposals, up to a constant, each centre in proportion to the vectors that are drawn around it.
    fn log_density(&self, centres: &[DVector<f64>], at: &DVector<f64>) -> f64 {
        let logs: Vec<f64> = centres
            .iter()
            .enumerate()
            .map(|(k, centre)| {
                let drawn = ((k + 1) * VECTORS).div_ceil(centres.len()) - (k * VECTORS).div_ceil(centres.len());
                let distance: f64 = at.iter().zip(centre).map(|(at, centre)| (at - centre).powi(2)).sum();
                (drawn as f64).ln() - 0.5 * distance / self.scale.powi(2)
            })
            .collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln()
    }
}

/// Weights of sum 1 from their logarithms, none far above all others; none where not one is finite.
pub(crate) fn weights(logs: Vec<f64>) -> Option<Vec<f64>> {
    let greatest = logs.iter().copied().filter(|log| log.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let mut weights: Vec<f64> = logs.iter().map(|log| (log - greatest).exp()).collect();
    weights.iter_mut().filter(|weight| !weight.is_finite()).for_each(|weight| *weight = 0.0);
    cut(&mut weights);
    let total: f64 = weights.iter().sum();
    (total > 0.0).then(|| weights.into_iter().map(|weight| weight / total).collect())
}

/// Kish's effective number of weights of sum 1.
pub(crate) fn effective_size(weights: &[f64]) -> f64 {
    1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>()
}

/// Places of `count` even steps over weights of sum 1: a set of equal weights in their stead.
pub(crate) fn resampled(weights: impl Iterator<Item = f64>, count: usize) -> Vec<usize> {
    let (mut so_far, mut chosen) = (0.0, Vec::with_capacity(count));
    let mut last = 0;
    for (place, weight) in weights.enumerate() {
        so_far += weight;
        while chosen.len() < count && (chosen.len() as f64 + 0.5) / (count as f64) < so_far {
            chosen.push(place);
        }
        last = place;
    }
    // Rounding may leave the last step uncovered.
    chosen.resize(count, last);
    chosen
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_steps_take_each_place_as_often_as_its_weight_says() {
        assert_eq!(resampled([0.5, 0.0, 0.3, 0.2].into_iter(), 10), [0, 0, 0, 0, 0, 2, 2, 2, 3, 3]);
        assert_eq!(resampled([0.3, 0.3, 0.3999].into_iter(), 4).len(), 4);
    }

    #[test]
    fn weights_that_are_no_number_weigh_nothing() {
        let found = weights(vec![-700.0, f64::NAN, -700.0, f64::NEG_INFINITY]).unwrap();
        assert_eq!(found, [0.5, 0.0, 0.5, 0.0]);
        assert_eq!(effective_size(&found), 2.0);
        assert_eq!(weights(vec![f64::NAN; 3]), None);
    }
}
