//! Settings of the blend.

use serde::{Deserialize, Serialize};

use super::cohere::Coupling;
use super::prior::Prior;

/// How engines are weighted by the scores of past projections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Weeks of past projections that are used, 1 to 52.
    pub window_weeks: u16,
    /// Weeks for which hindcasts are made if the lake has none, 0 to 26.
    pub hindcast_weeks: u16,
    /// Half-life in weeks of the weight of a past projection, above 0.
    pub half_life_weeks: f64,
    /// Relative shares before any past projection is known.
    pub prior: Prior,
    /// Sharpness of the weights: share ∝ prior · exp(−sharpness · relative WIS), 0 to 100; 0 leaves the prior.
    pub sharpness: f64,
    /// Largest share of one engine, above 0 to 1; at least 1.5 over the number of engines whatever is set.
    pub max_share: f64,
    /// Smallest factor by which inner intervals with excess past coverage are narrowed, 0.5 to 1; 1 disables narrowing.
    pub narrowest: f64,
    /// Rank correlation of a county with its state's factor where counties are summed, in the first and in the fourth week
    /// ([`Coupling`]), 0 to 0.99 each. Deaths take that of the first week throughout.
    pub county_coupling: Coupling,
    /// The same of a state with the nation's factor.
    pub state_coupling: Coupling,
    /// Past as-of days at which the sharpness reaches half its value, at least 0.
    pub prior_days: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_weeks: 12,
            hindcast_weeks: 8,
            half_life_weeks: 6.0,
            prior: Prior::default(),
            sharpness: 8.0,
            max_share: 0.7,
            narrowest: 0.85,
            county_coupling: Coupling([0.55, 0.75]),
            state_coupling: Coupling([0.5, 0.7]),
            prior_days: 2.0,
        }
    }
}

impl Settings {
    /// Checks that every setting is in range.
    ///
    /// # Errors
    /// The name of the setting, its value and its range.
    pub fn check(&self) -> Result<(), String> {
        let range = |name: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(format!("blend.{name} = {value}: must be {low} to {high}"))
        };
        range("window_weeks", f64::from(self.window_weeks), 1.0, 52.0)?;
        range("hindcast_weeks", f64::from(self.hindcast_weeks), 0.0, 26.0)?;
        range("half_life_weeks", self.half_life_weeks, 0.1, 1000.0)?;
        range("sharpness", self.sharpness, 0.0, 100.0)?;
        range("max_share", self.max_share, 0.01, 1.0)?;
        range("narrowest", self.narrowest, 0.5, 1.0)?;
        self.county_coupling.0.into_iter().try_for_each(|value| range("county_coupling", value, 0.0, 0.99))?;
        self.state_coupling.0.into_iter().try_for_each(|value| range("state_coupling", value, 0.0, 0.99))?;
        range("prior_days", self.prior_days, 0.0, 1000.0)?;
        self.prior.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_checked_against_its_range() {
        assert_eq!(Settings::default().check(), Ok(()));
        for (bad, range) in [
            ("window_weeks = 0", "1 to 52"),
            ("hindcast_weeks = 27", "0 to 26"),
            ("half_life_weeks = 0.0", "0.1 to 1000"),
            ("sharpness = nan", "0 to 100"),
            ("max_share = 1.1", "0.01 to 1"),
            ("narrowest = 0.4", "0.5 to 1"),
            ("county_coupling = [0.5, 1.0]", "0 to 0.99"),
            ("state_coupling = [-0.1, 0.5]", "0 to 0.99"),
            ("prior_days = -1.0", "0 to 1000"),
            ("prior = { abm = 1001.0 }", "0 to 1000"),
        ] {
            let message = toml::from_str::<Settings>(bad).unwrap().check().unwrap_err();
            let name = bad.split(' ').next().unwrap();
            assert!(message.contains(&format!("blend.{name}")) && message.ends_with(range), "{bad}: {message}");
        }
    }
}
