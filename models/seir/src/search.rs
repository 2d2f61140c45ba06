//! The search: a low-discrepancy screen, successive halving on growing windows, local refinement.

use nalgebra::{DMatrix, DVector};

use crate::past::{GLOBALS, Past};
use crate::settings::Settings;

/// Points of the screen.
const SCREEN: usize = 32;
/// Windows on which the survivors are held against reports, days, and the share that is kept of each: a quarter.
const WINDOWS: [usize; 2] = [42, 84];
/// Steps of the local refinement.
const STEPS: usize = 10;
/// Step of the numerical derivatives, on the log scale.
const EPSILON: f64 = 1e-4;

/// The best parameters and the curvature of the posterior there.
pub(crate) struct Optimum {
    pub(crate) theta: Vec<f64>,
    /// Negative log posterior.
    pub(crate) loss: f64,
    /// Fisher information plus that of the prior.
    pub(crate) information: DMatrix<f64>,
}

/// The best of all starts.
pub(crate) fn search(past: &Past, settings: &Settings) -> Option<Optimum> {
    let mut survivors: Vec<Vec<f64>> = (0..SCREEN).map(|i| start(past, settings, i)).collect();
    for window in WINDOWS {
        let mut scored: Vec<(f64, Vec<f64>)> = survivors
            .into_iter()
            .map(|theta| {
                let globals: f64 = past.prior_residuals(&theta)[1..GLOBALS].iter().map(|r| 0.5 * r * r).sum();
                (past.misfit(&past.expect(&theta).counts, window) + globals, theta)
            })
            .collect();
        scored.sort_by(|a, b| a.0.total_cmp(&b.0));
        let keep = scored.len().div_ceil(4);
        survivors = scored.into_iter().take(keep).map(|(_, theta)| theta).collect();
    }
    let refined = survivors.into_iter().filter_map(|theta| refine(past, theta));
    refined.min_by(|a, b| a.loss.total_cmp(&b.loss))
}

/// Point `i` of the R₂ sequence (Roberts 2018), on ascertainment and fatality within two standard deviations.
pub(crate) fn start(past: &Past, settings: &Settings, i: usize) -> Vec<f64> {
    let plastic = 1.324_717_957_244_746;
    let at = |dimension: i32| 4.0 * ((0.5 + (i + 1) as f64 / f64::powi(plastic, dimension)).fract() - 0.5);
    let ascertainment = settings.ascertainment * (settings.ascertainment_spread * at(1)).exp();
    past.start(ascertainment.min(0.95), (past.prior(2).1 * at(2)).exp())
}

/// Levenberg–Marquardt on Pearson residuals, each step taken only where the posterior grows.
fn refine(past: &Past, mut theta: Vec<f64>) -> Option<Optimum> {
    let mut loss = past.loss(&theta);
    let mut damping = 1e-2;
    let mut information = None;
    for _ in 0..STEPS {
        let (gradient, curvature) = normal_equations(past, &theta);
        let mut better = false;
        for _ in 0..4 {
            let mut damped = curvature.clone();
            for p in 0..theta.len() {
                damped[(p, p)] *= 1.0 + damping;
            }
            let step = damped.cholesky()?.solve(&gradient);
            let tried: Vec<f64> = theta.iter().zip(step.iter()).map(|(x, s)| x - s.clamp(-1.0, 1.0)).collect();
            let new = past.loss(&tried);
            if new < loss {
                better = loss - new > 0.01;
                (theta, loss) = (tried, new);
                damping *= 0.2;
                break;
            }
            damping *= 5.0;
        }
        information = Some(curvature);
        if !better {
            break;
        }
    }
    (loss.is_finite()).then_some(Optimum { theta, loss, information: information? })
}

/// Gradient of the loss and its expected curvature (Fisher scoring).
pub(crate) fn normal_equations(past: &Past, theta: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
    let base = past.expect(theta).counts;
    let prior = past.prior_residuals(theta);
    let rows = base.len() + prior.len();
    let mut jacobian = DMatrix::zeros(rows, theta.len());
    let mut residuals = DVector::zeros(rows);
    let weights: Vec<f64> = past.came().zip(&base).map(|((_, size), m)| (m + m * m / size).sqrt()).collect();
    for (i, ((came, _), mean)) in past.came().zip(&base).enumerate() {
        residuals[i] = (mean - came) / weights[i];
    }
    for (i, residual) in prior.iter().enumerate() {
        residuals[base.len() + i] = *residual;
    }
    let mut moved = theta.to_vec();
    for p in 0..theta.len() {
        moved[p] += EPSILON;
        let counts = past.expect(&moved).counts;
        for (i, (ahead, here)) in counts.iter().zip(&base).enumerate() {
            jacobian[(i, p)] = (ahead - here) / EPSILON / weights[i];
        }
        for (i, (ahead, here)) in past.prior_residuals(&moved).iter().zip(&prior).enumerate() {
            jacobian[(base.len() + i, p)] = (ahead - here) / EPSILON;
        }
        moved[p] = theta[p];
    }
    let transposed = jacobian.transpose();
    (&transposed * residuals, &transposed * jacobian)
}
