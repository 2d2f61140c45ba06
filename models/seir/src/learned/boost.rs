//! Gradient boosting over the rows of all places.

use countycast_engine::EngineError;
use forust_ml::objective::ObjectiveType;
use forust_ml::sampler::SampleMethod;
use forust_ml::{GradientBooster, Matrix};

use super::features::COUNT;

/// Trees of a booster, their greatest depth, and the share of each one's answer that is added.
const TREES: usize = 120;
const DEPTH: usize = 5;
const LEARNING_RATE: f32 = 0.07;
/// Least weight of a leaf and ridge penalty on it, in average rows.
const LEAF_ROWS: f32 = 30.0;
const RIDGE: f32 = 10.0;
/// Shares of rows and of features that a tree sees.
const ROW_SHARE: f32 = 0.7;
const FEATURE_SHARE: f64 = 0.5;
/// Bins that a feature's values are sorted into.
const BINS: u16 = 64;

/// A boosted sum of trees (Friedman 2001) with squared error.
pub(crate) struct Booster(GradientBooster);

impl Booster {
    /// Learns `targets` from rows of features, `weights` each.
    ///
    /// On one thread: boosters run beside each other, so that sums are added in one order whatever the number of threads.
    pub(crate) fn fit(
        rows: &[&[f64; COUNT]],
        targets: &[f64],
        weights: &[f64],
        seed: u64,
    ) -> Result<Self, EngineError> {
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let weights: Vec<f64> = weights.iter().map(|weight| weight / mean).collect();
        let columns: Vec<f64> = (0..COUNT).flat_map(|column| rows.iter().map(move |row| row[column])).collect();
        let mut booster = GradientBooster::default()
            .set_iterations(TREES)
            .set_max_depth(DEPTH)
            .set_max_leaves(usize::MAX)
            .set_learning_rate(LEARNING_RATE)
            .set_min_leaf_weight(LEAF_ROWS)
            .set_l2(RIDGE)
            .set_nbins(BINS)
            .set_sample_method(SampleMethod::Random)
            .set_subsample(ROW_SHARE)
            .set_colsample_bytree(FEATURE_SHARE)
            .set_objective_type(ObjectiveType::SquaredLoss)
            .set_initialize_base_score(true)
            .set_parallel(false)
            .set_seed(seed);
        let fitted = booster.fit(&Matrix::new(&columns, rows.len(), COUNT), targets, &weights, None);
        fitted.map_err(|error| EngineError::NotConverged(error.to_string()))?;
        Ok(Self(booster))
    }

    /// The answer to one row.
    pub(crate) fn predict(&self, features: &[f64; COUNT]) -> f64 {
        self.0.predict(&Matrix::new(features, 1, COUNT), false).first().copied().unwrap_or(0.0)
    }
}
