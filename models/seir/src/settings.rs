//! The settings of the engine, and their validation.

use countycast_engine::{CourseSettings, DUMP_FACTOR, SettingsError, Widths};
use serde::{Deserialize, Serialize};

/// Settings of [`Seir`](crate::Seir). Every field gives unit, range and source of its default.
///
/// Where no source is named, a default was chosen by the absolute error and the weighted interval score of county cases
/// on as-of Saturdays 2020-07-11 to 2020-08-22, among few values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Mean time from infection to infectiousness. Days, 0.5 to 20. With the next it gives a generation interval of
    /// `latent + 2/3 infectious` = 5.5 days (OpenABM, Hinch et al. 2021).
    pub latent_days: f64,
    /// Mean time infectious. Days, 0.5 to 30.
    pub infectious_days: f64,
    /// Exponent of the susceptible share in the force of infection. No unit, 0.1 to 6; 1 is mass action.
    pub heterogeneity: f64,
    /// Standard deviation of the prior of ascertainment on the as-of day, on the log scale. 0.01 to 2. Its median is that of
    /// the disease.
    pub ascertainment_spread: f64,
    /// Growth of log ascertainment through the past, mean of the prior: testing grew through 2020. Per week, -0.2 to 0.2.
    pub ascertainment_growth_per_week: f64,
    /// Standard deviation of that prior: ascertainment varies roughly with the root of test positivity (Gu 2020), which
    /// changed by a third in either direction over the summer. Per week, 0.001 to 0.2.
    pub ascertainment_growth_spread: f64,
    /// Standard deviation of the random walk of log R in the past. Per square root of a week, 0.01 to 1. At 0.1, 90 %
    /// intervals cover about 90 % of known R; a stiffer walk explains a falling R by a wrong immune share.
    pub reproduction_walk: f64,
    /// Imported infections, as a share of the region's per head. 0 (closed) to 1.
    pub importation: f64,
    /// Half-life of the weights of past days for today's level of cases. Days, 0.5 to 60.
    pub level_half_life_days: f64,
    /// Half-life of the slower average that gives recent growth. Days, 1.1 times the level's to 90.
    pub slope_half_life_days: f64,
    /// Weight of the region's growth. No unit, 0 to 2.
    pub region_growth: f64,
    /// Weight of the location's own growth at large counts. No unit, 0 to 2.
    pub own_growth: f64,
    /// Count within two weeks at which the own growth gets half its weight. People, 0 to 1e6.
    pub own_growth_half_count: f64,
    /// Growth remaining after a week: log R returns to 0. No unit, 0 to 1.
    pub damping_per_week: f64,
    /// Factor on positive growth: rises provoke a response. No unit, 0 to 1.
    pub rise: f64,
    /// Rate at which the level per head moves to the region's. Per week, 0 to 5.
    pub reversion_per_week: f64,
    /// Weight of the learned departure from this course. No unit, 0 (none) to 1.
    pub learned_weight: f64,
    /// Standard deviation of a week's step of log R in the future. No unit, 0 to 1.
    pub reproduction_noise: f64,
    /// Standard deviation of a week's step of the log of reporting. No unit, 0 to 1.
    pub reporting_drift: f64,
    /// Degrees of freedom of both (Student's t, one scale a draw). No unit, 2.1 to 1,000.
    pub tail_freedom: f64,
    /// Relative standard deviation of a week's cases at large counts. No unit, 0 to 2.
    pub week_noise: f64,
    /// Variance over mean of a week's cases beyond Poisson at small counts. People, 0 to 100.
    pub week_dispersion: f64,
    /// Number of own past errors at which they outweigh these widths. Errors, above 0 to 1e6.
    pub prior_errors: f64,
    /// Expected deaths at which own and region's fatality have equal weight. Deaths, above 0 to 1e4.
    pub fatality_weight: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            latent_days: 3.5,
            infectious_days: 3.0,
            heterogeneity: 1.0,
            ascertainment_spread: 0.5,
            ascertainment_growth_per_week: 0.01,
            ascertainment_growth_spread: 0.02,
            reproduction_walk: 0.1,
            importation: 0.05,
            level_half_life_days: 3.0,
            slope_half_life_days: 5.0,
            region_growth: 1.0,
            own_growth: 0.15,
            own_growth_half_count: 1_000.0,
            damping_per_week: 0.65,
            rise: 0.6,
            reversion_per_week: 0.25,
            learned_weight: 1.0,
            reproduction_noise: 0.06,
            reporting_drift: 0.26,
            tail_freedom: 5.0,
            week_noise: 0.14,
            week_dispersion: 6.0,
            prior_errors: 100.0,
            fatality_weight: 10.0,
        }
    }
}

