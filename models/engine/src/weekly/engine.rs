//! The contract of engines that forecast weekly signals.

use super::{Series, Signal, Snapshot, Week};
use crate::{Basis, EngineError, Row};

/// Last horizon of a weekly forecast, in weeks after the reference week.
pub const LAST_HORIZON: i8 = 3;

/// First horizon of a weekly forecast: the week before the reference week, the last that is usually published.
pub const FIRST_HORIZON: i8 = -1;

/// An engine that forecasts weekly signals.
///
/// Weekly signals come as shares as well as counts, are revised for weeks, and are few: an engine learns from all of them
/// at once and answers with quantiles. [`Engine`](crate::Engine) is the same for daily counts of people, from joint
/// trajectories.
pub trait WeeklyEngine: Send + Sync {
    /// Short lower-case name, as in the output's `model` column.
    fn name(&self) -> &'static str;

    /// Values that its forecasts start from: with [`Basis::Cleaned`], the last week as it is expected to be once revised.
    fn basis(&self) -> Basis {
        Basis::Cleaned
    }

    /// Whether it forecasts a signal.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the reason.
    fn serves(&self, _signal: Signal) -> Result<(), EngineError> {
        Ok(())
    }

    /// Learns from all series as known on a day, for forecasts of the weeks around `reference`, horizon 0.
    ///
    /// # Errors
    /// [`EngineError`] where nothing can be learned.
    fn train(&self, data: &Snapshot, reference: Week, seed: u64) -> Result<Box<dyn WeeklyModel>, EngineError>;
}

/// What a [`WeeklyEngine`] has learned.
pub trait WeeklyModel: Send + Sync {
    /// Quantiles of the series' final values in the weeks `reference + FIRST_HORIZON ..= reference + LAST_HORIZON`, in
    /// that order, in the signal's unit.
    ///
    /// # Errors
    /// [`EngineError`] where the series does not support a forecast.
    fn forecast(&self, series: &Series) -> Result<Vec<Row>, EngineError>;

    /// Whether its forecast of a series is that of the area around it, the state or the nation, because nothing has been reported
    /// for long.
    fn follows(&self, _series: &Series) -> bool {
        false
    }
}
