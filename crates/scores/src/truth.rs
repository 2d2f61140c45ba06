//! What was observed: weekly counts of every location.

use std::collections::HashMap;

use countycast_engine::{Date, Fips, Target};
use jiff::ToSpan;

/// Observed new cases and deaths by location: daily series, and weekly counts that take precedence over them.
#[derive(Debug, Clone)]
pub struct Truth {
    first_day: Date,
    daily: HashMap<(Fips, Target), Vec<f64>>,
    weekly: HashMap<(Fips, Target, Date), f64>,
}

impl Truth {
    /// No observation yet; daily series will begin on `first_day`.
    #[must_use]
    pub fn new(first_day: Date) -> Self {
        Self { first_day, daily: HashMap::new(), weekly: HashMap::new() }
    }

    /// Adds a location's counts by day, from the first day on.
    pub fn insert_daily(&mut self, fips: Fips, target: Target, counts: Vec<f64>) {
        self.daily.insert((fips, target), counts);
    }

    /// Adds the count of the week that ends on `end`; it takes precedence over the sum of daily counts.
    pub fn insert_week(&mut self, fips: Fips, target: Target, end: Date, count: f64) {
        self.weekly.insert((fips, target, end), count);
    }

    /// New events in the seven days that end on `end`; none if some are unknown. Daily counts that add up to less than
    /// zero count as zero.
    #[must_use]
    pub fn week(&self, fips: Fips, target: Target, end: Date) -> Option<f64> {
        if let Some(&count) = self.weekly.get(&(fips, target, end)) {
            return Some(count);
        }
        let last = usize::try_from(self.first_day.until(end).ok()?.get_days()).ok()?;
        let days = self.daily.get(&(fips, target))?.get((last + 1).checked_sub(7)?..=last)?;
        Some(days.iter().sum::<f64>().max(0.0))
    }

    /// New events in the `weeks` weeks after `as_of`; none if some are unknown.
    #[must_use]
    pub fn span(&self, fips: Fips, target: Target, as_of: Date, weeks: usize) -> Option<f64> {
        (1..=weeks as i64).map(|week| self.week(fips, target, as_of.saturating_add((7 * week).days()))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekly_counts_take_precedence_and_unknown_weeks_are_none() {
        let (fips, first_day) = (Fips::US, Date::constant(2020, 10, 4));
        let mut truth = Truth::new(first_day);
        truth.insert_daily(fips, Target::Cases, (1..=14).map(f64::from).collect());
        let week = |truth: &Truth, day| truth.week(fips, Target::Cases, Date::constant(2020, 10, day));
        assert_eq!((week(&truth, 10), week(&truth, 17), week(&truth, 18)), (Some(28.0), Some(77.0), None));
        assert_eq!(week(&truth, 9), None, "six days are no week");
        truth.insert_week(fips, Target::Cases, Date::constant(2020, 10, 17), 80.0);
        assert_eq!(week(&truth, 17), Some(80.0));
        assert_eq!(truth.week(fips, Target::Deaths, Date::constant(2020, 10, 17)), None);
        let as_of = Date::constant(2020, 10, 3);
        assert_eq!(truth.span(fips, Target::Cases, as_of, 2), Some(108.0));
        assert_eq!(truth.span(fips, Target::Cases, as_of, 3), None);
    }

    #[test]
    fn a_week_of_corrections_below_zero_counts_as_zero() {
        let mut truth = Truth::new(Date::constant(2020, 10, 4));
        truth.insert_daily(Fips::US, Target::Cases, vec![-3.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(truth.week(Fips::US, Target::Cases, Date::constant(2020, 10, 10)), Some(0.0));
    }
}
