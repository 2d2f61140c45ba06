#![doc = include_str!("../README.md")]

mod bins;
mod booster;
mod grow;
mod loss;
mod params;
mod sample;
mod sampled;
mod split;
mod sums;
mod tree;
#[cfg(test)]
mod twin;

pub use bins::Bins;
pub use booster::{Booster, Fit, FitError, InvalidModel};
pub use loss::Loss;
pub use params::Params;
