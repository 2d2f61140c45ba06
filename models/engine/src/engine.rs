//! The engine contract.

use std::sync::Arc;

use crate::{Date, Draws, EngineError, History, Horizon, Parameters, Places, Scenario, Streams};

/// A model that projects the epidemic of one location.
///
/// Implementations hold validated settings and no mutable state: one engine value is shared by all threads.
pub trait Engine: Send + Sync {
    /// Short lower-case name, as in the output's `model` column.
    fn name(&self) -> &'static str;

    /// Counts that its projections start from. With [`Basis::Cleaned`], late reports of the last days
    /// ([`LastDays::late`](crate::LastDays::late)) are added to its draws automatically.
    fn basis(&self) -> Basis {
        Basis::Cleaned
    }

    /// Fits the model to one location's history.
    ///
    /// `streams` are this engine's random streams for this location.
    ///
    /// # Errors
    /// [`EngineError`] with a readable reason, if the history does not support a fit.
    fn fit(&self, history: &History, streams: &Streams) -> Result<Box<dyn Fitted>, EngineError>;

    /// As [`Engine::fit`], starting from the parameters of an earlier day's fit of the same place. Engines without a
    /// search ignore them.
    ///
    /// `earlier` only speeds up the search: with other parameters, or none, the result must be about the same.
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

    /// Trains on all places at once, before any is fitted, and returns the trained engine.
    ///
    /// `places` holds the whole panel, whichever places are to be projected, and ends on the as-of day. Engines that
    /// use each place's history alone need no training.
    ///
    /// # Errors
    /// [`EngineError`] if training fails; the run continues without this engine.
    fn train(&self, _places: &Places, _seed: u64) -> Result<Option<Arc<dyn Engine>>, EngineError> {
        Ok(None)
    }

    /// Training data of the model; none if the engine is not trained.
    fn trained_on(&self) -> Option<TrainedOn> {
        None
    }

    /// The model as bytes, for [`Engine::load`] in a later run; none if there is none or it cannot be stored.
    fn save(&self) -> Option<Vec<u8>> {
        None
    }

    /// The engine with a model of an earlier run: [`Engine::train`] then only passes today's places, or goes on from the model.
    ///
    /// # Errors
    /// [`EngineError::Refused`] for bytes that are not a model, a model with other settings or of another version, and
    /// for engines without models.
    fn load(&self, _model: &[u8]) -> Result<Arc<dyn Engine>, EngineError> {
        Err(EngineError::Refused("this engine keeps no models".to_owned()))
    }
}

/// Counts that an engine's projections start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Counts after repair, with expected counts on unreported last days.
    Cleaned,
    /// Counts as published.
    Reported,
}

/// Training data of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainedOn {
    /// First day of the counts.
    pub first_day: Date,
    /// Last day of the counts: the model uses nothing later.
    pub last_day: Date,
    /// Counties.
    pub counties: usize,
    /// Number of training rows (past days of places).
    pub rows: usize,
}

/// A model fitted to one location, ready to project the days after its as-of day.
pub trait Fitted: Send {
    /// Joint trajectories of the days `as_of + 1 ..= as_of + horizon`.
    ///
    /// Draw `i` uses the streams of draw `i` only, so that more draws extend and never change the earlier ones, and a
    /// scenario uses the same random numbers as the baseline. A scenario without changes gives the bytes of the
    /// baseline.
    ///
    /// # Errors
    /// [`EngineError`] if the model leaves its valid range.
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError>;

    /// The trajectories of these draws alone, in this order: those that [`Fitted::draw`] makes under these numbers. At least
    /// one is asked for.
    ///
    /// # Errors
    /// As [`Fitted::draw`].
    fn draw_some(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: &[usize],
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let count = draws.iter().max().map_or(0, |last| last + 1);
        Ok(self.draw(scenario, horizon, count, streams)?.taken(draws)?)
    }

    /// Parameters of the fit, for [`Engine::fit_from`] on a later day; none for engines without a search.
    fn parameters(&self) -> Option<Parameters> {
        None
    }
}
