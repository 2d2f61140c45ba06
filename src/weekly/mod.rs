//! Forecasts of weekly signals: what is known on a day, engines that learn from all of it, and their average.

mod clean;
mod forecast;
mod nowcast;

pub use forecast::{BLEND, Forecast, Forecasts, Request, forecast};
pub use nowcast::Revisions;
