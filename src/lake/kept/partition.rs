//! What one run adds to a lake: the part of each table that is of one day, or of one week.

use std::fmt;

use countycast_engine::Date;
use countycast_engine::weekly::Week;

/// Table of the runs that made a day.
pub(super) const RUNS: &str = "runs";
/// Table of the runs that made a week.
pub(super) const SIGNAL_RUNS: &str = "signal_runs";

/// A day of projections, or a week of weekly signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partition {
    /// By as-of day.
    Day(Date),
    /// By reference week.
    Week(Week),
}

impl From<Date> for Partition {
    fn from(as_of: Date) -> Self {
        Self::Day(as_of)
    }
}

impl From<Week> for Partition {
    fn from(reference: Week) -> Self {
        Self::Week(reference)
    }
}

impl Partition {
    /// The table of the runs, which also has the manifests.
    pub(super) const fn runs(self) -> &'static str {
        match self {
            Self::Day(_) => RUNS,
            Self::Week(_) => SIGNAL_RUNS,
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(as_of) => write!(f, "as_of={as_of}"),
            Self::Week(reference) => write!(f, "reference_date={reference}"),
        }
    }
}
