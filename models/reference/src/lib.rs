#![doc = include_str!("../README.md")]

mod flat;
mod split;
mod trend;
pub mod weekly;

pub use flat::Flat;
pub use trend::{Pair, Settings, SettingsError, Trend};
