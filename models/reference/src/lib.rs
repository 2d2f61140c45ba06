#![doc = include_str!("../README.md")]

mod flat;
mod split;

pub use flat::Flat;
