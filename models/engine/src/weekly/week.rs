//! Epidemiological weeks.

use std::fmt;

use jiff::civil::{Date, Weekday};

/// An epidemiological week, Sunday to Saturday, as the CDC's MMWR counts them.
///
/// Weeks are ordered and may be counted on and back; a year has 52 or 53 of them.
///
/// ```
/// use countycast_engine::{Date, weekly::Week};
/// let last = Week::of(Date::constant(2026, 1, 1));
/// assert_eq!((last.saturday(), last.mmwr()), (Date::constant(2026, 1, 3), (2025, 53)));
/// assert_eq!(last.plus(1).mmwr(), (2026, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(i32);

/// The Saturday that ends week 0.
const FIRST: Date = Date::constant(1970, 1, 3);

/// Farthest week from 1970 that has a date: about 7,700 years.
const FARTHEST: i32 = 400_000;

/// The week of the year in which a season of respiratory viruses begins: about August 1, the trough of the year and the
/// week from which FluView counts its seasons' influenza activity.
const SEASON_START: u8 = 31;

impl Week {
    /// The week that contains a day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        let days = (day - FIRST).get_days();
        Self(-(-days).div_euclid(7))
    }

    /// The week that ends on this Saturday; none for another day of the week.
    #[must_use]
    pub fn ending(saturday: Date) -> Option<Self> {
        (saturday.weekday() == Weekday::Saturday).then(|| Self::of(saturday))
    }

    /// The Saturday on which it ends.
    #[must_use]
    pub fn saturday(self) -> Date {
        FIRST.saturating_add(jiff::Span::new().days(7 * self.0.clamp(-FARTHEST, FARTHEST)))
    }

    /// Its Wednesday: publishers renew their tables on it, and hubs take forecasts until it.
    #[must_use]
    pub fn wednesday(self) -> Date {
        self.saturday().saturating_add(jiff::Span::new().days(-3))
    }

    /// The week so many weeks later; earlier for a negative number.
    #[must_use]
    pub const fn plus(self, weeks: i32) -> Self {
        Self(self.0.saturating_add(weeks))
    }

    /// Weeks from `earlier` to this one.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// Year and number of the week. A week belongs to the year in which most of its days lie, that of its Wednesday.
    #[must_use]
    pub fn mmwr(self) -> (i16, u8) {
        let wednesday = self.wednesday();
        (wednesday.year(), ((wednesday.day_of_year() - 1) / 7 + 1) as u8)
    }

    /// The year in which the season of this week began, and the week's place in it, from 0. Seasons begin with week 31
    /// and have 52 or 53 weeks.
    #[must_use]
    pub fn season(self) -> (i16, u8) {
        let (year, number) = self.mmwr();
        let year = if number >= SEASON_START { year } else { year - 1 };
        (year, u8::try_from(self.since(Self::season_start(year))).unwrap_or(u8::MAX))
    }

    /// Weeks to the week of Christmas that is nearest to the middle of its season; negative before it.
    ///
    /// Unlike the number of the week it does not jump, and a week 53 does not shift it by more than a few days.
    #[must_use]
    pub fn since_christmas(self) -> i32 {
        self.since(Self::of(Date::constant(1970, 12, 25).with().year(self.season().0).build().unwrap_or(FIRST)))
    }

    /// The first week of the season that begins in a year.
    fn season_start(year: i16) -> Self {
        let fourth = FIRST.with().year(year).month(1).day(4).build().unwrap_or(FIRST);
        Self::of(fourth).plus(i32::from(SEASON_START) - 1)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.saturday().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn week(year: i16, month: i8, day: i8) -> Week {
        Week::ending(Date::constant(year, month, day)).unwrap()
    }

    #[test]
    fn weeks_are_numbered_as_the_cdc_numbers_them() {
        // The calendar of the CDC, https://ndc.services.cdc.gov/wp-content/uploads/MMWR-Weeks-Calendar_2025-2026.pdf
        for (saturday, expected) in [
            (week(2020, 1, 4), (2020, 1)),
            (week(2021, 1, 2), (2020, 53)),
            (week(2021, 1, 9), (2021, 1)),
            (week(2025, 1, 4), (2025, 1)),
            (week(2026, 1, 3), (2025, 53)),
            (week(2026, 1, 10), (2026, 1)),
            (week(2026, 11, 28), (2026, 47)),
            (week(2027, 1, 2), (2026, 52)),
            (week(2027, 1, 9), (2027, 1)),
        ] {
            assert_eq!(saturday.mmwr(), expected, "{saturday}");
        }
        // The ISO week is another in all of 2026.
        assert_eq!(Date::constant(2026, 11, 28).iso_week_date().week(), 48);
    }

    #[test]
    fn a_week_ends_on_saturday() {
        assert_eq!(Week::ending(Date::constant(2026, 1, 9)), None);
        assert_eq!(week(2026, 1, 10).saturday(), Date::constant(2026, 1, 10));
    }

    #[test]
    fn seasons_go_on_over_the_turn_of_the_year_and_a_week_53() {
        let first = week(2025, 8, 2);
        assert_eq!((first.mmwr(), first.season()), ((2025, 31), (2025, 0)));
        assert_eq!(first.plus(-1).season(), (2024, 51));
        for weeks in 0..53 {
            assert_eq!(first.plus(weeks).season(), (2025, weeks as u8));
        }
        assert_eq!(first.plus(53).season(), (2026, 0), "the season with a week 53 has 53 weeks");
        assert_eq!(week(2025, 12, 27).since_christmas(), 0);
        assert_eq!(week(2026, 1, 3).since_christmas(), 1);
        assert_eq!(week(2024, 12, 21).since_christmas(), -1);
    }

    proptest! {
        #[test]
        fn each_day_is_in_the_week_that_contains_it(days in -20_000_i32..40_000) {
            let day = FIRST.saturating_add(jiff::Span::new().days(days));
            let week = Week::of(day);
            let until = (week.saturday() - day).get_days();
            prop_assert!((0..7).contains(&until));
            prop_assert_eq!(Week::ending(week.saturday()), Some(week));
            let (year, number) = week.mmwr();
            prop_assert!((1..=53).contains(&number));
            // Weeks of a year are counted without a gap.
            let next = week.plus(1).mmwr();
            prop_assert!(next == (year, number + 1) || next == (year + 1, 1));
            let (season, place) = week.season();
            let after = week.plus(1).season();
            prop_assert!(after == (season, place + 1) || after == (season + 1, 0));
        }
    }
}
