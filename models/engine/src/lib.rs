//! The contract of every countycast model.
//!
//! An [`Engine`] is given one location's [`History`] and returns a [`Fitted`] model; the fitted model returns
//! [`Draws`]: joint trajectories of future days. Fitting and drawing are separate, so one fit serves a baseline and
//! every what-if [`Scenario`] on the same random numbers.
//!
//! Three rules hold for everything in this crate:
//!
//! * **Same seed, same bytes.** Random numbers come from [`Streams`], which are addressed by (seed, engine, location,
//!   purpose, draw). A result does not depend on threads, on the order of work, or on other places in the batch.
//! * **An engine sees only the past.** A history ends on its as-of day; cleaning has been done with data up to that day.
//! * **An engine may refuse.** [`EngineError`] gives the reason; the location's blend continues without it.
//!
//! Times are in days, counts in people. This crate has no files, data frames or command line.

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
