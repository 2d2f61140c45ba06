//! What works on a folder of data and writes a folder of results: backtests and scenarios.

use std::fs::File;
use std::path::PathBuf;

use countycast::error::InputError;
use countycast::evaluate::{Request as Backtest, evaluate as score};
use countycast::panel::{self, guarded};
use countycast::what_if::{Request as Comparison, Scenarios, Setting, what_if as compare};
use polars::prelude::{ParquetReader, SerReader};
use pyo3::prelude::*;

use crate::arrow::Table;
use crate::failure::{exception, internal, request};
use crate::panel::{Panel, date};
use crate::settings::{Settings, jobs};
use crate::watch::watched;

/// Where a run on a folder reads and writes, and which places it is about.
#[derive(FromPyObject)]
pub(crate) struct Places {
    out: PathBuf,
    engines: Vec<String>,
    states: Vec<String>,
    fips: Vec<String>,
    jobs: Option<i64>,
}

impl Panel {
    fn of_folder(&self, py: Python<'_>) -> PyResult<&PathBuf> {
        self.folder.as_ref().ok_or_else(|| {
            let remedy = "read the panel from a folder with `Panel.read`";
            request(py, "this panel was made of tables, which have no files of past days and other facts", remedy)
        })
    }
}

/// Backtests; the summary as JSON.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package's function names them")]
pub(crate) fn evaluate(
    py: Python<'_>,
    panel: &Bound<'_, Panel>,
    since: &str,
    until: &str,
    every: u32,
    places: Places,
    settings: Settings,
    progress: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let mut config = settings.config(py)?;
    if !places.engines.is_empty() {
        config.engine_names.clone_from(&places.engines);
    }
    let day = |text| date(py, Some(text)).map(Option::unwrap_or_default);
    let request = Backtest {
        data: panel.get().of_folder(py)?.clone(),
        from: day(since)?,
        to: day(until)?,
        every,
        vintage: panel.get().vintage,
        out: places.out,
        learn: false,
        ablate: false,
        config,
        config_text: String::new(),
        states: places.states,
        fips: places.fips,
        jobs: jobs(py, places.jobs)?,
    };
    let done = watched(py, progress, |monitor| score(&request, monitor))?;
    serde_json::to_string(&done).map_err(|error| internal(py, &error.to_string()))
}

/// Compares scenarios with a baseline; remarks, notices and failures.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package's function names them")]
pub(crate) fn what_if(
    py: Python<'_>,
    panel: &Bound<'_, Panel>,
    scenarios: Vec<PathBuf>,
    set: Vec<String>,
    horizon: Option<usize>,
    places: Places,
    settings: Settings,
    progress: &Bound<'_, PyAny>,
) -> PyResult<(Vec<String>, Vec<String>, Vec<String>)> {
    if scenarios.is_empty() && set.is_empty() {
        return Err(request(py, "no scenario: give a scenario file or `set`", "try set={\"masks.strength\": 0.6}"));
    }
    let mut config = settings.config(py)?;
    if !places.engines.is_empty() {
        config.engine_names.clone_from(&places.engines);
    }
    let read = |file: &PathBuf| Scenarios::read(file).map_err(|error| exception(py, &error));
    let setting = |text: &String| {
        text.parse::<Setting>().map_err(|problem| request(py, &problem, "see `countycast what-if --list`"))
    };
    let request = Comparison {
        panel: panel::Request {
            data: panel.get().of_folder(py)?.clone(),
            as_of: Some(panel.get().panel.as_of()),
            vintage: panel.get().vintage,
        },
        scenarios: scenarios.iter().map(read).collect::<PyResult<_>>()?,
        settings: set.iter().map(setting).collect::<PyResult<_>>()?,
        states: places.states,
        fips: places.fips,
        horizon_days: horizon,
        lake: None,
        config,
        jobs: jobs(py, places.jobs)?,
        out: places.out,
    };
    let done = watched(py, progress, |monitor| compare(&request, monitor))?;
    Ok((done.remarks(), done.notices, done.failures))
}

/// Reads a Parquet file of a run.
#[pyfunction]
pub(crate) fn read_table(py: Python<'_>, path: PathBuf) -> PyResult<Table> {
    let remedy = "run it again";
    let unreadable = |problem: String| exception(py, &InputError::new(path.clone(), problem, remedy).into());
    let file = File::open(&path).map_err(|error| unreadable(error.to_string()))?;
    let made = py.detach(|| guarded(&path, || Ok::<_, countycast::error::Error>(ParquetReader::new(file).finish())));
    let read = made.map_err(|error| exception(py, &error))?.map_err(|error| unreadable(error.to_string()))?;
    Table::new(py, Ok(read))
}
