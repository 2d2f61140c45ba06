//! Facts of the disease that hospital capacity and several engines rest on.

use serde::{Deserialize, Serialize};

use crate::{Delay, SettingsError, Severity};

/// What is known of the disease whichever model projects it: each fact once, for all who use it.
///
/// How an engine moves people through its own compartments or persons (latent and infectious times, say) is that engine's
/// setting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Epidemiology {
    /// Share of infections that become reported cases, 0.01 to 1: the median that mechanistic engines begin with.
    pub ascertainment: f64,
    /// Deaths per reported case where neither a place nor its region tells, 1e-6 to 0.5: about that of the United States in
    /// the summer of 2020.
    pub case_fatality: f64,
    /// From one infection to the next of a chain, mean 1 to 20 days: gamma distribution of OpenABM (Hinch et al. 2021).
    pub generation_days: Delay,
    /// From infection to the case's report, mean 1 to 30 days: incubation 5.5 (Lauer et al. 2020), test and report.
    pub report_delay_days: Delay,
    /// From the case's report to its death's report, mean 1 to 40 days: onset to death 15 and death to report 7, less onset
    /// to report of the case (CDC planning scenarios, September 2020).
    pub death_delay_days: Delay,
    /// Risks by age, and times in hospital.
    pub severity: Severity,
}

impl Default for Epidemiology {
    fn default() -> Self {
        Self {
            ascertainment: 0.25,
            case_fatality: 0.015,
            generation_days: Delay::new(5.5, 2.14),
            report_delay_days: Delay::new(9.0, 4.0),
            death_delay_days: Delay::new(16.0, 10.0),
            severity: Severity::default(),
        }
    }
}

impl Epidemiology {
    /// Checks every range.
    ///
    /// # Errors
    /// [`SettingsError`] for the first setting outside its range. A standard deviation lies between a twentieth and the
    /// double of its mean.
    pub fn check(&self) -> Result<(), SettingsError> {
        SettingsError::check([
            ("ascertainment", self.ascertainment, 0.01, 1.0),
            ("case_fatality", self.case_fatality, 1e-6, 0.5),
        ])?;
        for (name, delay, low, high) in [
            ("generation_days", self.generation_days, 1.0, 20.0),
            ("report_delay_days", self.report_delay_days, 1.0, 30.0),
            ("death_delay_days", self.death_delay_days, 1.0, 40.0),
        ] {
            SettingsError::check([
                (name, delay.mean, low, high),
                (name, delay.sd, 0.05 * delay.mean, 2.0 * delay.mean),
            ])?;
        }
        self.severity.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_pass_and_a_wrong_value_is_named() {
        let usual = Epidemiology::default();
        assert_eq!(usual.check(), Ok(()));
        let name = |wrong: Epidemiology| wrong.check().unwrap_err().name;
        assert_eq!(name(Epidemiology { ascertainment: f64::NAN, ..usual }), "ascertainment");
        assert_eq!(name(Epidemiology { death_delay_days: Delay::new(16.0, 0.0), ..usual }), "death_delay_days");
        let severity = Severity { icu_stay_days: [0.0; 3], ..usual.severity };
        assert_eq!(name(Epidemiology { severity, ..usual }), "severity.icu_stay_days");
    }
}
