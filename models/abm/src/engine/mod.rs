//! The engine: people from covariates, simulations conditioned on recent cases, draws around them.

// Each group uses only those above it.
mod ensemble;
mod outlook;
mod past;
mod paths;
mod severity;

mod admissions;
mod imports;

mod draw;

mod simulated;

mod fit;

pub use draw::AbmFit;
pub use fit::Abm;
pub use simulated::Simulated;
