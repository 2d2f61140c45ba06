//! Gradient boosting over the rows of all places.

use countycast_boost::{Bins, Loss, Params};
use countycast_engine::EngineError;
use serde::{Deserialize, Serialize};

use super::features::COUNT;

/// How the boosters are grown; weights are in average rows.
const PARAMS: Params = Params {
    loss: Loss::Squared,
    trees: 120,
    depth: 5,
    learning_rate: 0.07,
    leaf_weight: 30.0,
    ridge: 10.0,
    row_share: 0.7,
    column_share: 0.5,
    seed: 0,
};

/// A boosted sum of trees (Friedman 2001) with squared error.
#[derive(Serialize, Deserialize)]
pub(crate) struct Booster(countycast_boost::Booster);

impl Booster {
    /// Learns `targets` from these rows of features, `weights` each.
    pub(crate) fn fit(
        bins: &Bins,
        rows: &[u32],
        targets: &[f64],
        weights: &[f64],
        seed: u64,
    ) -> Result<Self, EngineError> {
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let weights: Vec<f64> = weights.iter().map(|weight| weight / mean).collect();
        let fit = countycast_boost::Booster::fit(bins, rows, targets, &weights, &Params { seed, ..PARAMS });
        Ok(Self(fit.map_err(|error| EngineError::NotConverged(error.to_string()))?.booster))
    }

    /// The answer to one row.
    pub(crate) fn predict(&self, features: &[f32; COUNT]) -> f64 {
        self.0.predict(features)
    }
}
