//! What a run writes: a file per format, and all of them or none.

pub mod counties;
pub mod hub;
pub(crate) mod parquet;
pub mod projections;
pub mod run;
mod staging;

pub use staging::Staging;
