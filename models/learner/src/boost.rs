//! Gradient boosting with absolute error.

use countycast_engine::EngineError;
use forust_ml::sampler::SampleMethod;
use forust_ml::{GradientBooster, Matrix};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::COUNT;
use crate::linear::Linear;
use crate::settings::Settings;

/// Bins that a feature's values are sorted into.
const BINS: u16 = 64;

/// Rows of features, column after column.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<f64>,
    pub(crate) rows: usize,
}

impl Table {
    /// Turns rows into columns.
    pub(crate) fn new<'a>(rows: impl ExactSizeIterator<Item = &'a [f64; COUNT]>) -> Self {
        let n = rows.len();
        let mut columns = vec![f64::NAN; n * COUNT];
        for (r, row) in rows.enumerate() {
            for (c, value) in row.iter().enumerate() {
                columns[c * n + r] = *value;
            }
        }
        Self { columns, rows: n }
    }

    /// The values of one feature.
    pub(crate) fn column(&self, feature: usize) -> &[f64] {
        &self.columns[feature * self.rows..(feature + 1) * self.rows]
    }
}

/// Boosted sums of trees that differ by the rows and features they happened to see, averaged with straight lines.
#[derive(Serialize, Deserialize)]
pub(crate) struct Booster {
    committee: Vec<GradientBooster>,
    linear: Linear,
    /// Share of the lines in the answer.
    linear_share: f64,
}

impl std::fmt::Debug for Booster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Booster({} × trees, lines)", self.committee.len())
    }
}

impl Booster {
    /// `members` sums of trees, and lines, that each lower the weighted absolute error of `targets`.
    ///
    /// Squared error with rows weighed by the inverse of their residual is absolute error (iteratively reweighted least
    /// squares, Beaton & Tukey 1974): a rough fit gives the residuals, a second one uses them.
    pub(crate) fn fit(
        table: &Table,
        targets: &[f64],
        weights: &[f64],
        settings: &Settings,
        members: usize,
        seed: u64,
    ) -> Result<Self, EngineError> {
        let data = Matrix::new(&table.columns, table.rows, COUNT);
        let weights = normal(weights.to_vec());
        let linear = Linear::fit(table, targets, &weights, settings.linear_ridge, settings.least_residual)?;
        let rough = boosted(&data, targets, &weights, settings, settings.rough_trees, seed)?;
        let residuals = rough.predict(&data, false).into_iter().zip(targets).map(|(found, target)| target - found);
        let reweighed =
            residuals.zip(&weights).map(|(r, weight)| weight / r.abs().max(settings.least_residual)).collect();
        let reweighed = normal(reweighed);
        let member = |number: u64| boosted(&data, targets, &reweighed, settings, settings.trees, seed ^ (number + 1));
        let committee = (0..members as u64).into_par_iter().map(member).collect::<Result<_, _>>()?;
        Ok(Self { committee, linear, linear_share: settings.linear_share })
    }

    /// The answer to each row.
    pub(crate) fn predict(&self, table: &Table) -> Vec<f64> {
        let data = Matrix::new(&table.columns, table.rows, COUNT);
        let mut trees = vec![0.0; table.rows];
        for member in &self.committee {
            trees.iter_mut().zip(member.predict(&data, false)).for_each(|(sum, found)| *sum += found);
        }
        let mix = |(sum, lines): (f64, f64)| {
            let trees = sum / self.committee.len() as f64;
            trees + self.linear_share * (lines - trees)
        };
        trees.into_iter().zip(self.linear.predict(table)).map(mix).collect()
    }
}

/// Weights with mean 1.
fn normal(mut weights: Vec<f64>) -> Vec<f64> {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    weights.iter_mut().for_each(|weight| *weight /= mean);
    weights
}

/// On one thread: boosters run beside each other, so that sums are added in one order whatever the number of threads.
fn boosted(
    data: &Matrix<'_, f64>,
    targets: &[f64],
    weights: &[f64],
    settings: &Settings,
    trees: usize,
    seed: u64,
) -> Result<GradientBooster, EngineError> {
    let mut booster = GradientBooster::default()
        .set_iterations(trees)
        .set_max_depth(settings.depth)
        .set_max_leaves(usize::MAX)
        .set_learning_rate(settings.learning_rate as f32)
        .set_min_leaf_weight(settings.leaf_rows as f32)
        .set_l2(settings.ridge as f32)
        .set_nbins(BINS)
        .set_sample_method(SampleMethod::Random)
        .set_subsample(settings.row_share as f32)
        .set_colsample_bytree(settings.feature_share)
        .set_objective_type(forust_ml::objective::ObjectiveType::SquaredLoss)
        .set_initialize_base_score(true)
        .set_parallel(false)
        .set_seed(seed);
    booster.fit(data, targets, weights, None).map_err(|error| EngineError::NotConverged(error.to_string()))?;
    Ok(booster)
}
