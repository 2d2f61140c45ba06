//! Every setting of a run, from a TOML file over the defaults.

mod hub;

use std::ops::RangeInclusive;
use std::path::Path;

use countycast_engine::{Epidemiology, Horizon};
use serde::{Deserialize, Serialize};

pub use self::hub::Hub;
use crate::error::{Error, InputError};
use crate::pipeline::{DEFAULT_ENGINES, EngineSettings, WeeklySettings, engines, names, weekly_engines};
use crate::{blend, capacity, fallback, panel, phase};

/// The documented defaults, as `config/default.toml` ships them.
pub const DEFAULT_TOML: &str = include_str!("../config/default.toml");

/// Horizons of a run: at least a week, the unit of scoring, and at most the engines' limit.
pub const HORIZON_DAYS: RangeInclusive<usize> = 7..=Horizon::MAX_DAYS;

/// Time limit of an engine in a place simulated one to one: a day.
const FULL_SCALE_SECONDS: f64 = 86_400.0;

/// Settings of a run. An unknown key is an error; an omitted key has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Seed of all random streams.
    pub seed: u64,
    /// Days to project after the as-of day, 7 to 366.
    pub horizon_days: usize,
    /// Joint draws an engine makes in a location, 100 to 10,000. The 1 % and 99 % quantiles of weekly sums depend on
    /// the outermost hundredth of them.
    pub draws: usize,
    /// Engines that take part, by name.
    pub engine_names: Vec<String>,
    /// Time limit of an engine in a location, seconds, above 0. The slowest of the engines takes a few hundredths of a
    /// second.
    pub engine_seconds: f64,
    /// Time limit for training an engine on all places, seconds, above 0.
    pub training_seconds: f64,
    /// Age in days up to which a trained model in the lake is reused, 0 to 60; 0 trains in every run.
    pub model_days: u16,
    /// Reading and repair.
    pub panel: panel::Settings,
    /// Criteria for projecting a county from its own history.
    pub phase: phase::Settings,
    /// How the other counties follow their state.
    pub fallback: fallback::Settings,
    /// How engines are weighted.
    pub blend: blend::Settings,
    /// Facts of the disease that capacity and engines share.
    pub epidemiology: Epidemiology,
    /// Which beds are left for patients of the disease.
    pub capacity: capacity::Settings,
    /// How a hub names the model.
    pub hub: Hub,
    /// Settings of the engines.
    pub engines: EngineSettings,
    /// Engines for weekly signals.
    pub weekly: WeeklySettings,
    /// Whether every resident is simulated, see [`Config::full_scale`]; a command-line option, not a key of the file.
    #[serde(skip_deserializing)]
    pub every_resident: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 20_200_122,
            horizon_days: 28,
            draws: 300,
            engine_names: DEFAULT_ENGINES.map(str::to_owned).to_vec(),
            engine_seconds: 20.0,
            training_seconds: 900.0,
            model_days: 0,
            panel: panel::Settings::default(),
            phase: phase::Settings::default(),
            fallback: fallback::Settings::default(),
            blend: blend::Settings::default(),
            epidemiology: Epidemiology::default(),
            capacity: capacity::Settings::default(),
            hub: Hub::default(),
            engines: EngineSettings::default(),
            weekly: WeeklySettings::default(),
            every_resident: false,
        }
    }
}

impl Config {
    /// Reads a file of settings over the defaults.
    ///
    /// # Errors
    /// [`Error::Input`] with line and column for text that is not TOML, an unknown key (the known ones are listed), or
    /// a value of the wrong type or out of range.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(file).map_err(|source| Error::read(file, source))?;
        Self::parse(&text, file)
    }

    /// Reads settings from text that `file` holds.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, file: &Path) -> Result<Self, Error> {
        let remedy = "`config/default.toml` lists every setting with its meaning and range";
        let config: Self = toml::from_str(text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
            let line = before.matches('\n').count() as u64 + 1;
            let key = text.lines().nth(line as usize - 1).unwrap_or_default();
            let key = key.split('=').next().unwrap_or_default().trim().to_owned();
            InputError::new(file, error.message(), remedy).on_line(line).in_column(key)
        })?;
        config.check().map_err(|problem| InputError::new(file, problem, remedy))?;
        let all: Vec<String> = names().into_iter().map(str::to_owned).collect();
        for wanted in [&all, &config.engine_names] {
            if let Err(Error::Request { message, remedy }) = engines(&config.engines, &config.epidemiology, wanted) {
                return Err(InputError::new(file, message, remedy).into());
            }
        }
        if let Err(Error::Request { message, remedy }) = weekly_engines(&config.weekly) {
            return Err(InputError::new(file, message, remedy).into());
        }
        Ok(config)
    }

    /// Simulates every resident individually, with a time limit of a day, because long runs are expected here.
    pub fn full_scale(&mut self) {
        self.every_resident = true;
        self.engines.full_scale();
        self.engine_seconds = FULL_SCALE_SECONDS.max(self.engine_seconds);
    }

    /// Checks that every setting is in range.
    fn check(&self) -> Result<(), String> {
        if !HORIZON_DAYS.contains(&self.horizon_days) {
            return Err(format!("horizon_days = {}: must be 7 to 366", self.horizon_days));
        }
        if !(100..=10_000).contains(&self.draws) {
            return Err(format!("draws = {}: must be 100 to 10000", self.draws));
        }
        for (key, seconds) in [("engine_seconds", self.engine_seconds), ("training_seconds", self.training_seconds)] {
            if !(seconds > 0.0 && seconds <= 86_400.0) {
                return Err(format!("{key} = {seconds}: must be above 0 and at most 86400"));
            }
        }
        if self.model_days > 60 {
            return Err(format!("model_days = {}: must be 0 to 60", self.model_days));
        }
        self.panel.check()?;
        self.phase.check()?;
        self.fallback.check()?;
        self.blend.check()?;
        if let Some(engine) = self.blend.prior.engines().find(|engine| !names().contains(engine)) {
            return Err(format!("blend.prior.{engine}: no such engine; known: {}", names().join(", ")));
        }
        self.epidemiology.check().map_err(|error| format!("[epidemiology] {error}"))?;
        self.capacity.check()?;
        self.hub.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let error = Config::parse(text, Path::new("run.toml")).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    }

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        assert_eq!(Config::parse(DEFAULT_TOML, Path::new("default.toml")).unwrap(), Config::default());
    }

    #[test]
    fn full_scale_simulates_everyone_and_does_not_give_up_on_large_places() {
        let mut config = Config { engine_seconds: 5.0, ..Config::default() };
        config.full_scale();
        assert_eq!(config.engines.abm.most_people, 16_777_215);
        assert!(config.every_resident && config.engine_seconds > 3_600.0);
        assert!(engines(&config.engines, &config.epidemiology, &["abm".to_owned()]).is_ok());
        assert!(error("every_resident = true").contains("unknown field `every_resident`"));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_known_ones() {
        let found = error("seed = 1\n[phase]\nmin_dayz = 3\n");
        assert!(
            found.contains("run.toml, line 3") && found.contains("min_dayz") && found.contains("min_days"),
            "{found}"
        );
        let found = error("[engines.curve]\nbeta = 2\n");
        assert!(found.contains("line 2") && found.contains("unknown field `beta`"), "{found}");
    }

    #[test]
    fn a_value_out_of_its_range_is_named() {
        assert!(error("horizon_days = 3").contains("horizon_days = 3: must be 7 to 366"));
        assert!(error("draws = \"many\"").contains("line 1"));
    }
}
