//! The engine as the program sees it.

use std::sync::Arc;

use countycast_engine::{
    Engine, EngineError, Epidemiology, Fitted, History, Immunity, Places, Streams, Surroundings, TrainedOn,
};

use crate::draw::{Outlook, Projection};
use crate::model::{Model, TrainingSummary};
use crate::rows::Kind;
use crate::settings::Settings;
use crate::subject::Subject;
use countycast_engine::SettingsError;

/// The learner: see the [crate's front page](crate).
#[derive(Debug, Clone)]
pub struct Learner {
    settings: Settings,
    epidemiology: Epidemiology,
    model: Option<Arc<Model>>,
    surroundings: Option<Arc<Surroundings>>,
}

impl Learner {
    /// A learner that has yet to learn; `epidemiology`, checked before, tells how it answers scenarios.
    ///
    /// # Errors
    /// [`SettingsError`] with the first setting outside of its range.
    pub fn new(settings: Settings, epidemiology: &Epidemiology) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self { settings, epidemiology: *epidemiology, model: None, surroundings: None })
    }

    /// A learner with a model of an earlier run: [`Engine::train`] only shows it the places of today.
    #[must_use]
    pub fn with_model(model: Arc<Model>, epidemiology: &Epidemiology) -> Self {
        Self {
            settings: model.summary().settings.clone(),
            epidemiology: *epidemiology,
            model: Some(model),
            surroundings: None,
        }
    }

    /// The model, where there is one.
    #[must_use]
    pub fn model(&self) -> Option<&Arc<Model>> {
        self.model.as_ref()
    }

    /// Learns from all places; what [`Engine::train`] does, with the learner itself in hand.
    ///
    /// # Errors
    /// [`EngineError::Refused`] where histories are too short or hold too little to learn from.
    pub fn trained(&self, places: &Places, seed: u64) -> Result<Self, EngineError> {
        let Some(surroundings) = Surroundings::of(places) else {
            return Err(EngineError::Refused("there is no place to learn from".to_owned()));
        };
        let model = match &self.model {
            Some(model) => Arc::clone(model),
            None => Arc::new(Model::train(places, &surroundings, &self.settings, seed)?),
        };
        Ok(Self { model: Some(model), surroundings: Some(Arc::new(surroundings)), ..self.clone() })
    }
}

impl Engine for Learner {
    fn name(&self) -> &'static str {
        "learner"
    }

    fn fit(&self, history: &History, _: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        let (Some(model), Some(surroundings)) = (&self.model, &self.surroundings) else {
            return Err(EngineError::Refused("the learner has not been trained on the panel".to_owned()));
        };
        let subject = Subject::new(history, surroundings, &self.settings.without);
        let seen = history.days();
        let outlook = |kind, of| Outlook::new(kind, of, &subject, seen, &self.settings);
        let reportable = |residents| Immunity::of(history).reportable(residents, history.cases().total());
        let left = history.location().population.map_or(f64::INFINITY, reportable);
        Ok(Box::new(Projection {
            settings: self.settings.clone(),
            epidemiology: self.epidemiology,
            as_of: history.as_of(),
            cases: outlook(Kind::Cases, &model.cases),
            deaths: outlook(Kind::Deaths, &model.deaths),
            case_weekday: *history.cases().weekday(),
            death_weekday: *history.deaths().weekday(),
            left,
        }))
    }

    fn train(&self, places: &Places, seed: u64) -> Result<Option<Arc<dyn Engine>>, EngineError> {
        Ok(Some(Arc::new(self.trained(places, seed)?)))
    }
    fn trained_on(&self) -> Option<TrainedOn> {
        let TrainingSummary { first_day, last_day, counties, rows, .. } = self.model.as_ref()?.summary();
        Some(TrainedOn { first_day: *first_day, last_day: *last_day, counties: *counties, rows: *rows })
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
