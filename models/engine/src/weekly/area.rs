//! Areas for which weekly signals are published.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::{Fips, Level};

/// An area for which a weekly signal is published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// The United States.
    Nation,
    /// A state, or Puerto Rico, by the number of its FIPS code.
    State(Fips),
    /// A Health Service Area by its number at the National Cancer Institute: one or more counties whose residents go
    /// to the same hospitals.
    ServiceArea(u16),
    /// A region of a hub's own, by the hub's name for it, such as `nenc`.
    Region(Arc<str>),
}

/// Text that names no area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an area: write `US`, two digits for a state (`06`), `H` and a number for a Health Service Area (`H278`), or a hub's name for a region (`nenc`)"
)]
pub struct AreaError(pub String);

impl Area {
    /// The state with this FIPS code; none for a county or the nation.
    #[must_use]
    pub fn state(fips: Fips) -> Option<Self> {
        (fips.level() == Level::State).then_some(Self::State(fips))
    }

    /// Whether it is smaller than a state.
    #[must_use]
    pub const fn below_state(&self) -> bool {
        matches!(self, Self::ServiceArea(_) | Self::Region(_))
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nation => f.pad("US"),
            Self::State(fips) => fips.fmt(f),
            Self::ServiceArea(number) => f.pad(&format!("H{number}")),
            Self::Region(name) => f.pad(name),
        }
    }
}

impl FromStr for Area {
    type Err = AreaError;

    fn from_str(text: &str) -> Result<Self, AreaError> {
        let error = || AreaError(text.to_owned());
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if text == "US" {
            return Ok(Self::Nation);
        }
        if let Some(number) = text.strip_prefix('H').filter(|number| digits(number)) {
            return number.parse().map(Self::ServiceArea).map_err(|_| error());
        }
        if digits(text) {
            return text.parse().ok().and_then(Self::state).ok_or_else(error);
        }
        let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let named = text != "us" && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(slug);
        if named && text.len() <= 40 { Ok(Self::Region(text.into())) } else { Err(error()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["US", "06", "H278", "nenc", "salt-lake-city"] {
            assert_eq!(text.parse::<Area>().map(|area| area.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("72".parse::<Area>().map(|area| area.below_state()), Ok(false));
    }

    #[test]
    fn refuses_what_is_no_area() {
        for bad in ["", "6", "06037", "H", "H99999", "H-1", "Denver", "us", "a b", "../up", "06 "] {
            assert!(bad.parse::<Area>().is_err(), "{bad:?} was taken for an area");
        }
    }
}
