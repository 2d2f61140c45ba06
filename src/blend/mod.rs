//! One projection from several engines.

mod quantile_average;

pub use quantile_average::{Weight, blend};
