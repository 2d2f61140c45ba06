#![doc = include_str!("../README.md")]

// Each group uses only those above it.
mod plan;
mod purpose;
mod random;
mod settings;

mod population;

mod disease;

mod offspring;

mod wheel;
mod world;

mod infect;

mod epidemic;

mod engine;

pub use countycast_engine::SettingsError;
pub use disease::{Disease, Tables};
pub use engine::{Abm, AbmFit, Simulated};
pub use epidemic::{Epidemic, Imports, LONGEST_GENERATION, Tally};
pub use offspring::Offspring;
pub use plan::Plan;
pub use population::{BANDS, Layer, Population, Profile};
pub use random::Key;
pub use settings::{Contacts, Outlook, Settings, Spread};
pub use world::World;
