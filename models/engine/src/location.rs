//! Places: counties, states and the nation, by FIPS code.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::{Contacts, Covariates};

/// A FIPS code: `US`, two digits for a state, five for a county.
///
/// FIPS codes are text. `"1001"` is refused rather than read as `"01001"`: a dropped leading zero is the most common
/// defect of county tables, and each source's reader corrects it.
///
/// ```
/// use countycast_engine::{Fips, Level};
/// let county: Fips = "01001".parse()?;
/// assert_eq!(county.level(), Level::County);
/// assert_eq!(county.state().unwrap().to_string(), "01");
/// assert!("1001".parse::<Fips>().is_err());
/// # Ok::<(), countycast_engine::FipsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fips(u32);

/// Text that is not a FIPS code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a FIPS code: write `US`, two digits for a state (`01`) or five for a county (`01001`)")]
pub struct FipsError(pub String);

/// What kind of place a FIPS code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The nation.
    Nation,
    /// One of the 50 states or the District of Columbia.
    State,
    /// A county or its equivalent.
    County,
}

impl Fips {
    /// The United States.
    pub const US: Self = Self(0);

    /// The state with this number, 1 to 99.
    #[must_use]
    pub const fn from_state(state: u32) -> Option<Self> {
        if state >= 1 && state <= 99 { Some(Self(state)) } else { None }
    }

    /// The county with this number: state times 1,000 plus the county within it.
    #[must_use]
    pub const fn from_county(county: u32) -> Option<Self> {
        if county >= 1_001 && county <= 99_999 && !county.is_multiple_of(1_000) { Some(Self(county)) } else { None }
    }

    /// Nation, state or county.
    #[must_use]
    pub const fn level(self) -> Level {
        match self.0 {
            0 => Level::Nation,
            1..=99 => Level::State,
            _ => Level::County,
        }
    }

    /// The state of a county, a state itself, none for the nation.
    #[must_use]
    pub const fn state(self) -> Option<Self> {
        match self.level() {
            Level::Nation => None,
            Level::State => Some(self),
            Level::County => Some(Self(self.0 / 1_000)),
        }
    }

    /// The code as a number: 0 for the nation, 1 to 99 for states, above 1,000 for counties.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Fips {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level() {
            Level::Nation => f.pad("US"),
            Level::State => f.pad(&format!("{:02}", self.0)),
            Level::County => f.pad(&format!("{:05}", self.0)),
        }
    }
}

impl FromStr for Fips {
    type Err = FipsError;

    fn from_str(text: &str) -> Result<Self, FipsError> {
        let error = || FipsError(text.to_owned());
        if text == "US" {
            return Ok(Self::US);
        }
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        let number = text.parse().map_err(|_| error())?;
        match text.len() {
            2 => Self::from_state(number),
            5 => Self::from_county(number),
            _ => None,
        }
        .ok_or_else(error)
    }
}

/// A place and its covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Its FIPS code.
    pub fips: Fips,
    /// Readable name, such as `Autauga, AL`.
    pub name: String,
    /// Residents, where known.
    pub population: Option<f64>,
    /// Further covariates, such as shares of age groups.
    pub covariates: Covariates,
    /// The nation's contact matrices, if known.
    pub contacts: Option<Arc<Contacts>>,
}

impl Location {
    /// A place with a name and no further information.
    #[must_use]
    pub fn new(fips: Fips, name: impl Into<String>) -> Self {
        Self { fips, name: name.into(), population: None, covariates: Covariates::default(), contacts: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_and_states() {
        let la: Fips = "06037".parse().unwrap();
        assert_eq!((la.level(), la.state().unwrap().to_string()), (Level::County, "06".to_owned()));
        assert_eq!("US".parse::<Fips>().unwrap().state(), None);
    }

    #[test]
    fn refuses_what_is_no_code() {
        for bad in ["", "1", "1001", "001001", "01000", "00", "00000", "us", "0100a", "+1001", " 01001", "1001.0"] {
            assert!(bad.parse::<Fips>().is_err(), "{bad:?} was taken for a FIPS code");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(state in 1u32..=78, county in 1u32..=999) {
            for fips in [Fips::from_state(state).unwrap(), Fips::from_county(state * 1000 + county).unwrap()] {
                prop_assert_eq!(fips.to_string().parse::<Fips>().unwrap(), fips);
            }
        }
    }
}
