//! An engine written in Python.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use countycast::pipeline;
use countycast_engine::{Draws, Engine, EngineError, Fitted, History, Horizon, Scenario, Target};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::failure::request;

/// Names of engines, which the library keeps as long as the process runs.
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The random streams of an engine in a place.
#[pyclass(frozen, module = "countycast")]
pub(crate) struct Streams(countycast_engine::Streams);

#[pymethods]
impl Streams {
    /// Two numbers of 64 bits by which a generator for a purpose, in a draw, is seeded.
    fn seed(&self, purpose: &str, draw: usize) -> (u64, u64) {
        let mut numbers = self.0.rng(purpose, draw);
        (numbers.next_u64(), numbers.next_u64())
    }
}

/// An object with the methods `_fit(history, streams)` and `_draw(state, history, horizon, draws, streams)`.
struct PythonEngine {
    name: &'static str,
    object: Arc<Py<PyAny>>,
}

struct PythonFit {
    object: Arc<Py<PyAny>>,
    state: Py<PyAny>,
}

/// Takes an engine from Python.
pub(crate) fn of_python(object: &Bound<'_, PyAny>) -> PyResult<Arc<dyn Engine>> {
    let name: String = object.getattr("name")?.extract()?;
    let known = pipeline::names();
    if known.contains(&name.as_str()) || ["blend", "fallback", "ensemble", ""].contains(&name.as_str()) {
        let remedy = "give the class another `name`";
        return Err(request(object.py(), &format!("an engine of your own cannot be called `{name}`"), remedy));
    }
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let name = names.get(name.as_str()).copied().unwrap_or_else(|| name.leak());
    names.insert(name);
    Ok(Arc::new(PythonEngine { name, object: Arc::new(object.clone().unbind()) }))
}

impl Engine for PythonEngine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn fit(&self, history: &History, streams: &countycast_engine::Streams) -> Result<Box<dyn Fitted>, EngineError> {
        let state = Python::attach(|py| {
            let made = of_history(py, history)
                .and_then(|history| self.object.call_method1(py, "_fit", (history, Streams(*streams))));
            made.map_err(|error| refused(py, &error))
        })?;
        Ok(Box::new(PythonFit { object: Arc::clone(&self.object), state }))
    }
}

impl Fitted for PythonFit {
    fn draw(
        &self,
        _: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &countycast_engine::Streams,
    ) -> Result<Draws, EngineError> {
        let (cases, deaths) = Python::attach(|py| {
            let arguments = (self.state.bind(py), horizon.days(), draws, Streams(*streams));
            let made = self.object.call_method1(py, "_draw", arguments);
            let made = made.and_then(|made| made.extract::<(Vec<u8>, Option<Vec<u8>>)>(py));
            made.map_err(|error| refused(py, &error))
        })?;
        let made = Draws::new(draws, horizon.days())?.with(Target::Cases, numbers(&cases))?;
        Ok(match deaths {
            Some(deaths) => made.with(Target::Deaths, numbers(&deaths))?,
            None => made,
        })
    }
}

/// Little-endian numbers of four bytes.
fn numbers(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// An exception as the reason for which the engine is left out of a place.
fn refused(py: Python<'_>, error: &PyErr) -> EngineError {
    let kind = error.get_type(py).name().map_or_else(|_| "an exception".to_owned(), |name| name.to_string());
    EngineError::Refused(format!("{kind}: {}", error.value(py)))
}

/// A place's history: arrays as bytes of little-endian numbers of eight bytes.
fn of_history<'py>(py: Python<'py>, history: &History) -> PyResult<Bound<'py, PyDict>> {
    let array =
        |values: &[f64]| PyBytes::new(py, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>());
    let made = PyDict::new(py);
    made.set_item("fips", history.location().fips.to_string())?;
    made.set_item("name", &history.location().name)?;
    made.set_item("population", history.location().population)?;
    made.set_item("first_day", history.first_day().to_string())?;
    made.set_item("cases", array(history.cases().cleaned()))?;
    made.set_item("deaths", array(history.deaths().cleaned()))?;
    made.set_item("cases_reported", array(history.cases().reported()))?;
    made.set_item("deaths_reported", array(history.deaths().reported()))?;
    made.set_item("region_cases", history.region().map(|region| array(region.cases.cleaned())))?;
    Ok(made)
}
