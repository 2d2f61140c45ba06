//! Fetching: what asks publishers' servers, and puts what they send into a lake.

mod address;
mod client;
mod clock;
mod download;
mod fetch;
mod land;
mod limits;
mod lock;
mod pages;
mod retry;
mod shape;
mod sources;
mod watch;

pub use address::Address;
pub use clock::{Clock, SystemClock};
pub use fetch::{Fetcher, Outcome};
pub use limits::Limits;
pub use shape::{ParquetShape, Shape, of_csv};
pub use sources::{ALL, Format, Kind, Paging, Source, Sources, Token};
pub use watch::Watch;
