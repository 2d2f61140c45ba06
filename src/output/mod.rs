//! What a run writes: a file per format, and all of them or none.

mod aside;
pub mod capacity;
pub mod counties;
pub mod hub;
pub(crate) mod parquet;
pub mod projections;
mod read;
pub mod run;
mod staging;

pub(crate) use aside::aside;
pub use projections::BLEND;
pub(crate) use projections::days_since_epoch;
pub use read::read;
pub use staging::Staging;
