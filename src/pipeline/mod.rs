//! The order of the stages.

mod batch;
mod cohere;
mod collect;
mod earlier;
mod job;
mod pool;
mod registry;
mod select;
mod summary;

pub use batch::{Batch, Coupling, Group, Monitor, Plan, Projected};
pub use cohere::Moved;
pub use earlier::Earlier;
pub use job::Failure;
pub(crate) use job::settle;
pub(crate) use pool::{THREAD_NAME, run as in_parallel};
pub use registry::{DEFAULT as DEFAULT_ENGINES, EngineSettings, FeatureGroup, engines, is_mechanistic, names};
pub use select::Selection;
pub use summary::Summary;
