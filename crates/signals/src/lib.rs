#![doc = include_str!("../README.md")]

mod check;
mod derived;
mod forecasts;
mod geography;
mod hubs;
mod observed;
mod read;
#[cfg(any(test, fuzzing))]
pub mod readers;
mod relative;
mod scored;
mod vintages;

pub use check::{Finding, Severity, check};
pub use derived::{Changes, Peaks, Season};
pub use forecasts::{Answer, Forecasts, Task};
pub use geography::{County, Geography};
pub use hubs::{Hub, Hubs, LONGEST_ABBREVIATION, Target, TargetFile, is_abbreviation};
pub use observed::Observed;
pub use read::{Published, Signals, Use, parquet_shape, read_places, read_published, use_of};
pub use relative::{By, Group, ModelScore, TargetScores, relative_scores};
pub use scored::{SCORED_HORIZONS, Scores, Selected, TaskScore, outcome, scores};
pub use vintages::{AsOf, Vintages};
