//! Errors of a history.

/// An inconsistent history.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Two columns have different lengths.
    #[error("{what} has {found} days where {expected} were expected")]
    Length {
        /// The column.
        what: &'static str,
        /// Days found.
        found: usize,
        /// Days expected.
        expected: usize,
    },
    /// There is no day.
    #[error("the history has no day")]
    Empty,
    /// A cleaned count is negative or not finite.
    #[error("cleaned count of day {day} is {value}: it must be a finite number of at least 0")]
    Count {
        /// Days since the first day.
        day: usize,
        /// The count.
        value: f64,
    },
    /// A number about the last days outside its range.
    #[error("last days: {what} {value} is out of range")]
    LastDays {
        /// The number.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// Weekday factors that are not positive, or whose mean is not 1.
    #[error("weekday factors {0:?} must be positive with mean 1")]
    Weekday([f64; 7]),
    /// A number about commuters outside its range.
    #[error(
        "commuting: {what} is {value}; shares and rates must be finite and at least 0, and the outbound share at most 1"
    )]
    Commuting {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A number of patients that is negative or not finite.
    #[error("{value} patients {what}: it must be a finite number of at least 0")]
    Patients {
        /// Where.
        what: &'static str,
        /// The number.
        value: f64,
    },
}
