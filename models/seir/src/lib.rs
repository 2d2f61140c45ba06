#![doc = include_str!("../README.md")]

mod ages;
mod burden;
mod compartments;
mod course;
mod engine;
mod erlang;
mod mixing;
mod outlook;
mod paths;
mod recent;
mod report;
mod scenario;
mod settings;
mod spread;

pub use ages::{GROUPS, YOUNGEST};
pub use compartments::{Forces, Rates, STAGES, STEPS_PER_DAY, State, Strain};
pub use engine::Seir;
pub use mixing::Mixing;
pub use settings::{Settings, SettingsError};
