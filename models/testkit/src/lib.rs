#![doc = include_str!("../README.md")]

pub mod closed;
pub mod conformance;
mod epidemic;
mod observation;
pub mod panel;
mod places;
mod seir_twin;

pub use epidemic::{Epidemic, Reproduction, gamma_intervals, renewal};
pub use observation::{Observation, Reported};
pub use places::{county, county_in_region};
pub use seir_twin::{SeirDay, SeirTwin};
