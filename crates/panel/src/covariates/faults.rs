//! What is wrong with the values of one column of a covariate file.

use super::files::{Column, How, Range};
use crate::error::{Error, InputError};
use crate::input::Reader;
use crate::listed;

/// A column cannot be meant if at least so many of its values are impossible, and one in so many.
const IMPOSSIBLE: (usize, usize) = (3, 4);
/// Fewest values whose being small says that they are shares: no state has only counties below 1 % in any column of
/// percentages that is used.
const FEWEST_SHARES: usize = 5;

/// The findings of a column.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The first text that is no number.
    refused: Option<InputError>,
    /// Error at the first value that a county cannot have, and all of them in words.
    outside: Option<InputError>,
    impossible: Vec<String>,
    /// Codes on two lines with different values, in words.
    differing: Vec<String>,
    /// Number of values that a county can have, and the greatest.
    possible: usize,
    greatest: f64,
}

impl Faults {
    /// Notes a text that is no number.
    pub(super) fn refuse(&mut self, error: InputError) {
        self.refused.get_or_insert(error);
    }

    /// Notes a value that a county can have.
    pub(super) fn keep(&mut self, value: f64) {
        self.possible += 1;
        self.greatest = self.greatest.max(value);
    }

    /// Notes a value that a county cannot have: an error at it, and the value, place and line in words.
    pub(super) fn exclude(&mut self, error: InputError, words: String) {
        self.outside.get_or_insert(error);
        self.impossible.push(words);
    }

    /// Notes a code with different values on two lines, in words.
    pub(super) fn differ(&mut self, words: String) {
        self.differing.push(words);
    }

    /// Whether a column of percentages looks like one of shares from 0 to 1.
    pub(super) fn is_small(&self, column: &Column) -> bool {
        // In the covariate's unit, which is a share: 1 % is 0.01.
        column.how == How::Percent && self.possible >= FEWEST_SHARES && self.greatest > 0.0 && self.greatest <= 0.01
    }

    /// Reports the findings.
    ///
    /// # Errors
    /// Text that is no number, and a column of which a quarter is impossible.
    pub(super) fn report(&self, file: &str, column: &Column, reader: &mut Reader) -> Result<(), Error> {
        if let Some(error) = &self.refused {
            return Err(error.clone().into());
        }
        let (fewest, share) = IMPOSSIBLE;
        let number = self.impossible.len();
        if let Some(error) =
            self.outside.as_ref().filter(|_| number >= fewest && number * share > number + self.possible)
        {
            let mut error = error.clone();
            error.problem = format!("{}, and so are {number} of {} values", error.problem, number + self.possible);
            return Err(error.into());
        }
        let name = column.column;
        let range = words(column.how, column.range);
        reader.notices.extend(listed::notice(&format!("{file}: `{name}` is not {range}, left out"), &self.impossible));
        let twice = format!("{file}: `{name}` differs between two rows of one county, left out");
        reader.notices.extend(listed::notice(&twice, &self.differing));
        if self.is_small(column) {
            reader.notice(format!("{file}: no value of `{name}`, in percent, is above 1: are they shares?"), 1);
        }
        Ok(())
    }
}

/// A range in the file's unit, such as `0 to 100`.
pub(super) fn words(how: How, range: Range) -> String {
    let unit = if how == How::Percent { 100.0 } else { 1.0 };
    format!("{} to {}", unit * range.least, unit * range.greatest)
}
