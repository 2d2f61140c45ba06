//! Days from 1970-01-01, and epidemiological weeks, Sunday to Saturday, by number.

/// Days that an epidemiological week begins before the Thursday 1970-01-01.
const OFFSET: i32 = 4;

/// The number of the week of a day, which is counted from 1970-01-01. Week 0 ends on Saturday, 1970-01-03.
#[must_use]
pub const fn of_day(day: i32) -> i32 {
    (day + OFFSET).div_euclid(7)
}

/// The Saturday that ends a week, in days from 1970-01-01.
#[must_use]
pub const fn saturday(week: i32) -> i32 {
    week * 7 - OFFSET + 6
}

/// Days from 1970-01-01 of `2020-10-24`, with a time of day behind it or without.
pub(super) fn day_of_text(text: &str) -> Option<i32> {
    let rest = text.get(10..)?;
    if !rest.is_empty() && !rest.starts_with(['T', ' ']) {
        return None;
    }
    let date = chrono::NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    i32::try_from(date.signed_duration_since(chrono::NaiveDate::default()).num_days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate, Weekday};

    #[test]
    fn weeks_begin_on_sundays() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for day in [-5, -4, 0, 2, 3, 18_321, 20_000] {
            let week = of_day(day);
            let (first, last) = (saturday(week) - 6, saturday(week));
            assert!((first..=last).contains(&day), "{day}");
            let weekday = |day: i32| (epoch + chrono::Duration::days(day.into())).weekday();
            assert_eq!((weekday(first), weekday(last)), (Weekday::Sun, Weekday::Sat));
        }
    }
}
