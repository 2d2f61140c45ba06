//! The boosters of one target together.

use serde::{Deserialize, Serialize};

use crate::boost::{Booster, Table};
use crate::errors::Library;
use crate::features::COUNT;
use crate::rows::WEEKS;

/// Boosters by week ahead, a committee each, and the errors to expect of them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Foreteller {
    pub(crate) boosters: Vec<Vec<Booster>>,
    pub(crate) library: Library,
}

impl Foreteller {
    /// How far the logarithms of the next weeks lie above that of the recent level, in the middle.
    pub(crate) fn medians(&self, features: &[f64; COUNT]) -> [f64; WEEKS] {
        let table = Table::new(std::iter::once(features));
        std::array::from_fn(|week| {
            let answers = self.boosters[week].iter().flat_map(|booster| booster.predict(&table));
            answers.sum::<f64>() / self.boosters[week].len() as f64
        })
    }
}
