#![doc = include_str!("../README.md")]

#[cfg(feature = "http")]
mod address;
#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
mod clock;
mod day;
#[cfg(feature = "http")]
mod download;
mod error;
#[cfg(feature = "http")]
mod fetch;
mod lake;
#[cfg(feature = "http")]
mod land;
#[cfg(feature = "http")]
mod limits;
#[cfg(feature = "http")]
mod lock;
mod manifest;
#[cfg(feature = "http")]
mod pages;
#[cfg(feature = "http")]
mod retry;
#[cfg(feature = "http")]
mod shape;
#[cfg(feature = "http")]
mod sources;
#[cfg(feature = "http")]
mod watch;

#[cfg(feature = "http")]
pub use address::Address;
#[cfg(feature = "http")]
pub use clock::{Clock, SystemClock};
pub use day::day_of;
pub use error::FetchError;
#[cfg(feature = "http")]
pub use fetch::{Fetcher, Outcome};
pub use lake::{Lake, Vintage};
#[cfg(feature = "http")]
pub use limits::Limits;
pub use manifest::{Check, LAST_CHECK, MANIFEST, Manifest};
#[cfg(feature = "http")]
pub use shape::{ParquetShape, Shape, of_csv};
#[cfg(feature = "http")]
pub use sources::{ALL, Format, Kind, Paging, Source, Sources, Token};
#[cfg(feature = "http")]
pub use watch::Watch;
