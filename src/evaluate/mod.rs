//! Forecast skill: scores against observed counts, and means by stratum.

mod forecasts;
mod score;
mod scored;
mod summary;
mod truth;

pub use forecasts::{Forecast, PlaceThen, Run, Sum};
pub use score::{Scale, Wis, covered, pit};
pub use scored::{BASELINE, Course, Scored, Stratum, quintiles, quintiles_of, score};
pub use summary::{Group, Means, PIT_BINS, Summary, target_name};
pub use truth::Truth;
