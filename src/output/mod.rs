//! Output of a run: one file per format, all of them or none.

mod aside;
pub mod capacity;
pub mod care;
pub mod counties;
pub mod hub;
mod outcome;
pub(crate) mod parquet;
pub mod places;
pub mod projections;
mod read;
pub mod run;
mod staging;

pub(crate) use aside::aside;
pub use outcome::Outcome;
pub use projections::BLEND;
pub(crate) use projections::{date_of, days_since_epoch};
pub use read::read;
pub use staging::Staging;

/// Everything that a run writes to its output folder.
pub const FILES: [&str; 6] =
    ["projections.parquet", "counties.parquet", "capacity.parquet", "care.parquet", "hub", "run.json"];
