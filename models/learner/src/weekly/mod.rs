//! Weekly signals: one learner over all of them.

mod features;
mod grid;
mod learning;
mod model;
mod neighbours;
mod regression;
mod rows;
mod settings;

pub use model::{Autoregression, Pooled};
pub use settings::{Member, Settings, View};
