//! What a model must be able to do.

use crate::{Draws, EngineError, History, Horizon, Scenario, Streams};

/// A model of how an epidemic goes on in one location.
///
/// Implementations hold checked settings and nothing that changes: one engine value is shared by all threads.
pub trait Engine: Send + Sync {
    /// Short lower-case name, as it stands in the output's `model` column.
    fn name(&self) -> &'static str;

    /// Learns what it can from one location's past.
    ///
    /// `streams` are this engine's random streams for this location.
    ///
    /// # Errors
    /// [`EngineError`] with a reason a person can read, where the history does not carry a fit.
    fn fit(&self, history: &History, streams: &Streams) -> Result<Box<dyn Fitted>, EngineError>;
}

/// A model fitted to one location, ready to be asked about the days after its as-of day.
pub trait Fitted: Send {
    /// Joint trajectories of the days `as_of + 1 ..= as_of + horizon`.
    ///
    /// Draw `i` uses the streams of draw `i` only, so that more draws extend and never change the earlier ones, and a
    /// scenario shares its luck with the baseline. A scenario without changes gives the very bytes of the baseline.
    ///
    /// # Errors
    /// [`EngineError`] where the model leaves the range in which it means anything.
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError>;
}
