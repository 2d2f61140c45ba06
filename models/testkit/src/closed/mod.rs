//! Closed-form results.

mod curves;
mod outbreaks;
mod waiting;

pub use curves::{gaussian_cdf, laplace_cdf};
pub use outbreaks::{attack_rate, extinction_probability, growth_rate, reproduction_number, seir_reproduction_number};
pub use waiting::{erlang_cdf, erlang_mean_sd};
