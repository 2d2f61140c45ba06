//! Adding a day to the archive.

use std::fs;
use std::path::Path;

use countycast_engine::Date;
use polars::prelude::{DataFrame, PolarsResult};

use super::draft::Draft;
use super::kept::{self, Trained};
use super::{Archive, frames, parameters, part};
use crate::error::Error;
use crate::observed;
use crate::output::run::{Manifest, WeightRow};
use crate::output::{BLEND, parquet};
use crate::panel::Panel;
use crate::scores::{Run, Scored, score};

/// Days of observations kept with each as-of day: twelve weeks; older ones are in earlier partitions.
const OBSERVED_DAYS: usize = 84;

/// A day to be archived.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The projections and places of the run.
    pub run: &'a Run,
    /// The counts known on that day.
    pub panel: &'a Panel,
    /// Its manifest.
    pub manifest: &'a Manifest,
    /// Archived days whose projections are scored now.
    pub past: &'a [Date],
    /// Shares of the engines in the blend; none of a run that did not learn.
    pub weights: Option<&'a [WeightRow]>,
    /// File with the engines' parameters, if they were collected.
    pub parameters: Option<&'a Path>,
    /// Models trained in the run.
    pub models: &'a [(Trained, Vec<u8>)],
}

impl Archive {
    /// Stores a day as a whole: the engines' projections, the counts known on that day, the scores of projections of past
    /// days whose outcome was observed during the week before, and what else the entry has.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be written; an earlier archived run of the day is then untouched.
    pub fn keep(&self, entry: &Entry<'_>) -> Result<(), Error> {
        let as_of = entry.run.as_of;
        let scored = self.scored(entry);
        let mut draft = Draft::begin(self, as_of)?;
        let mut write = |table: &str, frame: PolarsResult<DataFrame>| {
            draft.write(part(table, as_of), |path| {
                parquet::write(path, frame.map_err(|error| parquet::write_error(path, error))?)
            })
        };
        let members = entry.run.forecasts.iter().filter(|forecast| forecast.model != BLEND);
        write("projections", frames::forecasts(members))?;
        write("places", frames::places(&entry.run.places))?;
        write("observations", frames::observations(entry.panel, OBSERVED_DAYS))?;
        write("scores", frames::scores(&scored))?;
        if let Some(weights) = entry.weights {
            write("weights", frames::weights(weights))?;
        }
        if let Some(table) = entry.parameters {
            let copy = |path: &Path| fs::copy(table, path).map(drop).map_err(|source| Error::write(path, source));
            draft.write(part(parameters::TABLE, as_of), copy)?;
        }
        for (made, model) in entry.models {
            draft.write(kept::model_name(&made.engine, as_of), |path| kept::pack(path, made, model))?;
        }
        draft.commit(|path, files| Manifest { files, ..entry.manifest.clone() }.write(path))
    }

    /// The scores of past projections of the week before. Past runs are read one by one, because a full archive is large.
    fn scored(&self, entry: &Entry<'_>) -> Vec<Scored> {
        let (as_of, truth) = (entry.run.as_of, observed::truth(entry.panel));
        let mut scored = Vec::new();
        for &day in entry.past {
            // Damaged files were named when the archive was read.
            let Ok(mut run) = self.run(day) else { continue };
            // The most recent complete week: earlier ones were scored on earlier days, later ones are not observed yet.
            let week = day.until(as_of).map_or(0, |span| span.get_days()) / 7;
            run.forecasts.retain(|forecast| i32::from(forecast.horizon) == week);
            scored.extend(score(&run, &truth));
        }
        scored
    }
}
