//! The settings of [`Trend`](crate::Trend), and their validation.

use countycast_engine::{CourseSettings, Widths};
use serde::{Deserialize, Serialize};

/// One value for cases, one for deaths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// For new cases.
    pub cases: f64,
    /// For new deaths.
    pub deaths: f64,
}

impl Pair {
    /// A value each.
    #[must_use]
    pub const fn new(cases: f64, deaths: f64) -> Self {
        Self { cases, deaths }
    }
}

/// Settings of the damped trend. The README's table lists the defaults of [`Settings::default`].
///
/// Where no source is named, a default is the rounded optimum of the absolute error of summed cases over all counties,
/// as-of Saturdays 2020-05-16 to 2020-08-22, horizons one to four weeks (deaths likewise).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Half-life of the weights of past days for today's level. Days, 0.5 to 60. Shorter values follow turns, longer
    /// ones are smoother.
    pub level_half_life_days: Pair,
    /// Half-life of the slower average that the level is compared with to get the growth. Days, above the level's, to 90.
    pub slope_half_life_days: Pair,
    /// Weight of the growth of the region around (a county's state). No unit, 0 to 2.
    pub region_growth: Pair,
    /// Weight of the location's own growth once its counts are large. No unit, 0 to 2.
    pub own_growth: Pair,
    /// Count within two weeks at which the own growth gets half its weight. People, 0 to 1e6.
    pub own_growth_half_count: Pair,
    /// Growth remaining after a week. No unit, 0 (flat after today) to 1 (undamped exponential growth).
    pub damping_per_week: Pair,
    /// Factor on positive growth: rises provoke a response, declines mostly continue. No unit, 0 to 1.
    pub rise: Pair,
    /// Rate at which the location's level moves to the region's level per head. Per week, 0 to 5.
    pub reversion_per_week: Pair,
    /// A day above this multiple of the last two weeks' median day is truncated to it as a dump. No unit, 1.5 to 100.
    pub dump_factor: Pair,
    /// Variance of weekly counts over their mean, beyond the Poisson one, where counts are small. People, 0 to 100.
    pub week_dispersion: Pair,
    /// Standard deviation of weekly noise on the log scale where counts are large. No unit, 0 to 2.
    pub week_noise: Pair,
    /// Standard deviation of a week's step of the log level away from the trend. No unit, 0 to 2.
    pub drift_per_week: Pair,
    /// Degrees of freedom of that drift (Student's t). No unit, 2.1 to 1,000 (almost normal).
    pub tail_freedom: Pair,
    /// Number of own past errors at which they outweigh these widths. Errors, above 0 to 1e6.
    pub prior_errors: Pair,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            level_half_life_days: Pair::new(3.0, 7.0),
            slope_half_life_days: Pair::new(5.0, 14.0),
            region_growth: Pair::new(1.0, 0.8),
            own_growth: Pair::new(0.15, 0.1),
            own_growth_half_count: Pair::new(1_000.0, 500.0),
            damping_per_week: Pair::new(0.65, 0.7),
            rise: Pair::new(0.6, 0.67),
            reversion_per_week: Pair::new(0.25, 0.4),
            dump_factor: Pair::new(4.0, 4.0),
            week_dispersion: Pair::new(6.0, 1.0),
            week_noise: Pair::new(0.14, 0.14),
            drift_per_week: Pair::new(0.28, 0.29),
            tail_freedom: Pair::new(5.0, 5.0),
            prior_errors: Pair::new(100.0, 30.0),
        }
    }
}

/// A setting outside its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{name}` is {value}: it must be a number from {low} to {high}")]
pub struct SettingsError {
    /// The setting, with its target where it has one.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Least value.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
}

impl Settings {
    /// Checks every range.
    ///
    /// # Errors
    /// [`SettingsError`] for the first setting outside its range, in the order of the fields.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        for (name, pair, low, high) in [
            ("level_half_life_days", self.level_half_life_days, 0.5, 60.0),
            ("slope_half_life_days", self.slope_half_life_days, 0.5, 90.0),
            ("region_growth", self.region_growth, 0.0, 2.0),
            ("own_growth", self.own_growth, 0.0, 2.0),
            ("own_growth_half_count", self.own_growth_half_count, 0.0, 1e6),
            ("damping_per_week", self.damping_per_week, 0.0, 1.0),
            ("rise", self.rise, 0.0, 1.0),
            ("reversion_per_week", self.reversion_per_week, 0.0, 5.0),
            ("dump_factor", self.dump_factor, 1.5, 100.0),
            ("week_dispersion", self.week_dispersion, 0.0, 100.0),
            ("week_noise", self.week_noise, 0.0, 2.0),
            ("drift_per_week", self.drift_per_week, 0.0, 2.0),
            ("tail_freedom", self.tail_freedom, 2.1, 1_000.0),
            ("prior_errors", self.prior_errors, 1e-3, 1e6),
        ] {
            check(&format!("{name}.cases"), pair.cases, low, high)?;
            check(&format!("{name}.deaths"), pair.deaths, low, high)?;
        }
        for (target, level, slope) in [
            ("cases", self.level_half_life_days.cases, self.slope_half_life_days.cases),
            ("deaths", self.level_half_life_days.deaths, self.slope_half_life_days.deaths),
        ] {
            // Two averages of the same age define no slope.
            check(&format!("slope_half_life_days.{target}"), slope, 1.1 * level, 90.0)?;
        }
        Ok(())
    }

    /// The values for one of the two targets.
    pub(crate) fn of(&self, pick: fn(Pair) -> f64) -> OneTarget {
        OneTarget {
            course: CourseSettings {
                level_half_life_days: pick(self.level_half_life_days),
                slope_half_life_days: pick(self.slope_half_life_days),
                region_growth: pick(self.region_growth),
                own_growth: pick(self.own_growth),
                own_growth_half_count: pick(self.own_growth_half_count),
                damping_per_week: pick(self.damping_per_week),
                rise: pick(self.rise),
                reversion_per_week: pick(self.reversion_per_week),
                dump_factor: pick(self.dump_factor),
            },
            widths: Widths {
                week_variance: pick(self.week_noise).powi(2),
                week_dispersion: pick(self.week_dispersion),
                drift_variance: pick(self.drift_per_week).powi(2),
                prior_errors: pick(self.prior_errors),
            },
            tail_freedom: pick(self.tail_freedom),
        }
    }
}

/// The checked settings of one target, widths as variances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OneTarget {
    pub(crate) course: CourseSettings,
    pub(crate) widths: Widths,
    pub(crate) tail_freedom: f64,
}

fn check(name: &str, value: f64, low: f64, high: f64) -> Result<(), SettingsError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(SettingsError { name: name.to_owned(), value, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_pass_and_a_wrong_value_is_named() {
        assert_eq!(Settings::default().check(), Ok(()));
        let settings = Settings { rise: Pair::new(0.5, 1.5), ..Settings::default() };
        let error = settings.check().unwrap_err();
        assert_eq!(error.to_string(), "`rise.deaths` is 1.5: it must be a number from 0 to 1");
        let settings = Settings { tail_freedom: Pair::new(f64::NAN, 5.0), ..Settings::default() };
        assert_eq!(settings.check().unwrap_err().name, "tail_freedom.cases");
        let settings = Settings { slope_half_life_days: Pair::new(3.0, 14.0), ..Settings::default() };
        assert_eq!(settings.check().unwrap_err().name, "slope_half_life_days.cases");
    }
}
