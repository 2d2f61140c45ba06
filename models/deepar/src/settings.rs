//! What can be set, and what holds of it.

use countycast_engine::SettingsError;
use serde::{Deserialize, Serialize};

/// Settings of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Units of the recurrent layer, 4 to 256.
    pub units: usize,
    /// Weeks of a place's past that the network reads before it projects, 2 to 26.
    pub context_weeks: usize,
    /// Networks trained from different starts; draws are shared among them. 1 to 20.
    pub committee: usize,
    /// Steps of the optimiser from a random start, 1 to 100,000.
    pub steps: usize,
    /// Steps from the network of an earlier day, 0 to 100,000.
    pub warm_steps: usize,
    /// Windows of places' pasts in a step, 8 to 4,096.
    pub batch: usize,
    /// Greatest length of an optimiser's step, above 0 to 0.1.
    pub learning_rate: f64,
    /// Share of windows whose last weeks are hidden in training, so that the network learns to do without them; 0 to 0.5.
    pub hidden_share: f64,
    /// A window is chosen in proportion to the weekly level to this power, 0 (all counties alike) to 1 (all cases alike).
    pub size_power: f64,
    /// Age in days at which a past origin is chosen half as often, 7 to 100,000.
    pub half_life_days: f64,
    /// Days between two past origins, 1 to 28.
    pub origin_days: usize,
    /// Fewest cases in four weeks for a window to be learned from, from 0.
    pub least_cases: f64,
    /// Growth of the nation's cases that is left after each week, 0 to 1.
    pub nation_damping: f64,
    /// Gamma shape of days around their share of a week, above 0.
    pub daily_shape: f64,
    /// Growth that is left after each week beyond the fourth, 0 to 1.
    pub damping: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            units: 40,
            context_weeks: 12,
            committee: 4,
            steps: 2_000,
            warm_steps: 400,
            batch: 128,
            learning_rate: 3e-3,
            hidden_share: 0.05,
            size_power: 0.7,
            half_life_days: 70.0,
            origin_days: 1,
            least_cases: 5.0,
            nation_damping: 0.6,
            daily_shape: 8.0,
            damping: 0.7,
        }
    }
}

impl Settings {
    /// Checks every range, in the order of the fields.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        SettingsError::check([
            ("units", self.units as f64, 4.0, 256.0),
            ("context_weeks", self.context_weeks as f64, 2.0, 26.0),
            ("committee", self.committee as f64, 1.0, 20.0),
            ("steps", self.steps as f64, 1.0, 1e5),
            ("warm_steps", self.warm_steps as f64, 0.0, 1e5),
            ("batch", self.batch as f64, 8.0, 4_096.0),
            ("learning_rate", self.learning_rate, 1e-6, 0.1),
            ("hidden_share", self.hidden_share, 0.0, 0.5),
            ("size_power", self.size_power, 0.0, 1.0),
            ("half_life_days", self.half_life_days, 7.0, 1e5),
            ("origin_days", self.origin_days as f64, 1.0, 28.0),
            ("least_cases", self.least_cases, 0.0, 1e6),
            ("nation_damping", self.nation_damping, 0.0, 1.0),
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
        let error = Settings { batch: 4, ..Settings::default() }.check().unwrap_err();
        assert_eq!(error.to_string(), "setting `batch` is 4: it must be a number from 8 to 4096");
        assert_eq!(Settings { damping: f64::NAN, ..Settings::default() }.check().unwrap_err().name, "damping");
    }
}
