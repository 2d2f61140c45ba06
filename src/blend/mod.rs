//! One projection from several engines.

mod learned;
mod prior;
mod quantile_average;
mod settings;
mod shares;
mod stratum;

pub use learned::Learned;
pub use prior::Prior;
pub use quantile_average::{Rule, Weight, blend};
pub use settings::Settings;
pub use stratum::Stratum;
