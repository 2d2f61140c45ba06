//! Care of other diseases, from claims-like records.
//!
//! ```text
//! claims (Parquet, CSV, Synthea) → encode (codes as numbers) → sort (by patient, in bounded memory)
//!        → person (all of one person's claims) → measure (counts by disease, county and week)
//!        → suppress (small cells) → rows (intervals, a year before) → association → table in the lake
//! ```
//!
//! Patient keys end in `person`: what comes after it knows counts alone. `docs/care.md` defines each measure.

mod areas;
mod association;
mod cells;
mod claim;
mod codes;
mod columns;
mod disease;
mod drugs;
mod encode;
mod exposure;
mod interval;
mod lines;
mod measure;
mod person;
mod places;
mod rows;
mod run;
mod sort;
mod source;
mod suppress;
mod table;
mod week;

pub use disease::{Disease, Treatment, shipped};
pub use measure::coverage;
pub use run::{Request, Summary, run};
pub use week::{of_day, saturday};
