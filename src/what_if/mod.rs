//! What-if: a baseline against scenarios, on shared random numbers.
//!
//! A scenario file ([`Scenarios`]) holds places and dated entries of known kinds ([`Kind`]). Mechanistic engines answer
//! through their mechanisms; all others follow by the mechanistic ones' ratio of scenario to baseline.

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
