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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counties_have_their_quintile_and_other_places_one_stratum() {
        let fips = |code: &str| -> Fips { code.parse().unwrap() };
        let quintiles = [(fips("01001"), 4)].into();
        let stratum = |code| Stratum::of(fips(code), &quintiles).to_string();
        assert_eq!(["01001", "01003", "01", "US"].map(stratum), ["Q4", "Q1", "region", "region"]);
    }
}
