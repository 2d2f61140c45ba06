//! One simulated epidemic: who is immune, and the attempts that wait for their day.

// Each group uses only those above it.
mod tally;

mod state;

mod compliance;
mod immunity;
mod imports;

mod exposure;

mod infections;

pub(crate) use exposure::Exposure;
pub use imports::Imports;
pub(crate) use infections::Drive;
pub use state::{Epidemic, LONGEST_GENERATION};
pub use tally::Tally;
