//! The stages of a projection, in their order: train → fit → draw → blend → cohere.
//!
//! All projections from a [`Panel`](crate::panel::Panel) are made the same way:
//!
//! 1. A [`Plan`] sets what is projected ([`crate::project::plan`] makes it from settings), and a [`Selection`] where.
//! 2. [`Batch::new`] makes the estimates that need the whole panel.
//! 3. [`Batch::train`] trains the engines on all places.
//! 4. [`Batch::run`] runs each engine in each place on one of the threads: it fits once and draws the baseline and, for places
//!    selected for scenarios, each scenario from the same fit on the same random numbers. It then blends place by place, replaces
//!    regions by the sums of their places, and hands on group by group.
//!
//! [`crate::project`] (and [`crate::evaluate`] through it), [`crate::tune`] and [`crate::what_if`] call it. An engine that
//! refuses, panics or exceeds its time limit is left out of that place ([`Failure`]).
//!
//! Files use only files before them: `monitor`, `pool`, `registry`, `rules`, `earlier`, `select` · `plan`, `failure`, `trajectories` ·
//! `tally` · `joint` · `projected`, `job` · `summary`, `premises`, `train` · `collect`, `cohere` · `gather` · `batch`.

mod batch;
mod cohere;
mod collect;
mod earlier;
mod failure;
mod gather;
mod job;
mod joint;
mod monitor;
mod patients;
mod plan;
mod pool;
mod premises;
mod projected;
mod registry;
mod rules;
mod schools;
mod select;
mod summary;
mod tally;
mod train;
mod trajectories;

pub use batch::Batch;
pub use earlier::Earlier;
pub use failure::Failure;
pub use joint::{Alternative, Joint, Response};
pub use monitor::Monitor;
pub use plan::{Couplings, Levels, Plan};
pub use pool::THREAD_NAME;
pub use projected::{Group, Moved, Projected};
pub use registry::{
    DEFAULT as DEFAULT_ENGINES, EngineSettings, FeatureGroup, WeeklySettings, engines, is_mechanistic, names,
    weekly_engines,
};
pub use rules::InForce;
pub use schools::Schools;
pub use select::Selection;
pub use summary::Summary;
pub use tally::Tally;
pub use trajectories::Trajectories;
