//! A lake: a folder of tables that hold what publishers said, and what was forecast from it, on each day.
//!
//! `fetched` are the publishers' tables as they came (crate `countycast-fetch`) and what was known of weekly signals on any day
//! since. `kept` are forecasts with their scores, weights and inputs, a part of each table for each day or week. All tables are
//! Parquet in hive style, in groups of rows that are ordered by place, so that common data tools read them and the history of one
//! place lies in few groups.

mod fetched;
mod kept;
mod table;

use std::path::{Path, PathBuf};

pub use fetched::Updated;
pub use kept::{
    Coefficients, Compacted, Entry, Kept, KeptWeek, Migrated, Past, Trained, WeekEntry, WeekManifest, WeekScore,
    migrate,
};
pub(crate) use kept::{MOST_BYTES, parameters};

/// A lake in a folder.
#[derive(Debug, Clone)]
pub struct Lake {
    root: PathBuf,
    raw: countycast_fetch::Lake,
}

impl Lake {
    /// The lake in a folder, which need not be there. Nothing in it is changed by this.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), raw: countycast_fetch::Lake::new(root) }
    }

    /// Whether something was fetched into it.
    #[must_use]
    pub fn is_fetched(&self) -> bool {
        self.raw.sources().is_ok_and(|sources| !sources.is_empty())
    }
}
