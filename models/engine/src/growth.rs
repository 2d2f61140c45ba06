//! Scales on which large and small places are comparable, and growth on them.

use crate::Around;

/// Offset in weekly cases before taking logarithms: below it, growth is mostly chance.
pub const CASES_OFFSET: f64 = 3.0;
/// The same for deaths.
pub const DEATHS_OFFSET: f64 = 0.7;

/// Logarithm of a week's cases.
#[must_use]
pub fn log_cases(week: f64) -> f64 {
    (week.max(0.0) + CASES_OFFSET).ln()
}

/// Logarithm of a week's deaths.
#[must_use]
pub fn log_deaths(week: f64) -> f64 {
    (week.max(0.0) + DEATHS_OFFSET).ln()
}

/// Logarithm of counts per 100,000 residents; not a number where residents are unknown.
#[must_use]
pub fn log_rate(count: f64, population: f64) -> f64 {
    if population > 0.0 { (count.max(0.0) / population * 1e5 + 1.0).ln() } else { f64::NAN }
}

/// Level per head and growth of a place's cases, logarithms; not a number where unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// Cases of the last week per head, see [`log_rate`].
    pub rate: f64,
    /// Log ratio of the last week to the one before.
    pub last_week: f64,
    /// Log ratio of the week before to the one before it.
    pub week_before: f64,
    /// Log ratio of the last three days, scaled to a week, to the last week.
    pub last_days: f64,
}

impl Growth {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { rate: f64::NAN, last_week: f64::NAN, week_before: f64::NAN, last_days: f64::NAN };

    /// Features from the first `seen` days of a place; unknown without a place or enough days.
    #[must_use]
    pub fn of(around: Option<&Around>, seen: usize) -> Self {
        let Some(around) = around.filter(|around| seen <= around.cases.days()) else { return Self::UNKNOWN };
        let week = |back: usize| around.cases.window(seen, 7 * back, 7);
        Self {
            rate: log_rate(week(0), around.population),
            last_week: log_cases(week(0)) - log_cases(week(1)),
            week_before: log_cases(week(1)) - log_cases(week(2)),
            last_days: log_cases(around.cases.window(seen, 0, 3) * 7.0 / 3.0) - log_cases(week(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Track;

    #[test]
    fn a_place_that_doubles_each_week_grows_by_ln_2_and_days_not_known_tell_nothing() {
        let cases = Track::new((0..28).map(|day| 1e4 * 2.0_f64.powi(day / 7)));
        let around = Around { cases, population: 1e6 };
        let growth = Growth::of(Some(&around), 28);
        // The offset of three people is below a thousandth of these counts.
        assert!((growth.last_week - 2.0_f64.ln()).abs() < 1e-3 && (growth.week_before - 2.0_f64.ln()).abs() < 1e-3);
        assert!(growth.last_days.abs() < 1e-9, "days of a week are alike");
        assert!((growth.rate - 56_000.0_f64.ln()).abs() < 1e-3);
        assert!(Growth::of(Some(&around), 29).rate.is_nan() && Growth::of(None, 1).last_week.is_nan());
    }
}
