//! Adding a day to a lake.

use std::fs;
use std::path::Path;

use countycast_engine::Date;
use polars::prelude::{DataFrame, PolarsResult};

use super::draft::Draft;
use super::models::{self, Trained};
use super::partition::RUNS;
use super::{Lake, frames, parameters, part, runs};
use crate::error::Error;
use crate::lake::table;
use crate::observed;
use crate::output::capacity::CapacityRow;
use crate::output::counties::CountyRow;
use crate::output::parquet;
use crate::output::run::{Manifest, WeightRow};
use crate::panel::Panel;
use crate::scores::{Run, Scored, score};

/// Days of counts kept with each as-of day: twelve weeks; older ones are in earlier parts.
const COUNTED_DAYS: usize = 84;

/// A day to be kept.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The projections of the run.
    pub run: &'a Run,
    /// Its places.
    pub counties: &'a [CountyRow],
    /// Patients and beds; empty where they were not asked for.
    pub capacity: &'a [CapacityRow],
    /// The counts known on that day.
    pub panel: &'a Panel,
    /// Its manifest.
    pub manifest: &'a Manifest,
    /// Earlier days whose projections are scored now.
    pub past: &'a [Date],
    /// Shares of the engines in the blend; empty of a run that did not learn.
    pub weights: &'a [WeightRow],
    /// File with the engines' parameters, if they were collected.
    pub parameters: Option<&'a Path>,
    /// Models trained in the run.
    pub models: &'a [(Trained, Vec<u8>)],
}

impl Lake {
    /// Stores a day as a whole: the projections of the engines and the blend, the places, the counts known on that day, the scores
    /// of projections of past days whose outcome was observed during the week before, and what else the entry has.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be written; an earlier run of the day is then untouched.
    pub fn keep(&self, entry: &Entry<'_>) -> Result<(), Error> {
        let as_of = entry.run.as_of;
        let scored = self.scored(entry);
        let mut draft = Draft::begin(self, as_of)?;
        let mut write = |table: &str, frame: PolarsResult<DataFrame>| {
            draft.write(part(table, as_of), |path| {
                table::write(path, frame.map_err(|error| parquet::write_error(path, error))?)
            })
        };
        write("projections", frames::forecasts(as_of, &entry.run.forecasts))?;
        write("counties", frames::counties(entry.counties))?;
        write("counts", frames::counts(entry.panel, COUNTED_DAYS))?;
        write("scores", frames::scores(&scored))?;
        write(RUNS, runs::of_day(entry.manifest))?;
        if !entry.capacity.is_empty() {
            write("capacity", frames::capacity(as_of, entry.capacity))?;
        }
        if !entry.weights.is_empty() {
            write("weights", frames::weights(entry.weights))?;
        }
        if let Some(table) = entry.parameters {
            let copy = |path: &Path| fs::copy(table, path).map(drop).map_err(|source| Error::write(path, source));
            draft.write(part(parameters::TABLE, as_of), copy)?;
        }
        for (made, model) in entry.models {
            draft.write(models::name(&made.engine, as_of), |path| models::pack(path, made, model))?;
        }
        draft.commit(|path, files| Manifest { files, ..entry.manifest.clone() }.write(path))
    }

    /// The scores of past projections of the week before. Past runs are read one by one, because a full lake is large.
    fn scored(&self, entry: &Entry<'_>) -> Vec<Scored> {
        let (as_of, truth) = (entry.run.as_of, observed::truth(entry.panel));
        let mut scored = Vec::new();
        for &day in entry.past {
            // Damaged files were named when the lake was read.
            let Ok(mut run) = self.run(day) else { continue };
            // The most recent complete week: earlier ones were scored on earlier days, later ones are not observed yet.
            let week = day.until(as_of).map_or(0, |span| span.get_days()) / 7;
            run.forecasts.retain(|forecast| i32::from(forecast.horizon) == week);
            scored.extend(score(&run, &truth));
        }
        scored
    }
}
