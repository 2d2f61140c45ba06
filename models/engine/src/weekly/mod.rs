//! Weekly signals: what is counted, where and when, and the contract of engines that forecast them.

mod area;
mod engine;
mod series;
mod signal;
mod week;

pub use area::{Area, AreaError};
pub use engine::{FIRST_HORIZON, LAST_HORIZON, WeeklyEngine, WeeklyModel};
pub use series::{Series, Snapshot};
pub use signal::{Disease, Measure, Signal, SignalError, Unit};
pub use week::Week;
