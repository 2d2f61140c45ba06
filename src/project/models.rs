//! Models trained on all places: loaded from a lake if the settings allow it, listed in the run report, and
//! stored.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use countycast_engine::{Date, Engine};
use serde::Serialize;
use serde_json::Value;

use crate::config::Config;
use crate::identity::{build, digest, sha256};
use crate::lake::{Kept, Lake, Trained};
use crate::output::run::ModelRow;

/// Models that were taken from a lake.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Recalled {
    /// As-of day and hash of each engine's model.
    models: BTreeMap<&'static str, (Date, String)>,
    /// Models that could not be used, with the reason.
    #[serde(skip)]
    pub(crate) skipped: Vec<String>,
    /// Engines with a model that an earlier run trained on the same data: the same as one trained now.
    #[serde(skip)]
    pub(super) cached: Vec<&'static str>,
}

/// Identity of an engine's model trained by this program with these settings.
pub(super) fn trained(engine: &str, as_of: Date, config: &Config) -> Trained {
    // An engine without settings has no table.
    let all = serde_json::to_value(&config.engines).unwrap_or_default();
    let settings = digest(&(all.get(engine).unwrap_or(&Value::Null), &config.epidemiology, &config.panel, config.seed));
    Trained { engine: engine.to_owned(), build: build().to_owned(), settings, as_of }
}

/// Loads for every engine its newest model whose age in days is within `ages`, if the lake has one that this program
/// trained with the same settings.
pub(crate) fn recall(
    lake: &Lake,
    engines: &mut [Arc<dyn Engine>],
    as_of: Date,
    ages: RangeInclusive<u16>,
    config: &Config,
) -> Recalled {
    let mut recalled = Recalled::default();
    for engine in engines {
        let name = engine.name();
        match lake.model(name, as_of, ages.clone()) {
            Ok(None) => {}
            Ok(Some(kept)) => match usable(engine, &kept, config) {
                Ok(loaded) => {
                    *engine = loaded;
                    recalled.models.insert(name, (kept.made.as_of, sha256(&kept.model)));
                }
                Err(why) => {
                    let day = kept.made.as_of;
                    recalled.skipped.push(format!("lake: skipped the model of {name} of {day}: {why}"));
                }
            },
            Err(error) => recalled.skipped.push(format!("lake: skipped {error}")),
        }
    }
    recalled
}

/// The engine with its stored model, or the reason why that cannot be used.
fn usable(engine: &Arc<dyn Engine>, kept: &Kept, config: &Config) -> Result<Arc<dyn Engine>, String> {
    let wanted = trained(engine.name(), kept.made.as_of, config);
    if kept.made.build != wanted.build {
        return Err("another build of the program trained it".to_owned());
    }
    if kept.made != wanted {
        return Err("it was trained with other settings".to_owned());
    }
    engine.load(&kept.model).map_err(|error| error.to_string())
}

impl Recalled {
    /// The engines with loaded models, and the as-of day on which each was trained.
    pub(crate) fn days(&self) -> impl Iterator<Item = (&'static str, Date)> {
        self.models.iter().map(|(engine, (day, _))| (*engine, *day))
    }

    /// Training data of the engines' models.
    pub(super) fn rows(&self, engines: &[Arc<dyn Engine>], as_of: Date) -> Vec<ModelRow> {
        let row = |engine: &Arc<dyn Engine>| {
            let trained_on = engine.trained_on()?;
            let trained_as_of = self.models.get(engine.name()).map_or(as_of, |(day, _)| *day);
            Some(ModelRow {
                engine: engine.name().to_owned(),
                trained_as_of,
                first_day: trained_on.first_day,
                last_day: trained_on.last_day,
                counties: trained_on.counties,
                rows: trained_on.rows,
                reused: self.cached.contains(&engine.name()),
            })
        };
        engines.iter().filter_map(row).collect()
    }

    /// The models trained in this run, to be stored: those of a later day than the one that they were loaded from, too.
    pub(super) fn trained(&self, engines: &[Arc<dyn Engine>], as_of: Date, config: &Config) -> Vec<(Trained, Vec<u8>)> {
        let is_new = |engine: &&Arc<dyn Engine>| {
            let loaded = self.models.get(engine.name());
            loaded.is_none_or(|(day, _)| engine.trained_on().is_some_and(|trained| trained.last_day > *day))
        };
        let new = engines.iter().filter(is_new);
        new.filter_map(|engine| Some((trained(engine.name(), as_of, config), engine.save()?))).collect()
    }
}
