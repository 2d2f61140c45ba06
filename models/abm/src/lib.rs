#![doc = include_str!("../README.md")]

mod disease;
mod engine;
mod epidemic;
mod infect;
mod plan;
mod population;
mod purpose;
mod random;
mod settings;
mod wheel;

pub use countycast_engine::SettingsError;
pub use disease::{Disease, Tables};
pub use engine::{Abm, AbmFit, Simulated};
pub use epidemic::{Epidemic, Imports, LONGEST_GENERATION, Tally, World};
pub use plan::Plan;
pub use population::{BANDS, Layer, Population, Profile};
pub use random::Key;
pub use settings::{Contacts, Outlook, Settings, Spread};
