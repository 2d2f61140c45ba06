//! Places and the publishers' names for them.

pub mod codes;
mod crosswalk;
mod joint;
pub(super) mod new_york;
mod states;

pub(super) use crosswalk::{Unit, unit, unknown};
pub(super) use joint::JointUnit;
pub use states::State;
