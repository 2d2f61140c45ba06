//! The boosters of one target together.

use serde::{Deserialize, Serialize};

use crate::WEEKS;
use crate::boost::Booster;
use crate::errors::Library;
use crate::features::COUNT;

/// Boosters by week ahead, and the errors to expect of them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Forecaster {
    pub(crate) boosters: Vec<Booster>,
    pub(crate) library: Library,
}

impl Forecaster {
    /// How far the logarithms of the next weeks lie above that of the recent level, in the middle.
    pub(crate) fn medians(&self, features: &[f32; COUNT]) -> [f64; WEEKS] {
        std::array::from_fn(|week| self.boosters[week].predict(features))
    }
}
