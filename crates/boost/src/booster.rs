//! Boosters: sums of trees, how they are fitted and what they answer.

use serde::{Deserialize, Serialize};

use crate::bins::Bins;
use crate::grow::Grower;
use crate::params::Params;
use crate::sample::Sample;
use crate::sampled::TrainingSet;
use crate::tree::{Tree, ValueSplit, descend};

/// Trees that a row goes down beside each other.
const ABREAST: usize = 10;

/// A sum of trees, each grown on what the ones before it left unexplained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Booster {
    columns: usize,
    base: f64,
    trees: Vec<Tree<ValueSplit>>,
}

/// A booster, and what it answers to the rows that it has learned from.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The booster.
    pub booster: Booster,
    /// Its answers to the rows, in their order.
    pub fitted: Vec<f64>,
}

/// Why a booster could not be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// A parameter lies outside of its range.
    #[error("parameter `{name}` is {value}, outside of its range")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// Not every row has one target and one weight.
    #[error("{rows} rows, but {targets} targets and {weights} weights")]
    Lengths {
        /// Number of rows.
        rows: usize,
        /// Number of targets.
        targets: usize,
        /// Number of weights.
        weights: usize,
    },
    /// A row is not in the table.
    #[error("row {row} of a table of {rows}")]
    Row {
        /// The row.
        row: u32,
        /// Rows of the table.
        rows: usize,
    },
    /// A target or a weight is not finite, a weight is negative, or all are zero.
    #[error("targets must be finite, weights finite, from 0 and not all 0")]
    Values,
}

/// Why what was read is no booster.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidModel {
    /// A split looks at a column that rows do not have.
    #[error("a tree looks at column {column} of {columns}, counted from 1")]
    Column {
        /// The column, counted from 1.
        column: usize,
        /// Columns of a row.
        columns: usize,
    },
    /// Trees differ in depth.
    #[error("trees differ in depth")]
    Depth,
}

impl Booster {
    /// Fits `targets`, by the loss of `params` with `weights`, on these rows of the table.
    ///
    /// The same arguments give the same booster to the last bit. It works on one thread: boosters run beside each other.
    ///
    /// # Errors
    /// [`FitError`] where parameters, rows, targets or weights are not what they must be.
    pub fn fit(bins: &Bins, rows: &[u32], targets: &[f64], weights: &[f64], params: &Params) -> Result<Fit, FitError> {
        check(bins, rows, targets, weights, params)?;
        let base = params.loss.best_constant(targets, weights);
        let mut set = TrainingSet {
            bins,
            rows,
            residuals: targets.iter().map(|target| (target - base) as f32).collect(),
            weights: weights.iter().map(|weight| *weight as f32).collect(),
        };
        let mut grower = Grower::default();
        let mut trees = Vec::with_capacity(params.trees);
        for number in 0..params.trees {
            trees.push(grower.grow(&mut set, params, Sample::new(params.seed, number)).on_values(bins));
        }
        let fitted = targets.iter().zip(&set.residuals).map(|(target, left)| target - f64::from(*left)).collect();
        Ok(Fit { booster: Self { columns: bins.columns(), base, trees }, fitted })
    }

    /// The answer to a row of features, of which those that are not known are not numbers and all others finite.
    ///
    /// # Panics
    /// Where the row has not as many columns as the table that was learned from.
    #[must_use]
    pub fn predict(&self, row: &[f32]) -> f64 {
        assert_eq!(row.len(), self.columns, "columns of the row");
        let (abreast, rest) = self.trees.as_chunks::<ABREAST>();
        let sum = abreast.iter().map(|trees| answers(trees, row).iter().sum::<f64>()).sum::<f64>();
        self.base + sum + rest.iter().flat_map(|tree| answers(std::array::from_ref(tree), row)).sum::<f64>()
    }

    /// Number of columns of the table that was learned from.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }
}

/// What trees of one depth give to a row.
fn answers<const N: usize>(trees: &[Tree<ValueSplit>; N], row: &[f32]) -> [f64; N] {
    let leaves: [usize; N] = descend(trees[0].depth(), |i, node| trees[i].split(node), |_, column| row[column]);
    std::array::from_fn(|i| f64::from(trees[i].leaf(leaves[i])))
}

fn check(bins: &Bins, rows: &[u32], targets: &[f64], weights: &[f64], params: &Params) -> Result<(), FitError> {
    if let Some((name, value)) = params.out_of_range() {
        return Err(FitError::Parameter { name, value });
    }
    if rows.len() != targets.len() || rows.len() != weights.len() {
        return Err(FitError::Lengths { rows: rows.len(), targets: targets.len(), weights: weights.len() });
    }
    if let Some(row) = rows.iter().find(|row| **row as usize >= bins.rows()) {
        return Err(FitError::Row { row: *row, rows: bins.rows() });
    }
    let all: f64 = weights.iter().sum();
    let weighed = all > 0.0 && all.is_finite() && weights.iter().all(|weight| *weight >= 0.0);
    if weighed && targets.iter().all(|target| target.is_finite()) { Ok(()) } else { Err(FitError::Values) }
}

/// A booster as it is written.
#[derive(Serialize, Deserialize)]
struct Stored {
    columns: usize,
    base: f64,
    trees: Vec<Tree<ValueSplit>>,
}

impl From<Booster> for Stored {
    fn from(Booster { columns, base, trees }: Booster) -> Self {
        Self { columns, base, trees }
    }
}

impl TryFrom<Stored> for Booster {
    type Error = InvalidModel;

    fn try_from(Stored { columns, base, trees }: Stored) -> Result<Self, InvalidModel> {
        let column = trees.iter().map(Tree::columns).max().unwrap_or(0);
        if column > columns {
            return Err(InvalidModel::Column { column, columns });
        }
        if trees.windows(2).any(|pair| pair[0].depth() != pair[1].depth()) {
            return Err(InvalidModel::Depth);
        }
        Ok(Self { columns, base, trees })
    }
}
