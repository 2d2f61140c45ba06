//! How a booster is grown.

use crate::loss::Loss;

/// How a booster is grown. Ranges are checked by [`Booster::fit`](crate::Booster::fit).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Params {
    /// What is lowered.
    pub loss: Loss,
    /// Number of trees, from 1.
    pub trees: usize,
    /// Greatest depth of a tree, 1 to 15; a tree of depth `d` has at most `2^d` leaves.
    pub depth: usize,
    /// Share of a tree's answer that is added to the sum, above 0 to 1.
    pub learning_rate: f64,
    /// Least sum of weights in a leaf, from 0.
    pub leaf_weight: f64,
    /// Ridge penalty on a leaf's value, in the unit of weights, from 0.
    pub ridge: f64,
    /// Probability with which a tree sees a row, above 0 to 1.
    pub row_share: f64,
    /// Share of the columns that a tree sees, above 0 to 1; always at least one.
    pub column_share: f64,
    /// Seed of the choice of rows and columns.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            loss: Loss::Squared,
            trees: 100,
            depth: 6,
            learning_rate: 0.1,
            leaf_weight: 1.0,
            ridge: 1.0,
            row_share: 1.0,
            column_share: 1.0,
            seed: 0,
        }
    }
}

impl Params {
    /// The first parameter outside of its range, with its value.
    pub(crate) fn out_of_range(&self) -> Option<(&'static str, f64)> {
        let share = |x: f64| x > 0.0 && x <= 1.0;
        let amount = |x: f64| x >= 0.0 && x.is_finite();
        let level = match self.loss {
            Loss::Squared => 0.5,
            Loss::Quantile(level) => level,
        };
        [
            ("quantile level", level, level > 0.0 && level < 1.0),
            ("trees", self.trees as f64, self.trees >= 1),
            ("depth", self.depth as f64, (1..=15).contains(&self.depth)),
            ("learning_rate", self.learning_rate, share(self.learning_rate)),
            ("leaf_weight", self.leaf_weight, amount(self.leaf_weight)),
            ("ridge", self.ridge, amount(self.ridge)),
            ("row_share", self.row_share, share(self.row_share)),
            ("column_share", self.column_share, share(self.column_share)),
        ]
        .into_iter()
        .find_map(|(name, value, holds)| (!holds).then_some((name, value)))
    }
}
