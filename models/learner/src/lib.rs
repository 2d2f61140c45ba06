#![doc = include_str!("../README.md")]

mod boost;
mod draw;
mod engine;
mod features;
mod growth;
mod model;
mod residuals;
mod rows;
mod settings;
mod surroundings;
mod track;

pub use engine::Learner;
pub use features::NAMES as FEATURES;
pub use model::{LoadError, Model, Statement};
pub use settings::{Settings, SettingsError};
