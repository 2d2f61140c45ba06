//! The engines, by name: whoever adds one adds it here.

use std::sync::Arc;

use countycast_abm::Abm;
use countycast_curve::Curve;
use countycast_engine::{Engine, Epidemiology};
use countycast_learner::Learner;
use countycast_reference::{Flat, Trend};
use countycast_seir::Seir;
use serde::Deserialize;

use crate::error::Error;

/// Settings of every engine that has any: one table each under `[engines]` in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineSettings {
    /// The damped trend.
    pub trend: countycast_reference::Settings,
    /// Generalized-Gaussian curves.
    pub curve: countycast_curve::Settings,
    /// Gradient boosting over all places.
    pub learner: countycast_learner::Settings,
    /// The compartmental model.
    pub seir: countycast_seir::Settings,
    /// People, one by one.
    pub abm: countycast_abm::Settings,
}

impl EngineSettings {
    /// Every resident is simulated, none stands for several.
    pub fn full_scale(&mut self) {
        self.abm.most_people = countycast_abm::Population::MOST;
    }
}

/// Makes an engine from its settings and the checked facts of the disease, or says which setting is out of range.
type Make = fn(&EngineSettings, &Epidemiology) -> Result<Arc<dyn Engine>, String>;

/// Name and maker of every engine, in the order of the output.
const ENGINES: [(&str, Make); 6] = [
    ("flat", |_, _| Ok(Arc::new(Flat))),
    ("trend", |settings, facts| Ok(Arc::new(Trend::new(settings.trend, facts).map_err(|e| e.to_string())?))),
    ("curve", |settings, facts| Ok(Arc::new(Curve::new(settings.curve.clone(), facts).map_err(|e| e.to_string())?))),
    ("learner", |settings, facts| {
        Ok(Arc::new(Learner::new(settings.learner.clone(), facts).map_err(|e| e.to_string())?))
    }),
    ("seir", |settings, facts| Ok(Arc::new(Seir::new(settings.seir, facts).map_err(|e| e.to_string())?))),
    ("abm", |settings, facts| Ok(Arc::new(Abm::new(settings.abm.clone(), facts).map_err(|e| e.to_string())?))),
];

/// Engines of a run that names none. The agent-based one is left to who asks for it: it takes as long as all others and has
/// not made the blend better.
pub const DEFAULT: [&str; 5] = ["flat", "trend", "curve", "learner", "seir"];

/// Engines that answer to every measure of a scenario through their own mechanisms.
const MECHANISTIC: [&str; 2] = ["seir", "abm"];

/// The reference that runs in every county, so that every projection can be held against it.
pub(super) const REFERENCE: &str = "flat";

/// Names of all engines.
#[must_use]
pub fn names() -> Vec<&'static str> {
    ENGINES.iter().map(|(name, _)| *name).collect()
}

/// Whether an engine answers to every measure of a scenario through its own mechanisms.
#[must_use]
pub fn is_mechanistic(name: &str) -> bool {
    MECHANISTIC.contains(&name)
}

/// Makes the wanted engines; `epidemiology` has been checked before.
///
/// # Errors
/// [`Error::Request`] for a name that no engine has, a name given twice, or settings out of range.
pub fn engines(
    settings: &EngineSettings,
    epidemiology: &Epidemiology,
    wanted: &[String],
) -> Result<Vec<Arc<dyn Engine>>, Error> {
    let known = || format!("known engines: {}", names().join(", "));
    if wanted.is_empty() {
        return Err(Error::Request { message: "no engine is wanted".to_owned(), remedy: known() });
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
