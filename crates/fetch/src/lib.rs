#![doc = include_str!("../README.md")]

mod day;
mod error;
mod lake;
mod manifest;
#[cfg(feature = "http")]
mod network;

pub use day::day_of;
pub use error::FetchError;
pub use lake::{Lake, Vintage};
pub use manifest::{Check, LAST_CHECK, MANIFEST, Manifest};
#[cfg(feature = "http")]
pub use network::{
    ALL, Address, Clock, Fetcher, Format, Kind, Limits, Outcome, Paging, ParquetShape, Shape, Source, Sources,
    SystemClock, Token, Watch, of_csv,
};
