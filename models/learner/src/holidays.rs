//! Public holidays on which health departments report less.

use jiff::civil::{Date, Weekday};

/// Whether most health departments of the United States rest on the day: New Year's Day, Memorial Day, Independence Day,
/// Labor Day, Thanksgiving and Christmas Day (5 U.S.C. 6103). The other federal holidays leave no mark in reported cases.
pub(crate) fn is_holiday(day: Date) -> bool {
    match (day.month(), day.day()) {
        (1, 1) | (7, 4) | (12, 25) => true,
        (5, 25..=31) | (9, 1..=7) => day.weekday() == Weekday::Monday,
        (11, 22..=28) => day.weekday() == Weekday::Thursday,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn the_holidays_of_2020() {
        let days = Date::constant(2020, 1, 1).series(1.day()).take(366);
        let found: Vec<String> = days.filter(|day| is_holiday(*day)).map(|day| day.to_string()).collect();
        let expected = ["2020-01-01", "2020-05-25", "2020-07-04", "2020-09-07", "2020-11-26", "2020-12-25"];
        assert_eq!(found, expected);
    }
}
