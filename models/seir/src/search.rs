//! The search: a low-discrepancy screen, successive halving on growing windows, local refinement.

use crate::past::{GLOBALS, Past};
use crate::refine::{Optimum, refine};

/// Points of the screen.
const SCREEN: usize = 32;
/// Windows on which the survivors are held against reports, days, and the share that is kept of each: a quarter.
const WINDOWS: [usize; 2] = [42, 84];

/// The best of all starts.
pub(crate) fn search(past: &Past) -> Option<Optimum> {
    let refined = survivors(past).into_iter().filter_map(|start| refine(past, start));
    refined.min_by(|a, b| a.loss.total_cmp(&b.loss))
}

/// Points of the screen that are left by the windows.
pub(crate) fn survivors(past: &Past) -> Vec<Vec<f64>> {
    let mut survivors = starts(past, SCREEN);
    for window in WINDOWS {
        let expected = past.expect(&survivors);
        let loss = |(theta, counts): (Vec<f64>, Vec<f64>)| {
            let globals: f64 = past.prior_residuals(&theta)[1..GLOBALS].iter().map(|r| 0.5 * r * r).sum();
            (past.misfit(&counts, window) + globals, theta)
        };
        let mut scored: Vec<(f64, Vec<f64>)> = survivors.into_iter().zip(expected).map(loss).collect();
        scored.sort_by(|a, b| a.0.total_cmp(&b.0));
        let keep = scored.len().div_ceil(4);
        survivors = scored.into_iter().take(keep).map(|(_, theta)| theta).collect();
    }
    survivors
}

/// The first points of the R₂ sequence (Roberts 2018), on ascertainment and fatality within two standard deviations.
pub(crate) fn starts(past: &Past, points: usize) -> Vec<Vec<f64>> {
    let plastic = 1.324_717_957_244_746;
    let (median, spread) = past.prior(1);
    let pair = |i: usize| {
        let at = |dimension: i32| 4.0 * ((0.5 + (i + 1) as f64 / f64::powi(plastic, dimension)).fract() - 0.5);
        ((median + spread * at(1)).exp().min(0.95), (past.prior(2).1 * at(2)).exp())
    };
    past.starts((0..points).map(pair))
}
