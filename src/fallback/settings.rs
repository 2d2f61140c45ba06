//! Settings of the fallback.

use serde::{Deserialize, Serialize};

/// How counties with little history follow their state.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Days before as-of over which shares are learned, 14 to 366. Effects of social determinants drift within months
    /// (Neelon et al. 2021), so the window is short.
    pub window_days: usize,
    /// Penalty on the squared coefficients of standardised determinants, in counties' worth of information; at least 0.
    pub ridge: f64,
    /// Shape of the gamma noise of a small county's weekly counts in addition to Poisson noise, above 0: outbreaks are
    /// clustered. Smaller is noisier; 1 is geometric.
    pub weekly_shape: f64,
    /// Standard deviation of the weekly step of the log relative risk after as-of, 0 to 3: counties diverge from their
    /// state.
    pub weekly_drift: f64,
    /// Share of the counties with enough history that are projected as if they had none, 0 to 1, to evaluate the
    /// fallback where outcomes are well observed. For backtests only, hence not a configuration key.
    #[serde(skip_deserializing)]
    pub hidden_share: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window_days: 56, ridge: 20.0, weekly_shape: 0.7, weekly_drift: 0.5, hidden_share: 0.0 }
    }
}

impl Settings {
    /// Checks that every setting is in range.
    ///
    /// # Errors
    /// The name of the setting, its value and its range.
    pub fn check(&self) -> Result<(), String> {
        if !(14..=366).contains(&self.window_days) {
            return Err(format!("fallback.window_days = {}: must be 14 to 366", self.window_days));
        }
        if !(self.ridge.is_finite() && self.ridge >= 0.0) {
            return Err(format!("fallback.ridge = {}: must be at least 0", self.ridge));
        }
        if !(self.weekly_shape.is_finite() && self.weekly_shape > 0.0) {
            return Err(format!("fallback.weekly_shape = {}: must be above 0", self.weekly_shape));
        }
        if !(0.0..=3.0).contains(&self.weekly_drift) {
            return Err(format!("fallback.weekly_drift = {}: must be 0 to 3", self.weekly_drift));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_checked_against_its_range() {
        let check = |text: &str| toml::from_str::<Settings>(text).unwrap().check();
        for good in
            ["", "window_days = 14", "window_days = 366", "ridge = 0.0", "weekly_drift = 0.0", "weekly_drift = 3.0"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, range) in [
            ("window_days = 13", "14 to 366"),
            ("window_days = 367", "14 to 366"),
            ("ridge = -0.1", "at least 0"),
            ("ridge = inf", "at least 0"),
            ("weekly_shape = 0.0", "above 0"),
            ("weekly_shape = inf", "above 0"),
            ("weekly_shape = -1.0", "above 0"),
            ("weekly_drift = 3.1", "0 to 3"),
            ("weekly_drift = nan", "0 to 3"),
        ] {
            let message = check(bad).unwrap_err();
            let name = bad.split(' ').next().unwrap();
            assert!(
                message.starts_with(&format!("fallback.{name} = ")) && message.ends_with(range),
                "{bad}: {message}"
            );
        }
    }
}
