#![doc = include_str!("../README.md")]

mod boost;
mod day;
mod draw;
mod engine;
mod errors;
mod examples;
mod features;
mod forecaster;
mod linear;
mod model;
mod picks;
mod place;
mod rows;
mod settings;
mod subject;
mod table;
mod training;
pub mod weekly;

pub use countycast_engine::SettingsError;
pub use engine::Learner;
pub use features::{FeatureGroup, NAMES as FEATURES};
pub use model::{LoadError, Model, TrainingSummary};
pub use settings::Settings;

/// Weeks ahead that have boosters of their own.
pub(crate) const WEEKS: usize = 4;
