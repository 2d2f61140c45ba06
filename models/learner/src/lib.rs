#![doc = include_str!("../README.md")]

mod boost;
mod draw;
mod engine;
mod errors;
mod features;
mod foreteller;
mod linear;
mod model;
mod nation;
mod picks;
mod rows;
mod settings;
mod table;
mod training;

pub use countycast_engine::SettingsError;
pub use engine::Learner;
pub use features::NAMES as FEATURES;
pub use model::{LoadError, Model, Statement};
pub use settings::Settings;
