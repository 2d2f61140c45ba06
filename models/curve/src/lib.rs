#![doc = include_str!("../README.md")]

mod blend;
mod deaths;
mod draw;
mod engine;
mod family;
mod fit;
mod loss;
mod params;
mod select;
mod settings;
mod spread;
mod weeks;

pub use blend::Outlook;
pub use engine::{Curve, Explanation};
pub use family::{Gradient, Shape};
pub use params::Wave;
pub use settings::{Pulls, Settings, SettingsError, Spread};
