//! Evolution strategy with covariance matrix adaptation.
//!
//! The (μ/μ_w, λ) strategy of Hansen 2016, *The CMA evolution strategy: a tutorial* (arXiv:1604.00772), with its default
//! constants and positive weights. Equation numbers are those of the tutorial.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Steps below this share of the unit cube find nothing new.
const SMALLEST_STEP: f64 = 1e-8;
/// Axes of the search that differ by more than this factor are beyond double precision.
const LARGEST_CONDITION: f64 = 1e14;

/// Constants that follow from the number of dimensions.
struct Constants {
    /// Points a generation, λ.
    points: usize,
    /// Recombination weights of the best points, decreasing, with sum 1.
    weights: DVector<f64>,
    /// Variance effective selection mass, μ_eff.
    mass: f64,
    /// Learning rate and damping of the step size, c_σ and d_σ.
    step_rate: f64,
    damping: f64,
    /// Learning rates of the evolution path, of the rank-one and of the rank-μ update: c_c, c_1, c_μ.
    path_rate: f64,
    one_rate: f64,
    mu_rate: f64,
    /// Expected length of a standard normal vector.
    length: f64,
}

impl Constants {
    /// Table 1 of the tutorial.
    fn new(dimensions: usize) -> Self {
        let n = dimensions as f64;
        let points = 4 + (3.0 * n.ln()).floor() as usize;
        let raw = (1..=points / 2).map(|rank| ((points as f64 + 1.0) / 2.0).ln() - (rank as f64).ln());
        let raw = DVector::from_iterator(points / 2, raw);
        let weights = &raw / raw.sum();
        let mass = 1.0 / weights.norm_squared();
        let step_rate = (mass + 2.0) / (n + mass + 5.0);
        let one_rate = 2.0 / ((n + 1.3).powi(2) + mass);
        let mu_rate = 2.0 * (0.25 + mass + 1.0 / mass - 2.0) / ((n + 2.0).powi(2) + mass);
        Self {
            points,
            weights,
            mass,
            step_rate,
            damping: 1.0 + 2.0 * (((mass - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + step_rate,
            path_rate: (4.0 + mass / n) / (n + 4.0 + 2.0 * mass / n),
            one_rate,
            mu_rate: mu_rate.min(1.0 - one_rate),
            length: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
        }
    }
}

/// Minimises `loss` from `mean` on, with a first standard deviation of `step` in every dimension, until the steps have
/// become too small to matter or `loss` gives none.
///
/// Returns whether the search converged; false where `loss` ended it.
pub(super) fn evolve(
    mean: DVector<f64>,
    step: f64,
    rng: &mut impl Rng,
    loss: &mut impl FnMut(&[f64]) -> Option<f64>,
) -> bool {
    let n = mean.len();
    let constants = Constants::new(n);
    let (mut mean, mut step) = (mean, step);
    let mut covariance = DMatrix::<f64>::identity(n, n);
    let (mut path, mut step_path) = (DVector::<f64>::zeros(n), DVector::<f64>::zeros(n));
    for generation in 1_i32.. {
        let axes = SymmetricEigen::new(covariance.clone());
        let lengths: DVector<f64> = axes.eigenvalues.map(|value| value.max(0.0).sqrt());
        if step * lengths.max() < SMALLEST_STEP || lengths.max() > LARGEST_CONDITION.sqrt() * lengths.min() {
            return true;
        }
        let mut tried = Vec::with_capacity(constants.points);
        for _ in 0..constants.points {
            // (38) to (40): y = B D z.
            let z: DVector<f64> = DVector::from_fn(n, |_, _| StandardNormal.sample(rng));
            let y: DVector<f64> = &axes.eigenvectors * lengths.component_mul(&z);
            let place = &mean + step * &y;
            let Some(found) = loss(place.as_slice()) else { return false };
            tried.push((found, y));
        }
        tried.sort_by(|a, b| a.0.total_cmp(&b.0));
        let best = || constants.weights.iter().zip(&tried);
        // (41), (42): the mean moves to the weighted best.
        let moved = best().fold(DVector::zeros(n), |sum, (weight, (_, y))| sum + *weight * y);
        mean += step * &moved;
        // (43), (44): the step grows where successive moves point the same way.
        let whitened: DVector<f64> =
            &axes.eigenvectors * (axes.eigenvectors.transpose() * &moved).component_div(&lengths);
        let c = constants.step_rate;
        step_path = (1.0 - c) * step_path + (c * (2.0 - c) * constants.mass).sqrt() * whitened;
        step *= (c / constants.damping * (step_path.norm() / constants.length - 1.0)).exp();
        // (45) to (47): the covariance learns from the path of the mean and from the best points.
        let expected =
            (1.0 - (1.0 - c).powi(2 * generation)).sqrt() * (1.4 + 2.0 / (n as f64 + 1.0)) * constants.length;
        let still = f64::from(u8::from(step_path.norm() < expected));
        let c = constants.path_rate;
        path = (1.0 - c) * path + still * (c * (2.0 - c) * constants.mass).sqrt() * moved;
        let kept = 1.0 - constants.one_rate * (1.0 - (1.0 - still) * c * (2.0 - c)) - constants.mu_rate;
        covariance *= kept;
        covariance.ger(constants.one_rate, &path, &path, 1.0);
        for (weight, (_, y)) in best() {
            covariance.ger(constants.mu_rate * weight, y, y, 1.0);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    use super::*;

    /// Evaluations until the loss is below 1e-10, and whether it got there.
    fn evaluations(seed: u64, n: usize, loss: fn(&[f64]) -> f64) -> (usize, f64) {
        let (mut count, mut best) = (0, f64::INFINITY);
        evolve(DVector::from_element(n, 0.5), 0.3, &mut SmallRng::seed_from_u64(seed), &mut |place: &[f64]| {
            count += 1;
            best = best.min(loss(place));
            (best > 1e-10 && count < 20_000).then(|| loss(place))
        });
        (count, best)
    }

    fn sphere(x: &[f64]) -> f64 {
        x.iter().map(|x| (x - 0.2).powi(2)).sum()
    }

    /// Axes whose lengths differ by a factor of a thousand.
    fn ellipsoid(x: &[f64]) -> f64 {
        let n = x.len() as f64;
        x.iter().enumerate().map(|(i, x)| 1e6_f64.powf(i as f64 / (n - 1.0)) * (x - 0.2).powi(2)).sum()
    }

    fn rosenbrock(x: &[f64]) -> f64 {
        x.windows(2).map(|pair| 100.0 * (pair[0].powi(2) - pair[1]).powi(2) + (pair[0] - 1.0).powi(2)).sum()
    }

    #[test]
    fn known_minima_are_found_in_about_the_published_number_of_evaluations() {
        // Hansen & Ostermeier 2001 (figures 4 to 6), five dimensions: about 5e2, 2e3 and 2e3 evaluations.
        for (name, loss, most) in [
            ("sphere", sphere as fn(&[f64]) -> f64, 900),
            ("ellipsoid", ellipsoid, 3_500),
            ("Rosenbrock", rosenbrock, 4_000),
        ] {
            let mut counts: Vec<usize> = (0..9).map(|seed| evaluations(seed, 5, loss).0).collect();
            counts.sort_unstable();
            assert!(counts[4] < most, "{name}: {counts:?}");
            assert!(evaluations(1, 5, loss).1 <= 1e-10, "{name}");
        }
    }

    #[test]
    fn one_dimension_and_a_flat_loss_end() {
        assert!(evaluations(2, 1, sphere).1 <= 1e-10);
        let mut count = 0;
        let mut flat = |_: &[f64]| {
            count += 1;
            (count < 500).then_some(1.0)
        };
        let _ = evolve(DVector::from_element(3, 0.5), 0.3, &mut SmallRng::seed_from_u64(3), &mut flat);
        assert!(count <= 500);
    }
}
