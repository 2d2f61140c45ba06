#![doc = include_str!("../README.md")]

mod forecasts;
mod pairwise;
pub mod quantiles;
mod score;
mod scored;
mod summary;
mod truth;

pub use forecasts::{PlaceThen, QuantileForecast, Run, Sum};
pub use pairwise::{Pairwise, pairwise};
pub use score::{Scale, Wis, covered, pit};
pub use scored::{BASELINE, Course, Scored, Stratum, quintiles, quintiles_of, score};
pub use summary::{Group, Means, PIT_BINS, Summary, target_name};
pub use truth::Truth;
