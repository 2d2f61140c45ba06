//! References for weekly signals.

mod climatology;
mod flat;

pub use climatology::Climatology;
pub use flat::Flat;
