//! Forecasts of weekly signals: what is known on a day, engines that learn from all of it, and their average.

mod clean;
mod derived;
mod forecast;
mod joint;
mod marginal;
mod nowcast;
mod season;

pub use derived::{Derived, Peak};
pub use forecast::{BLEND, Forecast, Forecasts, Request, forecast};
pub use joint::{Dependence, HORIZONS};
pub use nowcast::Revisions;
pub use season::Analogues;
