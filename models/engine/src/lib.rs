//! The contract that every countycast model keeps.
//!
//! An [`Engine`] is given one location's [`History`] and returns a [`Fitted`] model; the fitted model is asked for
//! [`Draws`]: joint trajectories of the days to come. Fitting and drawing are apart, so that one fit serves a baseline
//! and every what-if [`Scenario`] on the same random numbers.
//!
//! Three rules hold for everything in here:
//!
//! * **Same seed, same bytes.** Random numbers come from [`Streams`], which are addressed by (seed, engine, location,
//!   purpose, draw). A result depends on nothing else: not on threads, not on the order of work, not on neighbours in
//!   the batch.
//! * **An engine sees only the past.** A history ends on its as-of day; cleaning has been done with data up to that day.
//! * **An engine may refuse.** [`EngineError`] says why; the location's blend goes on without it.
//!
//! Times are in days, counts in people. This crate knows no files, no data frames and no command line.

mod commuting;
mod contacts;
pub mod counts;
mod course;
pub mod delay;
mod draws;
mod engine;
mod epidemiology;
mod error;
pub mod growth;
mod history;
mod history_error;
mod horizon;
mod location;
mod median_of_gamma;
mod parameters;
mod past_errors;
mod patients;
mod places;
pub mod response;
mod scenario;
mod settings;
mod severity;
mod streams;
mod surroundings;
mod track;

pub use commuting::Commuting;
pub use contacts::{Contacts, GroupContacts, YEARS};
pub use course::{AVERAGE_DAYS, Average, Course, CourseSettings, DUMP_FACTOR, Recent};
pub use delay::Delay;
pub use draws::{DrawError, Draws, Target};
pub use engine::{Basis, Engine, Fitted, TrainedOn};
pub use epidemiology::Epidemiology;
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
pub use severity::{AGE_CLASSES, Severity};
pub use streams::Streams;
pub use surroundings::{Around, Surroundings};
pub use track::Track;

pub use jiff::civil::Date;
