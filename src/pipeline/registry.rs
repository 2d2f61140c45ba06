//! The registry of engines: a new engine is added here.

use std::sync::Arc;

use countycast_abm::Abm;
use countycast_curve::Curve;
use countycast_deepar::DeepAr;
use countycast_engine::weekly::WeeklyEngine;
use countycast_engine::{Engine, Epidemiology};
pub use countycast_learner::FeatureGroup;
use countycast_learner::Learner;
use countycast_reference::{Flat, Trend};
use countycast_seir::Seir;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Settings of every configurable engine: one table each under `[engines]` in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineSettings {
    /// The damped trend.
    pub trend: countycast_reference::Settings,
    /// Generalized-Gaussian curves.
    pub curve: countycast_curve::Settings,
    /// Gradient boosting over all places.
    pub learner: countycast_learner::Settings,
    /// The recurrent network over all places.
    pub deepar: countycast_deepar::Settings,
    /// The compartmental model.
    pub seir: countycast_seir::Settings,
    /// The agent-based model.
    pub abm: countycast_abm::Settings,
}

impl EngineSettings {
    /// Simulates every resident, without scaling.
    pub fn full_scale(&mut self) {
        self.abm.most_people = countycast_abm::Population::MOST;
    }
}

/// Makes an engine from its settings and the checked facts of the disease, or says which setting is out of range.
type Make = fn(&EngineSettings, &Epidemiology) -> Result<Arc<dyn Engine>, String>;

/// Name and maker of every engine, in the order of the output.
const ENGINES: [(&str, Make); 7] = [
    ("flat", |_, _| Ok(Arc::new(Flat))),
    ("trend", |settings, facts| Ok(Arc::new(Trend::new(settings.trend, facts).map_err(|e| e.to_string())?))),
    ("curve", |settings, facts| Ok(Arc::new(Curve::new(settings.curve.clone(), facts).map_err(|e| e.to_string())?))),
    ("learner", |settings, facts| {
        Ok(Arc::new(Learner::new(settings.learner.clone(), facts).map_err(|e| e.to_string())?))
    }),
    ("deepar", |settings, facts| Ok(Arc::new(DeepAr::new(settings.deepar.clone(), facts).map_err(|e| e.to_string())?))),
    ("seir", |settings, facts| Ok(Arc::new(Seir::new(settings.seir, facts).map_err(|e| e.to_string())?))),
    ("abm", |settings, facts| Ok(Arc::new(Abm::new(settings.abm.clone(), facts).map_err(|e| e.to_string())?))),
];

/// Default engines. The agent-based one runs on request: it takes as long as all others together and has not improved
/// the blend.
pub const DEFAULT: [&str; 5] = ["flat", "trend", "curve", "learner", "seir"];

/// Mechanistic engines: they simulate every measure of a scenario.
const MECHANISTIC: [&str; 2] = ["seir", "abm"];

/// The reference engine, which runs in every county for comparison.
pub(super) const REFERENCE: &str = "flat";

/// Names of all engines.
#[must_use]
pub fn names() -> Vec<&'static str> {
    ENGINES.iter().map(|(name, _)| *name).collect()
}

/// Whether an engine is mechanistic: it simulates every measure of a scenario.
#[must_use]
pub fn is_mechanistic(name: &str) -> bool {
    MECHANISTIC.contains(&name)
}

/// Makes the wanted engines; `epidemiology` has been checked before.
///
/// # Errors
/// [`Error::Request`] for an unknown engine, a name given twice, or settings out of range.
pub fn engines(
    settings: &EngineSettings,
    epidemiology: &Epidemiology,
    wanted: &[String],
) -> Result<Vec<Arc<dyn Engine>>, Error> {
    let known = || format!("known engines: {}", names().join(", "));
    if wanted.is_empty() {
        return Err(Error::Request { message: "no engine is requested".to_owned(), remedy: known() });
    }
    for (i, name) in wanted.iter().enumerate() {
        let problem = if !names().contains(&name.as_str()) {
            "no such engine"
        } else if wanted[..i].contains(name) {
            "named twice"
        } else {
            continue;
        };
        return Err(Error::Request { message: format!("engine `{name}`: {problem}"), remedy: known() });
    }
    let make = |(name, make): &(&str, Make)| {
        make(settings, epidemiology).map_err(|message| Error::Request {
            message: format!("[engines.{name}] {message}"),
            remedy: "`config/default.toml` lists every setting with its range".to_owned(),
        })
    };
    ENGINES.iter().filter(|(name, _)| wanted.iter().any(|w| w == name)).map(make).collect()
}

/// Settings of engines that forecast weekly signals: the table `[weekly]` of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeeklySettings {
    /// Engines that take part, by name.
    pub engine_names: Vec<String>,
    /// Gradient boosting over all signals and areas.
    pub pooled: countycast_learner::weekly::Settings,
}

impl Default for WeeklySettings {
    fn default() -> Self {
        Self { engine_names: vec!["pooled".to_owned()], pooled: countycast_learner::weekly::Settings::default() }
    }
}

/// Makes an engine for weekly signals from its settings, or says which setting is out of range.
type MakeWeekly = fn(&WeeklySettings) -> Result<Box<dyn WeeklyEngine>, String>;

/// Name and maker of every engine for weekly signals, in the order of the output.
const WEEKLY: [(&str, MakeWeekly); 4] = [
    ("autoregression", |settings| {
        let engine = countycast_learner::weekly::Autoregression::new(settings.pooled.clone());
        Ok(Box::new(engine.map_err(|error| error.to_string())?))
    }),
    ("flat", |_| Ok(Box::new(countycast_reference::weekly::Flat))),
    ("climatology", |_| Ok(Box::new(countycast_reference::weekly::Climatology))),
    ("pooled", |settings| {
        Ok(Box::new(countycast_learner::weekly::Pooled::new(settings.pooled.clone()).map_err(|e| e.to_string())?))
    }),
];

/// Makes the engines for weekly signals that the settings name.
///
/// # Errors
/// [`Error::Request`] for an unknown engine, none at all, or settings out of range.
pub fn weekly_engines(settings: &WeeklySettings) -> Result<Vec<Box<dyn WeeklyEngine>>, Error> {
    let known = WEEKLY.map(|(name, _)| name).join(", ");
    let refuse = |message: String| Error::Request { message, remedy: format!("known engines: {known}") };
    let unknown = settings.engine_names.iter().find(|name| !WEEKLY.iter().any(|(known, _)| known == name));
    if let Some(name) = unknown {
        return Err(refuse(format!("[weekly] engine_names: no engine `{name}` forecasts weekly signals")));
    }
    if settings.engine_names.is_empty() {
        return Err(refuse("[weekly] engine_names: no engine is requested".to_owned()));
    }
    let wanted = |(name, _): &&(&str, MakeWeekly)| settings.engine_names.iter().any(|wanted| wanted == name);
    let make = |(name, make): &(&str, MakeWeekly)| {
        make(settings).map_err(|problem| refuse(format!("[weekly.{name}] {problem}")))
    };
    WEEKLY.iter().filter(wanted).map(make).collect()
}
