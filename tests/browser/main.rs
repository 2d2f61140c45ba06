//! The sites in a browser: what is seen is what the run's files hold, and every view can be reached, shared and read.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

#[path = "../common/mod.rs"]
mod common;

mod districts;
mod finder;
mod map;
mod numbers;
mod opened;
mod site;
mod views;
mod walk;
mod weekly;
mod weight;
