//! County-level epidemic projections for the United States.
//!
//! Data flows one way: sources → [`panel`] → phase → engines → blend → output. Modules are listed in that order and
//! use only those above them.

pub mod error;
pub mod panel;
