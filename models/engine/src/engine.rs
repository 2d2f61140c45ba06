//! What a model must be able to do.

use std::sync::Arc;

use crate::{Date, Draws, EngineError, History, Horizon, Parameters, Places, Scenario, Streams};

/// A model of how an epidemic goes on in one location.
///
/// Implementations hold checked settings and nothing that changes: one engine value is shared by all threads.
pub trait Engine: Send + Sync {
    /// Short lower-case name, as it stands in the output's `model` column.
    fn name(&self) -> &'static str;

    /// Which counts it goes on from. Where these are [`Basis::Cleaned`], people of the last days whom nobody has reported
    /// yet ([`Series::late`](crate::Series::late)) are added to its draws: it does not have to know of them.
    fn basis(&self) -> Basis {
        Basis::Cleaned
    }

    /// Learns what it can from one location's past.
    ///
    /// `streams` are this engine's random streams for this location.
    ///
    /// # Errors
    /// [`EngineError`] with a reason a person can read, where the history does not carry a fit.
    fn fit(&self, history: &History, streams: &Streams) -> Result<Box<dyn Fitted>, EngineError>;

    /// As [`Engine::fit`], begun with what an earlier day's fit of the same place found. Engines that search for nothing have
    /// nothing to begin with.
    ///
    /// `earlier` is a help and no state: with another one, or none, the answer is to be about the same.
    ///
    /// # Errors
    /// As [`Engine::fit`].
    fn fit_from(
        &self,
        history: &History,
        _earlier: &Parameters,
        streams: &Streams,
    ) -> Result<Box<dyn Fitted>, EngineError> {
        self.fit(history, streams)
    }

    /// Learns from all places at once, before any is fitted, and returns the engine that has learned.
    ///
    /// `places` holds the whole panel, whichever places are to be projected, and ends on the as-of day. Engines that
    /// learn from each place alone have nothing to do here.
    ///
    /// # Errors
    /// [`EngineError`] where nothing can be learned; the run goes on without this engine.
    fn train(&self, _places: &Places, _seed: u64) -> Result<Option<Arc<dyn Engine>>, EngineError> {
        Ok(None)
    }

    /// What the model was trained on; none where there is no model of many places.
    fn trained_on(&self) -> Option<TrainedOn> {
        None
    }

    /// The model as bytes, for [`Engine::load`] in a later run; none where there is none or it cannot be kept.
    fn save(&self) -> Option<Vec<u8>> {
        None
    }

    /// The engine with a model of an earlier run: [`Engine::train`] then only shows it the places of today.
    ///
    /// # Errors
    /// [`EngineError::Refused`] for bytes that are no model, one of other settings or of another version, and for engines
    /// that keep no models.
    fn load(&self, _model: &[u8]) -> Result<Arc<dyn Engine>, EngineError> {
        Err(EngineError::Refused("this engine keeps no models".to_owned()))
    }
}

/// Which counts an engine goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Counts after repair, which end in what is expected of days that nobody has reported yet.
    Cleaned,
    /// Counts as they were published.
    Reported,
}

/// What a model of many places was trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainedOn {
    /// First day of the counts.
    pub first_day: Date,
    /// Last day of the counts: nothing later is in the model.
    pub last_day: Date,
    /// Counties.
    pub counties: usize,
    /// Past days of places that it learned from.
    pub rows: usize,
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

    /// What the fit found, for [`Engine::fit_from`] on a later day; none from engines that search for nothing.
    fn parameters(&self) -> Option<Parameters> {
        None
    }
}
