//! The archive of past projections and observed counts: Parquet files partitioned by as-of day.
//!
//! `TABLE/as_of=DATE/part.parquet`, in hive style, so that common data tools read a table as one. Files are written
//! under a temporary name and renamed: a reader sees the old file or the new one, a repeated day replaces its own, and
//! of two runs for one day the later is kept. Nothing else is changed.

mod frames;
mod kept;
pub(crate) mod parameters;

use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use polars::prelude::DataFrame;

use crate::error::Error;
use crate::observed;
use crate::output::run::{self, Manifest, WeightRow};
use crate::output::{BLEND, parquet};
use crate::panel::Panel;
use crate::scores::{Run, score};

pub use kept::{Coefficients, Kept, Trained};

/// Days of observations kept with each as-of day: twelve weeks; older ones are in earlier partitions.
const OBSERVED_DAYS: usize = 84;

/// An archive in a folder.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
}

/// Past runs, and the parts of the archive that could not be used.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Runs, oldest first.
    pub runs: Vec<Run>,
    /// Files that were skipped, with the reason.
    pub damaged: Vec<String>,
}

impl Archive {
    /// Opens the archive in a folder, which is created if it does not exist.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be created.
    pub fn open(root: &Path) -> Result<Self, Error> {
        fs::create_dir_all(root).map_err(|source| Error::write(root, source))?;
        Ok(Self { root: root.to_owned() })
    }

    /// The as-of days whose projections are there, oldest first.
    #[must_use]
    pub fn days(&self) -> Vec<Date> {
        self.days_of("projections")
    }

    /// The as-of days of a table, oldest first.
    fn days_of(&self, table: &str) -> Vec<Date> {
        let Ok(entries) = fs::read_dir(self.root.join(table)) else { return Vec::new() };
        let day = |name: &str| name.strip_prefix("as_of=")?.parse().ok();
        let mut days: Vec<Date> =
            entries.flatten().filter_map(|entry| day(&entry.file_name().to_string_lossy())).collect();
        days.sort_unstable();
        days
    }

    /// The runs of these days. Damaged files are named and left in place.
    #[must_use]
    pub fn read(&self, days: &[Date]) -> Past {
        let mut past = Past::default();
        for &day in days {
            match self.run(day) {
                Ok(run) => past.runs.push(run),
                Err(error) => past.damaged.push(format!("archive: skipped {error}")),
            }
        }
        past
    }

    fn run(&self, as_of: Date) -> Result<Run, Error> {
        let (projections, places) = (self.part("projections", as_of), self.part("places", as_of));
        let damaged = |path: &Path, problem: String| Error::read(path, std::io::Error::other(problem));
        let forecasts = frames::read_forecasts(&parquet::read(&projections)?)
            .map_err(|error| damaged(&projections, error.to_string()))?;
        let places =
            frames::read_places(&parquet::read(&places)?).map_err(|error| damaged(&places, error.to_string()))?;
        Ok(Run { as_of, forecasts, places })
    }

    /// Stores the engines' projections, the counts known on that day, and the scores of projections of `past` days
    /// whose outcome was observed during the week before. Past runs are read one by one, because a full archive is
    /// large.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be written.
    pub fn keep(&self, run: &Run, panel: &Panel, past: &[Date], manifest: &Manifest) -> Result<(), Error> {
        let as_of = run.as_of;
        let members = run.forecasts.iter().filter(|forecast| forecast.model != BLEND);
        self.write("projections", as_of, frames::forecasts(members))?;
        self.write("places", as_of, frames::places(&run.places))?;
        self.write("observations", as_of, frames::observations(panel, OBSERVED_DAYS))?;
        let truth = observed::truth(panel);
        let mut scored = Vec::new();
        for &day in past {
            // Damaged files were named when the archive was read.
            let Ok(mut run) = self.run(day) else { continue };
            // The most recent complete week: earlier ones were scored on earlier days, later ones are not observed yet.
            let week = day.until(as_of).map_or(0, |span| span.get_days()) / 7;
            run.forecasts.retain(|forecast| i32::from(forecast.horizon) == week);
            scored.extend(score(&run, &truth));
        }
        self.write("scores", as_of, frames::scores(&scored))?;
        let kept = self.root.join("manifests").join(format!("as_of={as_of}")).join(run::FILE);
        self.aside(&kept, |path| manifest.write(path))
    }

    /// Keeps the weights of a day.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    pub fn keep_weights(&self, as_of: Date, weights: &[WeightRow]) -> Result<(), Error> {
        self.write("weights", as_of, frames::weights(weights))
    }

    fn part(&self, table: &str, as_of: Date) -> PathBuf {
        self.root.join(table).join(format!("as_of={as_of}")).join("part.parquet")
    }

    fn write(&self, table: &str, as_of: Date, frame: polars::prelude::PolarsResult<DataFrame>) -> Result<(), Error> {
        let path = self.part(table, as_of);
        let frame = frame.map_err(|error| parquet::write_error(&path, error))?;
        self.aside(&path, |path| parquet::write(path, frame))
    }

    /// Writes under a name specific to this process first, so that concurrent runs do not collide.
    fn aside(&self, path: &Path, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
        let unfinished = path.with_extension(format!("unfinished-{}", std::process::id()));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| Error::write(parent, source))?;
        }
        let written = write(&unfinished);
        let written = written.and_then(|()| fs::rename(&unfinished, path).map_err(|e| Error::write(path, e)));
        if written.is_err() {
            // The first error is the one to report.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }
}
