//! The days of a table: one column each in wide files.

use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::error::{Error, InputError};
use crate::quote::quoted;

/// Most days of a file, ten years: more are a mistyped date, and cost time and memory for every place.
const MOST_DAYS: usize = 3_653;

/// The run of day columns in a wide header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DayColumns {
    /// Position of the first day's column; the rest follow.
    pub(super) start: usize,
    /// The first day.
    pub(super) first_day: Date,
    /// The last day.
    pub(super) last_day: Date,
}

impl DayColumns {
    /// Finds the day columns: from the first date to the end of the header, one column per day.
    pub(super) fn find(path: &Path, header: &[String]) -> Result<Self, Error> {
        let wrong = |problem: String, remedy: &str| InputError::new(path, problem, remedy).on_line(1);
        let Some((start, first_day)) = header.iter().enumerate().find_map(|(i, name)| Some((i, day(name)?))) else {
            let problem = "the header has no dates".to_owned();
            return Err(wrong(problem, "name day columns as 1/22/20, as published").into());
        };
        let mut last_day = first_day;
        for name in &header[start + 1..] {
            let expected = last_day.saturating_add(1.day());
            let Some(found) = day(name) else {
                let name = quoted(name);
                let problem = format!("`{name}` is not a date where {expected} was expected");
                let remedy = format!("remove column `{name}`: every column after the first day must be a day");
                return Err(wrong(problem, &remedy).in_column(name).into());
            };
            if found != expected {
                let problem = format!("after {last_day} comes {found}: the days have a gap or are out of order");
                return Err(wrong(problem, "every day needs its column, in order").in_column(quoted(name)).into());
            }
            last_day = found;
        }
        check_length(first_day, last_day).map_err(|problem| wrong(problem, LENGTH_REMEDY))?;
        Ok(Self { start, first_day, last_day })
    }

    /// The day of a column, counted from the first day's.
    pub(super) fn day(&self, index: usize) -> Date {
        day_after(self.first_day, index)
    }
}

/// Remedy for a file of too many days.
pub(super) const LENGTH_REMEDY: &str = "correct the dates, or leave out days that are not needed";

/// What is wrong with a file that runs from one day to another, if it is longer than [`MOST_DAYS`].
pub(super) fn check_length(first_day: Date, last_day: Date) -> Result<(), String> {
    match days_between(first_day, last_day) {
        Some(days) if days >= MOST_DAYS => {
            Err(format!("the days run from {first_day} to {last_day}, for more than ten years"))
        }
        _ => Ok(()),
    }
}

/// Number of days from the first up to and including `until`, or up to the last if that is earlier.
pub(super) fn days_until(first_day: Date, last_day: Date, until: Option<Date>) -> usize {
    let last = until.map_or(last_day, |until| until.min(last_day));
    days_between(first_day, last).map_or(0, |days| days + 1)
}

/// The date some days after another.
pub(crate) fn day_after(first: Date, days: usize) -> Date {
    // No file is longer than some years, and a span ends at its own limit.
    first.saturating_add(i64::try_from(days).unwrap_or(i64::MAX).min(1 << 20).days())
}

/// Whole days from one date to another; none where the second is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> Option<usize> {
    usize::try_from((to - from).get_days()).ok()
}

/// `1/22/20`, `1/22/2020` or `2020-01-22`.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.contains('-') {
        return text.parse().ok();
    }
    let parts: Vec<&str> = text.split('/').collect();
    let (year, month, day) = match *parts.as_slice() {
        [year, month, day] if year.len() == 4 => (year, month, day),
        [month, day, year] if year.len() == 2 || year.len() == 4 => (year, month, day),
        _ => return None,
    };
    let year: i16 = year.parse().ok().map(|y: i16| if y < 100 { y + 2000 } else { y })?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn find(header: &[&str]) -> Result<DayColumns, String> {
        let header: Vec<_> = header.iter().map(|&name| name.to_owned()).collect();
        DayColumns::find(Path::new("f.csv"), &header).map_err(|error| error.to_string())
    }

    #[test]
    fn finds_the_days_in_every_spelling() {
        let days = find(&["FIPS", "2/27/20", "2020/2/28", "2/29/2020", "2020-03-01"]).unwrap();
        assert_eq!((days.start, days.first_day, days.last_day), (1, date(2020, 2, 27), date(2020, 3, 1)));
        let until = |day| days_until(days.first_day, days.last_day, day);
        assert_eq!([None, Some(date(2020, 2, 29)), Some(date(2020, 1, 1))].map(until), [4, 3, 0]);
    }

    #[test]
    fn refuses_headers_that_cannot_be_used() {
        assert_eq!(find(&["FIPS", "total"]).unwrap_err(), "f.csv, line 1: the header has no dates");
        let gap = find(&["FIPS", "3/1/20", "3/3/20"]).unwrap_err();
        assert!(gap.contains("column `3/3/20`") && gap.contains("after 2020-03-01 comes 2020-03-03"), "{gap}");
        let other = find(&["3/1/20", "note"]).unwrap_err();
        assert!(other.contains("`note` is not a date where 2020-03-02 was expected"), "{other}");
        assert!(find(&["13/1/20"]).is_err());
        let header = |days| date(2020, 1, 22).series(1.day()).take(days).map(|day| day.to_string()).collect::<Vec<_>>();
        let found = |days| DayColumns::find(Path::new("f.csv"), &header(days)).map_err(|error| error.to_string());
        assert_eq!(found(MOST_DAYS).map(|days| days.last_day), Ok(date(2030, 1, 21)));
        let long = found(MOST_DAYS + 1).unwrap_err();
        assert!(long.contains("line 1: the days run from 2020-01-22 to 2030-01-22"), "{long}");
    }
}
