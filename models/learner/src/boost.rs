//! Boosters of absolute error: sums of trees beside straight lines.

use countycast_boost::{Fit, Loss, Params};
use countycast_engine::EngineError;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::examples::Examples;
use crate::features::COUNT;
use crate::linear::Linear;
use crate::settings::Settings;
use crate::table::Table;

/// Boosted sums of trees that differ by the rows and features they happened to see, averaged with straight lines.
#[derive(Serialize, Deserialize)]
pub(crate) struct Booster {
    committee: Vec<countycast_boost::Booster>,
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
    /// `members` sums of trees, and lines, that each lower the weighted absolute error of the examples' targets.
    ///
    /// Squared error with rows weighted by the inverse of their residual is absolute error (iteratively reweighted least
    /// squares, Beaton & Tukey 1974): a rough fit gives the residuals, a second one uses them.
    pub(crate) fn fit(
        table: &Table,
        examples: Examples,
        settings: &Settings,
        members: usize,
        seed: u64,
    ) -> Result<Self, EngineError> {
        let examples = Examples { weights: normal(examples.weights), ..examples };
        let linear = Linear::fit(&table.design, &examples, settings.linear_ridge, settings.least_residual)?;
        let rough = boosted(table, &examples, settings, settings.rough_trees, seed)?;
        let residuals = rough.fitted.iter().zip(&examples.targets).map(|(found, target)| target - found);
        let weights = residuals.zip(&examples.weights).map(|(r, weight)| weight / r.abs().max(settings.least_residual));
        let examples = Examples { weights: normal(weights.collect()), ..examples };
        let member = |number: u64| {
            boosted(table, &examples, settings, settings.trees, seed ^ (number + 1)).map(|fit| fit.booster)
        };
        let committee = (0..members as u64).into_par_iter().map(member).collect::<Result<_, _>>()?;
        Ok(Self { committee, linear, linear_share: settings.linear_share })
    }

    /// The answer to a row of features.
    pub(crate) fn predict(&self, features: &[f32; COUNT]) -> f64 {
        let sum: f64 = self.committee.iter().map(|member| member.predict(features)).sum();
        let trees = sum / self.committee.len() as f64;
        trees + self.linear_share * (self.linear.predict(features) - trees)
    }
}

/// Weights with mean 1.
pub(crate) fn normal(mut weights: Vec<f64>) -> Vec<f64> {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    weights.iter_mut().for_each(|weight| *weight /= mean);
    weights
}

fn boosted(
    table: &Table,
    examples: &Examples,
    settings: &Settings,
    trees: usize,
    seed: u64,
) -> Result<Fit, EngineError> {
    let params = Params {
        loss: Loss::Squared,
        trees,
        depth: settings.depth,
        learning_rate: settings.learning_rate,
        leaf_weight: settings.leaf_rows,
        ridge: settings.ridge,
        row_share: settings.row_share,
        column_share: settings.feature_share,
        seed,
    };
    countycast_boost::Booster::fit(&table.bins, &examples.rows, &examples.targets, &examples.weights, &params)
        .map_err(|error| EngineError::NotConverged(error.to_string()))
}
