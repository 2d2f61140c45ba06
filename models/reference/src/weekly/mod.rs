//! References for weekly signals.

mod flat;

pub use flat::Flat;
