//! Output of a run: one file per format, all of them or none.

mod aside;
mod beside;
pub mod capacity;
pub mod care;
pub mod counties;
mod derived;
pub(crate) mod disk;
mod epoch;
pub mod hub;
mod lock;
pub mod manifest;
mod outcome;
pub(crate) mod parquet;
pub mod places;
pub mod projections;
mod read;
pub(crate) mod regular;
pub mod run;
pub mod signals;
mod staging;
mod target;
mod written;

pub(crate) use aside::{UNFINISHED, aside};
pub use derived::Extras;
pub(crate) use epoch::{date_of, days_since_epoch};
pub use outcome::Outcome;
pub use projections::BLEND;

pub use read::read;
pub use staging::{Layout, Staging};
pub(crate) use target::apart;
pub use written::Written;

/// Everything that a run writes to its output folder. Hub files of other days stay: a hub collects them.
pub const LAYOUT: Layout = Layout {
    names: &["projections.parquet", "counties.parquet", "capacity.parquet", "care.parquet", "hub", "run.json"],
    kept: &["hub"],
};
