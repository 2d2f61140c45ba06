//! Invalid values of a day: an error for panels that reach the day, ignored by earlier ones.

use jiff::civil::Date;

use crate::error::{Error, InputError};

/// An invalid value. Files are parsed as a whole, but values after the as-of day must not be used, so the error is deferred
/// until a panel reaches its day.
#[derive(Debug)]
pub(crate) struct Unusable {
    /// The day of the value.
    pub(crate) day: Date,
    /// The error.
    pub(crate) error: InputError,
}

impl Unusable {
    /// Returns the first error on a requested day.
    pub(crate) fn check(found: &[Self], asked: impl Fn(Date) -> bool) -> Result<(), Error> {
        match found.iter().find(|unusable| asked(unusable.day)) {
            Some(unusable) => Err(unusable.error.clone().into()),
            None => Ok(()),
        }
    }
}
