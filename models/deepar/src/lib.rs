#![doc = include_str!("../README.md")]

mod adam;
mod common;
mod draw;
mod engine;
mod examples;
mod facts;
mod functions;
mod likelihood;
mod model;
mod network;
mod product;
mod settings;
mod site;
mod window;

pub use countycast_engine::SettingsError;
pub use engine::DeepAr;
pub use model::{LoadError, Model, TrainingSummary};
pub use settings::Settings;
