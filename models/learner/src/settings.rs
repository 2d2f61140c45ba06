//! What can be set, and what holds of it.

use countycast_engine::SettingsError;
use serde::{Deserialize, Serialize};

/// Settings of the engine. Defaults were chosen on US counties, as-of Saturdays 2020-07-11 to 2020-08-22;
/// `origin_days`, `row_share` and `feature_share` with September and October in view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Trees of each booster, 10 to 2,000.
    pub trees: usize,
    /// Greatest depth of a tree, 2 to 10.
    pub depth: usize,
    /// Share of a tree's answer that is added, above 0 to 1.
    pub learning_rate: f64,
    /// Least weight of rows in a leaf; an average row weighs 1. 0 to 10,000.
    pub leaf_rows: f64,
    /// Ridge penalty on leaves, in rows, 0 to 10,000.
    pub ridge: f64,
    /// Share of rows that each tree sees, above 0 to 1.
    pub row_share: f64,
    /// Share of features that each tree sees, above 0 to 1.
    pub feature_share: f64,
    /// Trees of the rough fit whose residuals turn squared error into absolute error, 5 to 2,000.
    pub rough_trees: usize,
    /// Residuals below this count as this when they weigh rows, logarithms, above 0 to 2.
    pub least_residual: f64,
    /// A row weighs as the recent weekly level to this power, 0 (all counties alike) to 1 (all cases alike).
    pub size_power: f64,
    /// Features that are kept from the boosters, by how their names start ([`FEATURES`](crate::FEATURES)). By default those
    /// that tell the date: trees take from them that the next weeks will be as the last ones were, and miss every turn.
    pub without: Vec<String>,
    /// Share of the straight lines in the answers, beside the trees', 0 to 1.
    pub linear_share: f64,
    /// Ridge penalty on the lines' slopes, in rows, above 0 to 1e6.
    pub linear_ridge: f64,
    /// Growth of the nation's cases that is left after each week, 0 to 1.
    pub nation_damping: f64,
    /// Standard deviation of the nation's course about what is expected of it, a week ahead, logarithm, 0 to 1; it grows with the weeks.
    pub nation_error: f64,
    /// Age in days at which a past origin weighs half, 7 to 100,000; after six such ages it is left out.
    pub half_life_days: f64,
    /// Days between two past origins, 1 to 28.
    pub origin_days: usize,
    /// Fewest cases in four weeks for a row to be learned from, from 0.
    pub least_cases: f64,
    /// Sums of trees that are averaged for each week ahead, 1 to 20.
    pub committee: usize,
    /// Weeks of a block of past origins whose errors make the draws, 1 to 26.
    pub error_weeks: usize,
    /// Such blocks, the newest first; each takes boosters that have not seen it. 1 to 10.
    pub error_blocks: usize,
    /// Past errors nearest in level that draws are taken from, 50 to 100,000.
    pub error_pool: usize,
    /// Gamma shape of days around their share of a week, above 0.
    pub daily_shape: f64,
    /// Growth that is left after each week beyond the fourth, 0 to 1.
    pub damping: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trees: 150,
            depth: 6,
            learning_rate: 0.06,
            leaf_rows: 20.0,
            ridge: 10.0,
            row_share: 0.35,
            feature_share: 0.3,
            rough_trees: 50,
            least_residual: 0.1,
            size_power: 0.6,
            without: ["days_since_first", "infected", "nation_rate", "region_infected"].map(str::to_owned).to_vec(),
            linear_share: 0.5,
            linear_ridge: 50.0,
            nation_damping: 0.6,
            nation_error: 0.08,
            half_life_days: 45.0,
            origin_days: 3,
            least_cases: 5.0,
            committee: 1,
            error_weeks: 5,
            error_blocks: 1,
            error_pool: 800,
            daily_shape: 8.0,
            damping: 0.7,
        }
    }
}

impl Settings {
    /// Checks every range, in the order of the fields.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        SettingsError::check([
            ("trees", self.trees as f64, 10.0, 2_000.0),
            ("depth", self.depth as f64, 2.0, 10.0),
            ("learning_rate", self.learning_rate, 1e-4, 1.0),
            ("leaf_rows", self.leaf_rows, 0.0, 1e4),
            ("ridge", self.ridge, 0.0, 1e4),
            ("row_share", self.row_share, 0.01, 1.0),
            ("feature_share", self.feature_share, 0.05, 1.0),
            ("rough_trees", self.rough_trees as f64, 5.0, 2_000.0),
            ("least_residual", self.least_residual, 1e-3, 2.0),
            ("size_power", self.size_power, 0.0, 1.0),
            ("linear_share", self.linear_share, 0.0, 1.0),
            ("linear_ridge", self.linear_ridge, 1e-6, 1e6),
            ("nation_damping", self.nation_damping, 0.0, 1.0),
            ("nation_error", self.nation_error, 0.0, 1.0),
            ("half_life_days", self.half_life_days, 7.0, 1e5),
            ("origin_days", self.origin_days as f64, 1.0, 28.0),
            ("least_cases", self.least_cases, 0.0, 1e6),
            ("committee", self.committee as f64, 1.0, 20.0),
            ("error_weeks", self.error_weeks as f64, 1.0, 26.0),
            ("error_blocks", self.error_blocks as f64, 1.0, 10.0),
            ("error_pool", self.error_pool as f64, 50.0, 1e5),
            ("daily_shape", self.daily_shape, 0.01, 1e6),
            ("damping", self.damping, 0.0, 1.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_pass_and_a_wrong_value_is_named() {
        assert_eq!(Settings::default().check(), Ok(()));
        let error = Settings { ridge: f64::NAN, ..Settings::default() }.check().unwrap_err();
        assert_eq!(error.name, "ridge");
        let error = Settings { depth: 1, ..Settings::default() }.check().unwrap_err();
        assert_eq!(error.to_string(), "setting `depth` is 1: it must be a number from 2 to 10");
    }
}
