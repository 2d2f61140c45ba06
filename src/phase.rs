//! Which counties have enough history for a projection of their own.

use countycast_engine::{History, Level};
use serde::{Deserialize, Serialize};

use crate::scores::PhaseKind;

/// Criteria for projecting a county from its own history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Minimum days since the first case. The engines score themselves at past origins up to four weeks back and need
    /// as many days before each: 56.
    pub min_days: usize,
    /// Length of the recent window, days, 7 to 366.
    pub window_days: usize,
    /// Minimum cases in the recent window. Below about ten, the Poisson error of a four-week sum alone is over 30 %
    /// (1/√10) and a county's own growth cannot be distinguished from chance.
    pub min_recent_cases: f64,
    /// Minimum total cases.
    pub min_total_cases: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min_days: 56, window_days: 28, min_recent_cases: 10.0, min_total_cases: 25.0 }
    }
}

/// How a location is projected, with the reason.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// By the engines, from its own history.
    Independent {
        /// The reason, in readable form.
        reason: String,
    },
    /// As a share of its state's projection.
    Fallback {
        /// The reason, in readable form.
        reason: String,
    },
    /// As fallback although it has enough history, to evaluate the fallback on a well-observed county.
    Hidden,
    /// Counted by its publisher in a joint district: its own row stays at zero.
    Joint {
        /// Name of the district.
        district: String,
    },
}

impl Phase {
    /// The same without the reason.
    #[must_use]
    pub const fn kind(&self) -> PhaseKind {
        match self {
            Self::Independent { .. } => PhaseKind::Independent,
            Self::Fallback { .. } | Self::Joint { .. } => PhaseKind::Fallback,
            Self::Hidden => PhaseKind::Hidden,
        }
    }

    /// The reason, in readable form.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Independent { reason } | Self::Fallback { reason } => reason.clone(),
            Self::Hidden => "history hidden to evaluate the fallback".to_owned(),
            Self::Joint { district } => format!("counted in {district} by the publisher: its own row stays at zero"),
        }
    }
}

impl Settings {
    /// Checks that every setting is in range.
    ///
    /// # Errors
    /// The name of the setting, its value and its range.
    pub fn check(&self) -> Result<(), String> {
        if !(7..=366).contains(&self.window_days) {
            return Err(format!("phase.window_days = {}: must be 7 to 366", self.window_days));
        }
        for (name, value) in [("min_recent_cases", self.min_recent_cases), ("min_total_cases", self.min_total_cases)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(format!("phase.{name} = {value}: must be at least 0"));
            }
        }
        Ok(())
    }

    /// Decides for one location. States and the nation are always projected on their own.
    #[must_use]
    pub fn phase(&self, history: &History, reported_in: Option<&str>) -> Phase {
        if let Some(district) = reported_in {
            return Phase::Joint { district: district.to_owned() };
        }
        let cases = history.cases().cleaned();
        let total = history.cases().total();
        let recent: f64 = cases.iter().rev().take(self.window_days).sum();
        let days = cases.iter().position(|&c| c > 0.0).map_or(0, |first| cases.len() - first);
        if history.location().fips.level() != Level::County {
            return Phase::Independent { reason: "state or nation".to_owned() };
        }
        let short = if days < self.min_days {
            Some(format!("{days} days since the first case, fewer than {}", self.min_days))
        } else if recent < self.min_recent_cases {
            let (window, least) = (self.window_days, self.min_recent_cases);
            Some(format!("{recent:.0} cases in {window} days, fewer than {least}"))
        } else if total < self.min_total_cases {
            Some(format!("{total:.0} cases in all, fewer than {}", self.min_total_cases))
        } else {
            None
        };
        match short {
            Some(reason) => Phase::Fallback { reason },
            None => {
                Phase::Independent { reason: format!("{days} days, {recent:.0} cases in {} days", self.window_days) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Location, Series};
    use std::sync::Arc;

    fn phase(counts: Vec<f64>, fips: &str, reported_in: Option<&str>) -> Phase {
        let series = Series::from_counts(counts).unwrap();
        let place = Arc::new(Location::new(fips.parse().unwrap(), "Demo"));
        let day = "2020-03-01".parse().unwrap();
        let history = History::new(place, day, series.clone(), series, None).unwrap();
        Settings::default().phase(&history, reported_in)
    }

    #[test]
    fn enough_history_stands_on_its_own() {
        assert_eq!(phase(vec![2.0; 100], "01001", None).kind(), PhaseKind::Independent);
    }

    #[test]
    fn each_shortage_is_named() {
        let late = [vec![0.0; 80], vec![9.0; 20]].concat();
        assert!(phase(late, "01001", None).reason().starts_with("20 days since the first case"));
        let over = [vec![9.0; 60], vec![0.0; 40]].concat();
        assert!(phase(over, "01001", None).reason().starts_with("0 cases in 28 days"));
        assert!(phase(vec![0.0; 100], "01001", None).reason().starts_with("0 days"));
    }

    #[test]
    fn states_and_joint_districts() {
        assert_eq!(phase(vec![0.0; 10], "01", None).kind(), PhaseKind::Independent);
        let joint = phase(vec![0.0; 100], "49003", Some("Bear River"));
        assert!(joint.kind() == PhaseKind::Fallback && joint.reason().contains("Bear River"));
    }
}
