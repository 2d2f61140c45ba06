//! Shares of the engines before any past projection is known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Relative shares by engine, 0 to 1000. An engine that is not named has 1; what a configuration leaves out has its default.
///
/// The default was chosen by backtest on July and August 2020 and confirmed on September: `docs/experiments.md` has the
/// table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, f64>")]
pub struct Prior(BTreeMap<String, f64>);

const DEFAULT: [(&str, f64); 6] =
    [("learner", 7.0), ("seir", 3.0), ("curve", 0.3), ("trend", 0.2), ("abm", 0.5), ("flat", 0.1)];

/// Share of an engine that is not named.
const UNNAMED: f64 = 1.0;

impl Default for Prior {
    fn default() -> Self {
        Self::from(BTreeMap::new())
    }
}

impl From<BTreeMap<String, f64>> for Prior {
    fn from(named: BTreeMap<String, f64>) -> Self {
        let mut shares: BTreeMap<String, f64> = DEFAULT.map(|(engine, share)| (engine.to_owned(), share)).into();
        shares.extend(named);
        Self(shares)
    }
}

impl Prior {
    /// The relative share of an engine.
    #[must_use]
    pub fn of(&self, engine: &str) -> f64 {
        self.0.get(engine).copied().unwrap_or(UNNAMED)
    }

    /// The engines that are named.
    pub fn engines(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Checks that every share is in range.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.0.iter().find(|(_, share)| !(0.0..=1000.0).contains(*share)) {
            Some((engine, share)) => Err(format!("blend.prior.{engine} = {share}: must be 0 to 1000")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_engine_leaves_the_others_their_default() {
        let prior: Prior = toml::from_str("abm = 2.0\nnew = 3.0").unwrap();
        let default = Prior::default();
        assert_eq!((prior.of("abm"), prior.of("new"), prior.of("other")), (2.0, 3.0, UNNAMED));
        assert_eq!(prior.of("learner"), default.of("learner"));
        assert!(toml::from_str::<Prior>("abm = -1.0").unwrap().check().unwrap_err().contains("blend.prior.abm = -1"));
        assert!(toml::from_str::<Prior>("abm = 1000.5").unwrap().check().is_err());
        assert_eq!(toml::from_str::<Prior>("abm = 1000\nnew = 0").unwrap().check(), Ok(()));
        let engines: Vec<&str> = prior.engines().collect();
        assert_eq!(engines, ["abm", "curve", "flat", "learner", "new", "seir", "trend"]);
    }
}
