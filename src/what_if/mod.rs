//! What-if: scenarios compared with a baseline, on common random numbers.
//!
//! A scenario file ([`Scenarios`]) contains places and dated entries of known kinds ([`Kind`]). Mechanistic engines
//! simulate the scenario; all others follow the mechanistic ones' ratio of scenario to baseline.

mod effect;
mod entry;
mod file;
mod kind;
mod needs;
mod picture;
mod places;
mod run;
mod set;
mod simulate;
mod trajectories;
mod variant;
mod write;

pub use effect::{Effect, Interval, Quantity};
pub use entry::Entry;
pub use file::Scenarios;
pub use kind::{KINDS, Kind, Parameter, Range};
pub use needs::Needs;
pub use run::{Asked, Done, Request, what_if};
pub use set::Setting;
pub use simulate::{ALL_PLACES, BASELINE, Course, Response};
pub use variant::{Step, Variant, short};
