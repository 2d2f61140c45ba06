//! The engine as the program sees it.

use std::sync::Arc;

use countycast_engine::{
    Engine, EngineError, Epidemiology, Fitted, History, Immunity, Places, SettingsError, Streams, Surroundings,
    TrainedOn,
};

use crate::draw::Projection;
use crate::model::{Model, TrainingSummary};
use crate::settings::Settings;
use crate::site::Site;

/// The recurrent network: see the [crate's front page](crate).
#[derive(Debug, Clone)]
pub struct DeepAr {
    settings: Settings,
    epidemiology: Epidemiology,
    model: Option<Arc<Model>>,
    surroundings: Option<Arc<Surroundings>>,
}

impl DeepAr {
    /// An engine that has yet to learn; `epidemiology`, checked before, tells how it answers scenarios.
    ///
    /// # Errors
    /// [`SettingsError`] with the first setting outside of its range.
    pub fn new(settings: Settings, epidemiology: &Epidemiology) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self { settings, epidemiology: *epidemiology, model: None, surroundings: None })
    }

    /// An engine with a model of an earlier run.
    #[must_use]
    pub fn with_model(model: Arc<Model>, epidemiology: &Epidemiology) -> Self {
        let settings = model.summary().settings.clone();
        Self { settings, epidemiology: *epidemiology, model: Some(model), surroundings: None }
    }

    /// The model, where there is one.
    #[must_use]
    pub fn model(&self) -> Option<&Arc<Model>> {
        self.model.as_ref()
    }

    /// Learns from all places; what [`Engine::train`] does, with the engine itself in hand. A model that has seen as many days is
    /// kept, one that has seen fewer is where the networks start from.
    ///
    /// # Errors
    /// [`EngineError::Refused`] where histories are too short or hold too little to learn from.
    pub fn trained(&self, places: &Places, seed: u64) -> Result<Self, EngineError> {
        let Some(surroundings) = Surroundings::of(places) else {
            return Err(EngineError::Refused("there is no place to learn from".to_owned()));
        };
        let last_day = places.last_day();
        let is_known = |model: &&Arc<Model>| last_day.is_none_or(|day| model.summary().last_day >= day);
        let keeps = |model: &&Arc<Model>| is_known(model) || self.settings.warm_steps == 0;
        let model = match self.model.as_ref().filter(keeps) {
            Some(model) => Arc::clone(model),
            None => Arc::new(Model::train(places, &surroundings, &self.settings, self.model.as_deref(), seed)?),
        };
        Ok(Self { model: Some(model), surroundings: Some(Arc::new(surroundings)), ..self.clone() })
    }
}

impl Engine for DeepAr {
    fn name(&self) -> &'static str {
        "deepar"
    }

    fn fit(&self, history: &History, _: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        let (Some(model), Some(surroundings)) = (&self.model, &self.surroundings) else {
            return Err(EngineError::Refused("the network has not been trained on the panel".to_owned()));
        };
        let reportable = |residents| Immunity::of(history).reportable(residents, history.cases().total());
        let left = history.location().population.map_or(f64::INFINITY, reportable);
        let site = Site::new(history, surroundings);
        Ok(Box::new(Projection::new(Arc::clone(model), &site, history, self.epidemiology, left)))
    }

    fn train(&self, places: &Places, seed: u64) -> Result<Option<Arc<dyn Engine>>, EngineError> {
        Ok(Some(Arc::new(self.trained(places, seed)?)))
    }

    fn trained_on(&self) -> Option<TrainedOn> {
        let TrainingSummary { first_day, last_day, counties, origins, .. } = self.model.as_ref()?.summary();
        Some(TrainedOn { first_day: *first_day, last_day: *last_day, counties: *counties, rows: *origins })
    }

    fn save(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.model.as_ref()?.save(&mut bytes).ok()?;
        Some(bytes)
    }

    fn load(&self, model: &[u8]) -> Result<Arc<dyn Engine>, EngineError> {
        let model = Model::load(model).map_err(|error| EngineError::Refused(error.to_string()))?;
        if model.summary().settings != self.settings {
            return Err(EngineError::Refused("the model was trained with other settings".to_owned()));
        }
        Ok(Arc::new(Self::with_model(Arc::new(model), &self.epidemiology)))
    }
}
