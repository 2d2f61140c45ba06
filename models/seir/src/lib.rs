#![doc = include_str!("../README.md")]

mod ages;
mod burden;
mod compartments;
mod contacts;
mod course;
mod engine;
mod estimate;
mod learned;
mod mixing;
mod outlook;
mod past;
mod paths;
mod posterior;
mod refine;
mod report;
mod sample;
mod scenario;
mod search;
mod settings;
mod warm;

pub use ages::{GROUPS, YOUNGEST};
pub use compartments::{Forces, Rates, STAGES, STEPS_PER_DAY, State, Strain};
pub use countycast_engine::SettingsError;
pub use engine::Seir;
pub use estimate::{Estimate, NotTold, Weighted};
pub use mixing::Mixing;
pub use posterior::Posterior;
pub use refine::Optimum;
pub use settings::Settings;
