//! Settings of a run, from what Python gives.

use std::path::{Path, PathBuf};

use countycast::config::Config;
use pyo3::prelude::*;

use crate::failure::{exception, request};

/// Settings: a file, or a document (JSON, with the keys of `config/default.toml`), or the defaults; and what replaces single ones.
#[derive(FromPyObject)]
pub(crate) struct Settings {
    file: Option<PathBuf>,
    document: Option<String>,
    seed: Option<u64>,
    horizon: Option<usize>,
}

impl Settings {
    pub(crate) fn config(&self, py: Python<'_>) -> PyResult<Config> {
        let mut config = match (&self.file, &self.document) {
            (Some(file), _) => Config::read(file).map_err(|error| exception(py, &error))?,
            (None, Some(document)) => parse(py, document)?,
            (None, None) => Config::default(),
        };
        config.seed = self.seed.unwrap_or(config.seed);
        config.horizon_days = self.horizon.unwrap_or(config.horizon_days);
        Ok(config)
    }
}

fn parse(py: Python<'_>, document: &str) -> PyResult<Config> {
    let refuse = |problem: String| request(py, &format!("config: {problem}"), "give the keys of config/default.toml");
    let value: serde_json::Value = serde_json::from_str(document).map_err(|error| refuse(error.to_string()))?;
    let text = toml::to_string(&value).map_err(|error| refuse(error.to_string()))?;
    Config::parse(&text, Path::new("config")).map_err(|error| exception(py, &error))
}

/// Threads: the number asked for, or all cores.
pub(crate) fn jobs(py: Python<'_>, wanted: Option<i64>) -> PyResult<usize> {
    match wanted {
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
        Some(jobs) => usize::try_from(jobs)
            .ok()
            .filter(|jobs| (1..=1_024).contains(jobs))
            .ok_or_else(|| request(py, &format!("jobs = {jobs}: must be 1 to 1024"), "leave it out to use all cores")),
    }
}
