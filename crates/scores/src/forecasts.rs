//! A run's forecasts, in the form in which they are scored.

use std::collections::HashMap;
use std::str::FromStr;

use countycast_engine::{Date, Fips, Target};
use jiff::ToSpan;

use crate::PhaseKind;
use crate::quantiles::Row;

/// Days that a forecast sums over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resolution {
    /// The single day `horizon`.
    Day,
    /// The single week `horizon`.
    Week,
    /// All weeks from the as-of day to the end of week `horizon`.
    Span,
}

/// Text that names no resolution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a resolution: `day`, `week` or `span`")]
pub struct ResolutionError(pub String);

impl Resolution {
    /// All resolutions.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Span];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Span => "span",
        }
    }
}

impl FromStr for Resolution {
    type Err = ResolutionError;

    fn from_str(name: &str) -> Result<Self, ResolutionError> {
        Self::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| ResolutionError(name.to_owned()))
    }
}

/// One model's quantiles for one location, target and horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantileForecast {
    /// The location.
    pub fips: Fips,
    /// The model.
    pub model: String,
    /// New cases or new deaths.
    pub target: Target,
    /// The period that the forecast sums over: a week or the span.
    pub resolution: Resolution,
    /// Weeks after the as-of day, from 1.
    pub horizon: u8,
    /// The 23 quantiles.
    pub row: Row,
}

impl QuantileForecast {
    /// Last day of the sum.
    #[must_use]
    pub fn end(&self, as_of: Date) -> Date {
        as_of.saturating_add((7 * i64::from(self.horizon)).days())
    }
}

/// A run's weekly forecasts and the as-of day of the run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Last day of data used.
    pub as_of: Date,
    /// All weekly and span forecasts of new cases and deaths.
    pub forecasts: Vec<QuantileForecast>,
    /// R_t at the as-of day with its 90 % interval, and how the place was projected.
    pub places: HashMap<Fips, PlaceThen>,
}

/// A place as recorded by the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaceThen {
    /// 5 %, 50 % and 95 % of R_t.
    pub reproduction: Option<[f64; 3]>,
    /// How it was projected.
    pub phase: PhaseKind,
    /// Residents.
    pub population: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_is_read_back_from_its_name() {
        assert_eq!(Resolution::ALL.map(|resolution| resolution.name().parse()), Resolution::ALL.map(Ok));
        assert_eq!("month".parse::<Resolution>(), Err(ResolutionError("month".to_owned())));
    }

    #[test]
    fn a_forecast_ends_whole_weeks_after_the_as_of_day() {
        let week = |horizon| QuantileForecast {
            fips: Fips::US,
            model: "flat".to_owned(),
            target: Target::Cases,
            resolution: Resolution::Week,
            horizon,
            row: [0.0; 23],
        };
        let saturday = Date::constant(2020, 10, 24);
        assert_eq!(week(1).end(saturday), Date::constant(2020, 10, 31));
        assert_eq!(week(4).end(saturday), Date::constant(2020, 11, 21));
    }
}