impl Settings {
    /// Checks every range.
    ///
    /// # Errors
    /// [`SettingsError`] for the first setting outside its range, in the order of the fields.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        SettingsError::check([
            ("latent_days", self.latent_days, 0.5, 20.0),
            ("infectious_days", self.infectious_days, 0.5, 30.0),
            ("heterogeneity", self.heterogeneity, 0.1, 6.0),
            ("ascertainment_spread", self.ascertainment_spread, 0.01, 2.0),
            ("ascertainment_growth_per_week", self.ascertainment_growth_per_week, -0.2, 0.2),
            ("ascertainment_growth_spread", self.ascertainment_growth_spread, 0.001, 0.2),
            ("reproduction_walk", self.reproduction_walk, 0.01, 1.0),
            ("importation", self.importation, 0.0, 1.0),
            ("level_half_life_days", self.level_half_life_days, 0.5, 60.0),
            // Two averages of the same age define no slope.
            ("slope_half_life_days", self.slope_half_life_days, 1.1 * self.level_half_life_days, 90.0),
            ("region_growth", self.region_growth, 0.0, 2.0),
            ("own_growth", self.own_growth, 0.0, 2.0),
            ("own_growth_half_count", self.own_growth_half_count, 0.0, 1e6),
            ("damping_per_week", self.damping_per_week, 0.0, 1.0),
            ("rise", self.rise, 0.0, 1.0),
            ("reversion_per_week", self.reversion_per_week, 0.0, 5.0),
            ("learned_weight", self.learned_weight, 0.0, 1.0),
            ("reproduction_noise", self.reproduction_noise, 0.0, 1.0),
            ("reporting_drift", self.reporting_drift, 0.0, 1.0),
            ("tail_freedom", self.tail_freedom, 2.1, 1_000.0),
            ("week_noise", self.week_noise, 0.0, 2.0),
            ("week_dispersion", self.week_dispersion, 0.0, 100.0),
            ("prior_errors", self.prior_errors, 1e-3, 1e6),
            ("fatality_weight", self.fatality_weight, 1e-3, 1e4),
        ])
    }

    /// How wrong weekly reports are thought to be.
    pub(crate) fn widths(&self) -> Widths {
        Widths {
            week_variance: self.week_noise.powi(2),
            week_dispersion: self.week_dispersion,
            drift_variance: self.reporting_drift.powi(2),
            prior_errors: self.prior_errors,
        }
    }

    /// The course that is expected where nothing was learned.
    pub(crate) fn course(&self) -> CourseSettings {
        CourseSettings {
            level_half_life_days: self.level_half_life_days,
            slope_half_life_days: self.slope_half_life_days,
            region_growth: self.region_growth,
            own_growth: self.own_growth,
            own_growth_half_count: self.own_growth_half_count,
            damping_per_week: self.damping_per_week,
            rise: self.rise,
            reversion_per_week: self.reversion_per_week,
            dump_factor: DUMP_FACTOR,
        }
    }

    /// Rates of the compartments.
    pub(crate) fn rates(&self) -> crate::Rates {
        crate::Rates { latent: self.latent_days, infectious: self.infectious_days, heterogeneity: self.heterogeneity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_pass_and_a_wrong_value_is_named() {
        assert_eq!(Settings::default().check(), Ok(()));
        let error = Settings { rise: 1.5, ..Settings::default() }.check().unwrap_err();
        assert_eq!(error.to_string(), "setting `rise` is 1.5: it must be a number from 0 to 1");
        let error = Settings { heterogeneity: f64::NAN, ..Settings::default() }.check().unwrap_err();
        assert_eq!(error.name, "heterogeneity");
        let error = Settings { slope_half_life_days: 3.0, ..Settings::default() }.check().unwrap_err();
        assert_eq!(error.name, "slope_half_life_days");
    }
}
