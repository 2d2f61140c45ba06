//! What was forecast from it: forecasts with their scores, weights and inputs.
//!
//! `TABLE/as_of=DATE/part.parquet` is a day's part of a table. A day is complete when its manifest, `runs/as_of=DATE/_run.json`, says
//! so: it is written last and names every file of the day with its SHA-256. A day is put in place as a whole: a reader finds the old
//! one or the new one, a repeated day replaces its own, and of two runs for one day the later is kept. Nothing else is changed.
//! Forecasts of weekly signals are tables by reference date, `signals/reference_date=DATE/part.parquet`, with manifests in
//! `signal_runs`.

mod archive;
mod day;
mod draft;
mod frames;
mod keep;
mod lock;
mod migrate;
mod models;
mod months;
pub(crate) mod parameters;
mod partition;
mod runs;
mod told;
mod week_manifest;
mod week_scores;
mod weeks;

use std::fs;
use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::Week;

use super::Lake;
use crate::error::Error;
use crate::output::{BLEND, disk, parquet};
use crate::scores::Run;

pub use keep::Entry;
pub use migrate::{Migrated, migrate};
pub use models::{Coefficients, Kept, Trained};
pub use months::Compacted;
use partition::{Partition, RUNS};
pub use week_manifest::WeekManifest;
pub use week_scores::WeekScore;
pub use weeks::{KeptWeek, WeekEntry};

/// Most bytes of a kept file, and of a kept model when it is unpacked: 1 GiB.
pub(crate) const MOST_BYTES: u64 = 1 << 30;

/// Name of a manifest in the folder of its run, which common data tools pass over.
const MANIFEST: &str = "_run.json";

/// Past runs, and the parts of the lake that could not be used.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Runs, oldest first.
    pub runs: Vec<Run>,
    /// Files that were skipped, with the reason.
    pub damaged: Vec<String>,
}

impl Lake {
    /// Opens the lake in a folder to write to it. The folder is created if it does not exist; days that a killed run
    /// had completed are put in place, and what it had not is removed.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be written, [`Error::Request`] where another run does not let go of it.
    pub fn open(root: &Path) -> Result<Self, Error> {
        archive::refuse(root)?;
        fs::create_dir_all(root).map_err(|source| Error::write(root, source))?;
        let _lock = lock::exclusive(root)?;
        draft::tidy(root)?;
        draft::leave(root);
        Ok(Self::new(root))
    }

    /// Tests that the lake in a folder can be written, without leaving anything behind.
    ///
    /// # Errors
    /// As [`Lake::open`].
    pub fn test(root: &Path) -> Result<(), Error> {
        let made = disk::make(root).map_err(|source| Error::write(root, source))?;
        let tested = Self::open(root).map(drop);
        disk::unmake(&made);
        tested
    }

    /// The complete as-of days from `first` on, oldest first.
    ///
    /// # Errors
    /// [`Error::Request`] where another run does not let go of the lake.
    pub fn days_since(&self, first: Date) -> Result<Vec<Date>, Error> {
        archive::refuse(&self.root)?;
        let _lock = lock::shared(&self.root)?;
        let mut days = days_in(&self.root.join(RUNS));
        days.extend(draft::pending_days(&self.root));
        days.retain(|day| *day >= first && self.is_complete(*day));
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }

    /// The days from `first` on of which the lake has projections and no manifest that names them: files were removed.
    #[must_use]
    pub fn incomplete_since(&self, first: Date) -> Vec<Date> {
        let mut days = days_in(&self.root.join("projections"));
        days.extend(days_in(&self.root.join(RUNS)));
        days.retain(|day| *day >= first && !self.is_complete(*day));
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The engines' runs of these days, without the blend. Damaged files are named and left in place.
    #[must_use]
    pub fn members(&self, days: &[Date]) -> Past {
        let mut past = Past::default();
        for &day in days {
            match self.run(day) {
                Ok(mut run) => {
                    run.forecasts.retain(|forecast| forecast.model != BLEND);
                    past.runs.push(run);
                }
                Err(error) => past.damaged.push(format!("lake: skipped {error}")),
            }
        }
        past
    }

    fn run(&self, as_of: Date) -> Result<Run, Error> {
        let _lock = lock::shared(&self.root)?;
        let [projections, counties] = ["projections", "counties"].map(|table| part(table, as_of));
        let frame = |name: &str| parquet::from_bytes(&self.located(as_of, name), self.bytes(as_of, name)?);
        let damaged = |name: &str, error: polars::prelude::PolarsError| {
            Error::read(&self.located(as_of, name), std::io::Error::other(error.to_string()))
        };
        let forecasts = frames::read_forecasts(&frame(&projections)?).map_err(|error| damaged(&projections, error))?;
        let places = frames::read_places(&frame(&counties)?).map_err(|error| damaged(&counties, error))?;
        Ok(Run { as_of, forecasts, places })
    }
}

/// Name below the lake of a table's file of a day or week.
fn part(table: &str, of: impl Into<Partition>) -> String {
    format!("{table}/{}/part.parquet", of.into())
}

/// Name below the lake of the manifest of a day or week.
fn manifest_name(of: impl Into<Partition>) -> String {
    let of = of.into();
    format!("{}/{of}/{MANIFEST}", of.runs())
}

/// The as-of days that have a folder in this one.
fn days_in(folder: &Path) -> Vec<Date> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let day = |name: &str| name.strip_prefix("as_of=")?.parse().ok();
    entries.flatten().filter_map(|entry| day(&entry.file_name().to_string_lossy())).collect()
}

/// The reference weeks that have a folder in this one.
fn weeks_in(folder: &Path) -> Vec<Week> {
    let week = |name: &str| Week::ending(name.strip_prefix("reference_date=")?.parse().ok()?);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| week(&entry.file_name().to_string_lossy())).collect()
}
