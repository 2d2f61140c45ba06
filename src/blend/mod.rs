//! One projection from several engines.

mod calibration;
mod cohere;
mod couple;
mod learned;
mod prior;
mod quantile_average;
mod sanity;
mod settings;
mod shares;
mod spread;
mod stratum;

pub use calibration::Calibration;
pub use cohere::{Coupling, Factor, PathSum, Ranks, SUMMED, replace};
pub use couple::{coupled, ranked};
pub use learned::Learned;
pub(crate) use learned::average;
pub use prior::Prior;
pub use quantile_average::{Rule, Weight, blend};
pub use sanity::Precedent;
pub use settings::Settings;
pub use stratum::Stratum;
