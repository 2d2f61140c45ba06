//! How a hub names the model.

use countycast_engine::Date;
use countycast_signals::{LONGEST_ABBREVIATION, is_abbreviation};
use serde::{Deserialize, Serialize};

/// How a hub names the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hub {
    /// Abbreviation of the team, 1 to 15 letters, digits and underscores.
    pub team: String,
    /// Abbreviation of the model, the same.
    pub model: String,
}

impl Default for Hub {
    fn default() -> Self {
        Self { team: "countycast".to_owned(), model: "blend".to_owned() }
    }
}

impl Hub {
    /// Checks both names.
    ///
    /// # Errors
    /// The name, and what it may hold.
    pub fn check(&self) -> Result<(), String> {
        for (key, name) in [("team", &self.team), ("model", &self.model)] {
            if !is_abbreviation(name) {
                return Err(format!(
                    "[hub] {key} = `{name}`: hubs take 1 to {LONGEST_ABBREVIATION} letters, digits and underscores"
                ));
            }
        }
        Ok(())
    }

    /// Path of a day's file below the output folder.
    #[must_use]
    pub fn path(&self, as_of: Date) -> String {
        let name = format!("{}-{}", self.team, self.model);
        format!("hub/{name}/{as_of}-{name}.csv")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_hubs_accept() {
        let named = |team: &str| Hub { team: team.to_owned(), ..Hub::default() };
        assert_eq!(named("VT_health").check(), Ok(()));
        for wrong in ["", "VT-health", "a_team_with_a_long_name", "../up"] {
            assert!(named(wrong).check().unwrap_err().contains("[hub] team"), "{wrong}");
        }
        let path = named("VT_health").path(Date::constant(2020, 10, 24));
        assert_eq!(path, "hub/VT_health-blend/2020-10-24-VT_health-blend.csv");
    }
}
