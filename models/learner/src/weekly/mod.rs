//! Weekly signals: one learner over all of them.

mod features;
mod grid;
mod model;
mod rows;
mod settings;

pub use model::Pooled;
pub use settings::Settings;
