//! Failures of engines.

use std::time::Duration;

use countycast_engine::EngineError;

use super::pool::Outcome;

/// A failure of an engine in a location.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The engine.
    pub engine: &'static str,
    /// One or two words that classify it: `refused`, `panicked`, `timed out`, …
    pub kind: &'static str,
    /// The reason, in readable form.
    pub reason: String,
}

/// An engine's projection, or the reason for its failure.
pub(super) fn settle<T>(
    outcome: Outcome<Result<T, EngineError>>,
    engine: &'static str,
    limit: Duration,
) -> Result<T, Failure> {
    let failure = |kind, reason| Failure { engine, kind, reason };
    match outcome {
        Outcome::Done(Ok(answer)) => Ok(answer),
        Outcome::Done(Err(error)) => Err(failure(error.kind(), error.to_string())),
        Outcome::Panicked(message) => Err(failure("panicked", message)),
        Outcome::TimedOut => Err(failure("timed out", format!("no result within {} s", limit.as_secs_f64()))),
    }
}
