//! Public holidays, on and after which health departments report less.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Days, from the holiday on, with less reporting than usual for their weekday.
const AFFECTED_DAYS: i32 = 4;

/// Share of a day's counts that is reported on that day with regard to holidays: a share `loss` is missing on a
/// holiday, halved on each following day. 1 on other days.
///
/// With a loss of 0.35 the counts of a week with a holiday are a tenth lower. The missing counts are not made up for:
/// assuming a catch-up in the week after did not improve projections (`docs/experiments.md`).
#[must_use]
pub fn reported_share(day: Date, loss: f64) -> f64 {
    let missing = |after: i32| {
        let before = day.checked_sub(after.days()).ok()?;
        is_holiday(before).then(|| loss * 0.5_f64.powi(after))
    };
    1.0 - (0..AFFECTED_DAYS).find_map(missing).unwrap_or(0.0)
}

/// Whether most US health departments are closed on the day: New Year's Day, Memorial Day, Independence Day, Labor Day,
/// Thanksgiving and Christmas Day (5 U.S.C. 6103). The other federal holidays are not visible in reported counts.
fn is_holiday(day: Date) -> bool {
    match (day.month(), day.day()) {
        (1, 1) | (7, 4) | (12, 25) => true,
        (5, 25..=31) | (9, 1..=7) => day.weekday() == Weekday::Monday,
        (11, 22..=28) => day.weekday() == Weekday::Thursday,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_holidays_of_2020() {
        let days = date(2020, 1, 1).series(1.day()).take(366);
        let found: Vec<String> = days.filter(|day| is_holiday(*day)).map(|day| day.to_string()).collect();
        let expected = ["2020-01-01", "2020-05-25", "2020-07-04", "2020-09-07", "2020-11-26", "2020-12-25"];
        assert_eq!(found, expected);
    }

    #[test]
    fn most_are_missing_on_the_holiday_itself() {
        let shares: Vec<f64> = date(2020, 9, 6).series(1.day()).take(6).map(|day| reported_share(day, 0.4)).collect();
        assert_eq!(shares, [1.0, 0.6, 0.8, 0.9, 0.95, 1.0]);
    }
}
