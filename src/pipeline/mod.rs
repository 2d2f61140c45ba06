//! The order of the stages: the only place that knows it.

mod batch;
mod pool;
mod registry;
mod select;

pub use batch::{Batch, Failure, Monitor, Plan, Projected, Summary};
pub(crate) use pool::THREAD_NAME;
pub use registry::{EngineSettings, engines, names};
pub use select::Selection;
