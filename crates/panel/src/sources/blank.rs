//! Cells of a wide file without a count.

use std::path::Path;

use jiff::civil::Date;

use super::Unusable;
use super::days::{DayColumns, day_after};
use crate::error::{Error, InputError};
use crate::geography::{State, Unit};
use crate::input::Notice;
use crate::listed;
use crate::quote::quoted;

/// Places with a notice of their own above which they are told together.
const MANY_PLACES: usize = 20;

/// Days without a count, in place of which that of the day before is used.
#[derive(Debug, Default)]
pub(super) struct Blanks {
    /// The rows with a blank cell, and the positions of their blank days.
    places: Vec<(String, Vec<usize>)>,
    /// Whether each day has a count in any row.
    filled: Vec<bool>,
    first_day: Date,
    /// The days that the file ends before its last column.
    empty: usize,
}

impl Blanks {
    pub(super) fn of(days: &DayColumns) -> Self {
        Self { first_day: days.first_day, ..Self::default() }
    }

    /// Notes which days of a place have no count.
    pub(super) fn note(&mut self, unit: Unit, place: &str, state: &str, blank: &[bool]) {
        self.filled.resize(self.filled.len().max(blank.len()), false);
        self.filled.iter_mut().zip(blank).for_each(|(filled, blank)| *filled |= !blank);
        let days: Vec<usize> = (0..blank.len()).filter(|&day| blank[day]).collect();
        if !days.is_empty() {
            self.places.push((name(unit, place, state), days));
        }
    }

    /// The number of days of the file, which ends before the days on which no place has a count; other such days are not
    /// usable.
    ///
    /// # Errors
    /// Where there is no count at all.
    pub(super) fn days(
        &mut self,
        path: &Path,
        header: &[String],
        unusable: &mut Vec<Unusable>,
    ) -> Result<usize, Error> {
        let days = self.filled.iter().rposition(|filled| *filled).map_or(0, |last| last + 1);
        let wrong = |problem| InputError::new(path, problem, "download the file again");
        if days == 0 {
            return Err(wrong("no place has a count").into());
        }
        for day in (0..days).filter(|&day| !self.filled[day]) {
            let error = wrong("no place has a count").on_line(1);
            let error = header.get(day).map_or(error.clone(), |column| error.in_column(quoted(column)));
            unusable.push(Unusable { day: self.date(day), error });
        }
        self.empty = self.filled.len() - days;
        for (_, blank) in &mut self.places {
            blank.retain(|day| *day < days);
        }
        self.places.retain(|(_, blank)| !blank.is_empty());
        Ok(days)
    }

    /// Notices about the days up to one.
    pub(super) fn notices(&self, path: &Path, last_day: Date, until: Option<Date>) -> Vec<Notice> {
        let path = path.display();
        let is_read = |day: &&usize| until.is_none_or(|until| self.date(**day) <= until);
        let mut notices = Vec::new();
        if self.empty > 0 && until.is_none_or(|until| last_day < until) {
            let message = format!("{path}: no place has a count after {last_day}, with which the file ends");
            notices.push(Notice { message, count: self.empty });
        }
        let blank = |(name, days): &(String, Vec<usize>)| {
            let days: Vec<_> = days.iter().filter(is_read).map(|day| self.date(*day)).collect();
            let (first, last) = (*days.first()?, *days.last()?);
            let span = if first == last { format!("on {first}") } else { format!("from {first} to {last}") };
            let message = format!("{name}: {path} has no count {span}, and that of the day before is used");
            Some((name.clone(), Notice { message, count: days.len() }))
        };
        let (names, of_places): (Vec<_>, Vec<_>) = self.places.iter().filter_map(blank).unzip();
        if of_places.len() <= MANY_PLACES {
            notices.extend(of_places);
        } else {
            notices.extend(listed::notice(&format!("{path}: days without a count, where that before is used"), &names));
        }
        notices
    }

    fn date(&self, day: usize) -> Date {
        day_after(self.first_day, day)
    }
}

/// A place as it is told: `Autauga, AL (01001)`.
fn name(unit: Unit, place: &str, state: &str) -> String {
    match unit {
        Unit::County(fips) => {
            let state = State::of(fips).map_or(state, |state| state.abbreviation);
            format!("{}, {} ({fips})", quoted(place), quoted(state))
        }
        _ => format!("{}, {}", quoted(place), quoted(state)),
    }
}
