#![doc = include_str!("../README.md")]

mod commuting;
mod contacts;
pub mod counts;
mod course;
mod draws;
mod engine;
mod error;
pub mod growth;
mod history;
mod history_error;
mod horizon;
mod location;
mod parameters;
mod past_errors;
mod patients;
mod places;
mod scenario;
mod settings;
mod streams;
mod surroundings;
mod track;

pub use commuting::Commuting;
pub use contacts::{Contacts, GroupContacts, YEARS};
pub use course::{AVERAGE_DAYS, Average, Course, CourseSettings, DUMP_FACTOR, Recent};
pub use draws::{DrawError, Draws, Target};
pub use engine::{Basis, Engine, Fitted, TrainedOn};
pub use error::EngineError;
pub use history::{History, Region, Series, SeriesParts, weekday_index};
pub use history_error::HistoryError;
pub use horizon::{Horizon, HorizonError};
pub use location::{Covariates, Fips, FipsError, Level, Location};
pub use parameters::Parameters;
pub use past_errors::Widths;
pub use patients::Patients;
pub use places::Places;
pub use scenario::{Change, Measure, Scenario, ScenarioError, Schools, Setting};
pub use settings::SettingsError;
pub use streams::Streams;
pub use surroundings::{Around, Surroundings};
pub use track::Track;

pub use jiff::civil::Date;
