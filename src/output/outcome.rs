//! What a row of `projections.parquet` is about.

use std::str::FromStr;

use countycast_engine::{Target, TargetError};

/// What a row of `projections.parquet` is about: a prediction target, or a running total since the first report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// A target as the engines project it.
    Target(Target),
    /// All reported cases up to the day.
    CumulativeCases,
    /// All reported deaths up to the day.
    CumulativeDeaths,
}

impl Outcome {
    /// The name in the column `target`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Target(target) => target.name(),
            Self::CumulativeCases => "cum case",
            Self::CumulativeDeaths => "cum death",
        }
    }
}

impl FromStr for Outcome {
    type Err = TargetError;

    fn from_str(name: &str) -> Result<Self, TargetError> {
        let cumulative = [Self::CumulativeCases, Self::CumulativeDeaths].into_iter().find(|known| known.name() == name);
        cumulative.map_or_else(|| name.parse().map(Self::Target), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_read_back_from_its_name() {
        let targets = Target::ALL.into_iter().map(Outcome::Target);
        for outcome in targets.chain([Outcome::CumulativeCases, Outcome::CumulativeDeaths]) {
            assert_eq!(outcome.name().parse(), Ok(outcome));
        }
        assert!("cum hosp".parse::<Outcome>().is_err());
    }
}
