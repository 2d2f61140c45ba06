//! Models trained on all places: loaded from the archive if the settings allow it, listed in the run report, and
//! stored.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use countycast_engine::{Date, Engine};

use super::sha256;
use crate::archive::Archive;
use crate::error::Error;
use crate::output::run::ModelRow;

/// Models that were taken from the archive.
#[derive(Debug, Default)]
pub(crate) struct Recalled {
    /// As-of day and hash of each engine's model.
    models: BTreeMap<&'static str, (Date, String)>,
    /// Models that could not be used, with the reason.
    pub(crate) skipped: Vec<String>,
}

/// Loads for every engine its newest model whose age in days is within `ages`, if the archive has one.
pub(crate) fn recall(
    archive: &Archive,
    engines: &mut [Arc<dyn Engine>],
    as_of: Date,
    ages: RangeInclusive<u16>,
) -> Recalled {
    let mut recalled = Recalled::default();
    for engine in engines {
        let name = engine.name();
        match archive.model(name, as_of, ages.clone()) {
            Ok(None) => {}
            Err(error) => recalled.skipped.push(format!("archive: skipped {error}")),
            Ok(Some((day, bytes))) => match engine.load(&bytes) {
                Ok(loaded) => {
                    *engine = loaded;
                    recalled.models.insert(name, (day, sha256(&bytes)));
                }
                Err(error) => recalled.skipped.push(format!("archive: skipped the model of {name} of {day}: {error}")),
            },
        }
    }
    recalled
}

impl Recalled {
    /// The engines with loaded models, and the as-of day on which each was trained.
    pub(crate) fn days(&self) -> impl Iterator<Item = (&'static str, Date)> {
        self.models.iter().map(|(engine, (day, _))| (*engine, *day))
    }

    /// Key of everything that determines the result.
    pub(super) fn key(&self) -> String {
        format!("{:?}", self.models)
    }

    /// Training data of the engines' models.
    pub(super) fn rows(&self, engines: &[Arc<dyn Engine>], as_of: Date) -> Vec<ModelRow> {
        let row = |engine: &Arc<dyn Engine>| {
            let trained_on = engine.trained_on()?;
            let trained_as_of = self.models.get(engine.name()).map_or(as_of, |(day, _)| *day);
            Some(ModelRow {
                engine: engine.name().to_owned(),
                trained_as_of: trained_as_of.to_string(),
                first_day: trained_on.first_day.to_string(),
                last_day: trained_on.last_day.to_string(),
                counties: trained_on.counties,
                rows: trained_on.rows,
            })
        };
        engines.iter().filter_map(row).collect()
    }

    /// Stores the models trained in this run.
    pub(super) fn keep(&self, archive: &Archive, engines: &[Arc<dyn Engine>], as_of: Date) -> Result<(), Error> {
        for engine in engines.iter().filter(|engine| !self.models.contains_key(engine.name())) {
            if let Some(model) = engine.save() {
                archive.keep_model(engine.name(), as_of, &model)?;
            }
        }
        Ok(())
    }
}
