//! Test support: epidemics with known truth, closed forms, a slow twin, and one conformance suite.
//!
//! * [`renewal`] runs a deterministic epidemic with a known [`Reproduction`] number, [`Observation`] turns it into
//!   counts as reported: delayed, incomplete, with a weekday pattern and noise.
//! * [`closed`] has closed-form results: final size, growth rate, extinction, waiting times, curves.
//! * [`SeirTwin`] is the obvious small-step solution of the SEIR equations, for fast solvers to agree with.
//! * [`conformance::check`] is the suite that every [`Engine`](countycast_engine::Engine) must pass.
//!
//! For tests only: a wrong argument panics.

pub mod closed;
pub mod conformance;
mod epidemic;
mod observation;
mod places;
mod seir_twin;

pub use epidemic::{Epidemic, Reproduction, gamma_intervals, renewal};
pub use observation::{Observation, Reported};
pub use places::{county, county_in_region};
pub use seir_twin::{SeirDay, SeirTwin};
