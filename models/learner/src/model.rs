//! What training finds, and what it says of itself.

use countycast_engine::{Date, EngineError, Fips, Places, Streams, Surroundings};
use serde::{Deserialize, Serialize};

use crate::WEEKS;
use crate::day::WEEKS_SEEN;
use crate::features::{COUNT, NAMES};
use crate::forecaster::Forecaster;
use crate::rows;
use crate::settings::Settings;
use crate::training;

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingSummary {
    /// Version of the crate that trained it.
    pub version: String,
    /// First day of the counts.
    pub first_day: Date,
    /// Last day of the counts: nothing later is in the model.
    pub last_day: Date,
    /// Counties of the panel.
    pub counties: usize,
    /// Rows that the boosters learned from: a place on a past day each.
    pub rows: usize,
    /// Past projections whose errors make the draws.
    pub errors: usize,
    /// Features, in the order of the boosters' columns.
    pub features: Vec<String>,
    /// Seed of the run.
    pub seed: u64,
    /// Settings.
    pub settings: Settings,
}

/// A trained model: boosters for cases and deaths by week ahead, and the errors of past projections.
#[derive(Debug, Serialize, Deserialize)]
pub struct Model {
    pub(crate) summary: TrainingSummary,
    pub(crate) cases: Forecaster,
    pub(crate) deaths: Forecaster,
}

/// What stands in the way of using a saved model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The bytes are no saved model.
    #[error("not a saved model: {0}")]
    Format(#[from] serde_json::Error),
    /// The model was trained on other features than this version computes.
    #[error("the model knows {found} features, this version computes {COUNT} others: train it anew")]
    Features {
        /// Features of the model.
        found: usize,
    },
}

impl Model {
    /// Trains on all places and all their past origins.
    ///
    /// # Errors
    /// [`EngineError::Refused`] where histories are too short or hold too little to learn from.
    pub(crate) fn train(
        places: &Places,
        surroundings: &Surroundings,
        settings: &Settings,
        seed: u64,
    ) -> Result<Self, EngineError> {
        let days = places.histories().map(|history| history.days()).max().unwrap_or(0);
        let least = 7 * (WEEKS_SEEN + 2 * WEEKS + settings.error_weeks);
        if days < least {
            return Err(EngineError::Refused(format!("{days} days of history: learning from the past takes {least}")));
        }
        let rows = rows::past(places, surroundings, settings);
        let streams = Streams::new(seed, "learner", Fips::US);
        let [cases, deaths] = training::train(&rows, days, settings, &streams)?;
        let summary = TrainingSummary {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            first_day: surroundings.first_day,
            last_day: places.last_day().unwrap_or(surroundings.first_day),
            counties: places.counties(),
            rows: rows.len(),
            errors: cases.library.len(),
            features: NAMES.map(str::to_owned).to_vec(),
            seed,
            settings: settings.clone(),
        };
        Ok(Self { summary, cases, deaths })
    }

    /// What the model was trained on.
    #[must_use]
    pub fn summary(&self) -> &TrainingSummary {
        &self.summary
    }

    /// The model as JSON, for [`Model::load`].
    ///
    /// # Errors
    /// An error of the writer.
    pub fn save(&self, writer: impl std::io::Write) -> Result<(), serde_json::Error> {
        serde_json::to_writer(writer, self)
    }

    /// A model that [`Model::save`] has written.
    ///
    /// # Errors
    /// [`LoadError`] where it is none, or one of another version's features.
    pub fn load(reader: impl std::io::Read) -> Result<Self, LoadError> {
        let model: Self = serde_json::from_reader(reader)?;
        if model.summary.features != NAMES {
            return Err(LoadError::Features { found: model.summary.features.len() });
        }
        Ok(model)
    }
}
