//! Places that share weights and corrections.

use std::collections::HashMap;
use std::fmt;

use countycast_engine::{Fips, Level};

/// Counties of one population quintile; states and the nation together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stratum {
    /// Counties by population, 1 (smallest fifth) to 5.
    Quintile(u8),
    /// States and the nation.
    Region,
}

impl Stratum {
    /// The stratum of a place. A county of unknown population is grouped with the smallest.
    #[must_use]
    pub fn of(fips: Fips, quintiles: &HashMap<Fips, u8>) -> Self {
        match fips.level() {
            Level::County => Self::Quintile(quintiles.get(&fips).copied().unwrap_or(1)),
            Level::State | Level::Nation => Self::Region,
        }
    }
}

impl fmt::Display for Stratum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quintile(quintile) => write!(f, "Q{quintile}"),
            Self::Region => f.write_str("region"),
        }
    }
}
