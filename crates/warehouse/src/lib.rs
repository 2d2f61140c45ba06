//! SQL over what countycast writes: a run's folder, a lake, or any folder of Parquet files.
//!
//! ```text
//! lake (folders of Parquet files) → engine (statements in Redshift's words) → table, CSV, JSON, Parquet, Arrow
//!                                                                           → service (the Redshift Data API)
//! ```

pub mod cli;
pub mod engine;
pub mod error;
pub mod lake;
pub mod location;
pub mod names;
pub mod output;
mod redshift;
#[cfg(test)]
mod redshift_examples;
pub mod service;
pub mod statement;
pub mod types;
mod yielding;
