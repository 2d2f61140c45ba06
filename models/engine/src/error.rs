//! Reasons for an engine's failure.

use crate::DrawError;

/// A reason to leave this engine out of this location's blend. It never stops the batch.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The history does not support a fit of this model.
    #[error("refused: {0}")]
    Refused(String),
    /// The search for parameters ended without an acceptable optimum.
    #[error("did not converge: {0}")]
    NotConverged(String),
    /// A quantity that must be finite is not.
    #[error("not finite: {0}")]
    NotFinite(String),
    /// The trajectories violate the contract of [`crate::Draws`].
    #[error("invalid draws: {0}")]
    InvalidDraws(#[from] DrawError),
}

impl EngineError {
    /// One word for counting failures by kind in the run report.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::NotConverged(_) => "not converged",
            Self::NotFinite(_) => "not finite",
            Self::InvalidDraws(_) => "invalid draws",
        }
    }
}
