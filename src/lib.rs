//! County-level epidemic projections for the United States.
//!
//! Data flows one way: sources → [`panel`] → [`phase`] → engines → [`blend`], [`capacity`] → [`output`]. Modules are listed in that
//! order and use only those above them; [`pipeline`] and [`project`] alone know the order of the stages.

pub use countycast_panel as panel;
pub use countycast_scores as scores;

pub mod archive;
pub mod blend;
pub mod capacity;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod config;
pub mod error;
pub mod evaluate;
pub mod fallback;
pub mod identity;
pub mod observed;
pub mod output;
pub mod phase;
#[cfg(feature = "pictures")]
mod pictures;
pub mod pipeline;
pub mod project;
pub mod report;
pub mod reproduction;
#[cfg(feature = "tune")]
pub mod tune;
pub mod what_if;
