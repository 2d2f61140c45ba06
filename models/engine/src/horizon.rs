//! The horizon of a projection.

use std::num::NonZeroU16;

/// Number of days after the as-of day, 1 to [`Horizon::MAX_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Horizon(NonZeroU16);

/// A horizon outside 1 to [`Horizon::MAX_DAYS`] days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a horizon of {days} days is outside 1 to {max}", max = Horizon::MAX_DAYS)]
pub struct HorizonError {
    /// The requested number.
    pub days: usize,
}

impl Horizon {
    /// The longest horizon: a year.
    pub const MAX_DAYS: usize = 366;

    /// A horizon of `days` days.
    ///
    /// # Errors
    /// [`HorizonError`] outside 1 to [`Horizon::MAX_DAYS`].
    pub fn from_days(days: usize) -> Result<Self, HorizonError> {
        u16::try_from(days)
            .ok()
            .filter(|&d| usize::from(d) <= Self::MAX_DAYS)
            .and_then(NonZeroU16::new)
            .map(Self)
            .ok_or(HorizonError { days })
    }

    /// Days after the as-of day.
    #[must_use]
    pub fn days(self) -> usize {
        usize::from(self.0.get())
    }

    /// Whole weeks in the horizon; days after the last whole week are not counted.
    #[must_use]
    pub fn weeks(self) -> usize {
        self.days() / 7
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_zero_and_more_than_a_year() {
        assert_eq!(Horizon::from_days(0), Err(HorizonError { days: 0 }));
        assert!(Horizon::from_days(367).is_err());
        assert_eq!(Horizon::from_days(30).map(|h| (h.days(), h.weeks())), Ok((30, 4)));
    }
}
