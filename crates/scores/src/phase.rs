//! Phases: how a place was projected.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a place was projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhaseKind {
    /// By the engines, from its own history.
    Independent,
    /// From its state's projection, by its share of the state.
    Fallback,
    /// As fallback, with enough history that was withheld: a test of the fallback.
    Hidden,
}

/// Text that names no phase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a phase: `independent`, `fallback` or `hidden`")]
pub struct PhaseError(pub String);

impl PhaseKind {
    /// All phases.
    pub const ALL: [Self; 3] = [Self::Independent, Self::Fallback, Self::Hidden];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Independent => "independent",
            Self::Fallback => "fallback",
            Self::Hidden => "hidden",
        }
    }
}

impl fmt::Display for PhaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for PhaseKind {
    type Err = PhaseError;

    fn from_str(name: &str) -> Result<Self, PhaseError> {
        Self::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| PhaseError(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_read_back_from_its_name() {
        assert_eq!(PhaseKind::ALL.map(|phase| phase.name().parse()), PhaseKind::ALL.map(Ok));
        assert_eq!("joint".parse::<PhaseKind>(), Err(PhaseError("joint".to_owned())));
    }
}
