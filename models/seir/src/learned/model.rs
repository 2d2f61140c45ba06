//! Boosters with a description of their training data, stored for later runs.

use countycast_engine::{Date, EngineError, TrainedOn};
use serde::{Deserialize, Serialize};

use super::boost::Booster;
use super::features::COUNT;
use crate::settings::Settings;

/// Boosters by week ahead.
pub(crate) type Boosters = Vec<Booster>;

/// The trained model.
#[derive(Serialize, Deserialize)]
pub(crate) struct Model {
    /// Version of the crate that trained it.
    pub(super) version: String,
    /// Number of features.
    pub(super) features: usize,
    /// Settings at the time.
    pub(super) settings: Settings,
    pub(super) first_day: Date,
    pub(super) last_day: Date,
    pub(super) counties: usize,
    pub(super) rows: usize,
    pub(super) boosters: Boosters,
    /// Boosters that have not seen the outcomes of the last weeks, where there was enough before.
    pub(super) trial: Option<Boosters>,
}

impl Model {
    /// Its training data.
    pub(crate) fn trained_on(&self) -> TrainedOn {
        let Self { first_day, last_day, counties, rows, .. } = *self;
        TrainedOn { first_day, last_day, counties, rows }
    }

    /// The model as JSON, for [`Model::load`].
    pub(crate) fn save(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    /// A model saved by [`Model::save`].
    ///
    /// # Errors
    /// [`EngineError::Refused`] for bytes that are not a model, or a model of another version or other settings.
    pub(crate) fn load(bytes: &[u8], settings: &Settings) -> Result<Self, EngineError> {
        let refused = |why: &str| EngineError::Refused(format!("{why}: train it anew"));
        let model: Self =
            serde_json::from_slice(bytes).map_err(|error| refused(&format!("not a saved model ({error})")))?;
        if (model.version.as_str(), model.features) != (env!("CARGO_PKG_VERSION"), COUNT) {
            return Err(refused("the model was trained by another version"));
        }
        if model.settings != *settings {
            return Err(refused("the model was trained with other settings"));
        }
        Ok(model)
    }
}
