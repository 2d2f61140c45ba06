#![doc = include_str!("../README.md")]

mod forecasts;
mod pairwise;
mod phase;
pub mod quantiles;
mod score;
mod scored;
mod summary;
mod truth;

pub use forecasts::{PlaceThen, QuantileForecast, Resolution, ResolutionError, Run};
pub use pairwise::{Pairwise, pairwise};
pub use phase::{PhaseError, PhaseKind};
pub use score::{Scale, Wis, covered, pit, quantile_score};
pub use scored::{BASELINE, Course, Scored, Stratum, quintiles, quintiles_of, score};
pub use summary::{Group, Means, PIT_BINS, Summary, quarter};
pub use truth::Truth;
