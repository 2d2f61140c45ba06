//! SQL over what countycast writes: a run's folder, a lake, or any folder of Parquet files.
//!
//! ```text
//! lake (folders of Parquet files) → engine (statements in Redshift's words) → act → table, CSV, JSON, Parquet, Arrow
//! tables (that statements made)   ↗                                              → service (the Redshift Data API), postgres (its wire protocol)
//! ```

pub mod act;
pub mod care;
pub mod cli;
pub mod engine;
pub mod error;
pub mod keys;
pub mod lake;
pub mod load;
pub mod location;
pub mod names;
pub mod output;
pub mod postgres;
mod redshift;
#[cfg(test)]
mod redshift_examples;
pub mod service;
pub mod statement;
pub mod stores;
pub mod tables;
pub mod types;
pub mod web;
mod yielding;
