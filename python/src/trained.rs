//! Trained engines: trained once, sent to other processes, and used there for some states each.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast::config::Config;
use countycast::panel;
use countycast::pipeline::{Batch, Plan, Selection};
use countycast::project::{plan, threads as pool};
use countycast::scores::quantiles::Forecast;
use countycast_engine::{Engine, Fips};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::engine::of_python;
use crate::failure::{exception, internal, request};
use crate::panel::Panel;
use crate::run::{Found, Run};
use crate::settings::{Settings, jobs};
use crate::watch::watched;

/// A panel with a plan, whose engines are trained on it.
#[pyclass(frozen, module = "countycast")]
pub(crate) struct Trained {
    pub(crate) panel: Arc<panel::Panel>,
    pub(crate) plan: Plan,
    /// The engines asked for.
    pub(crate) names: Vec<&'static str>,
    pub(crate) hub_path: String,
}

/// Trains engines on a panel.
#[pyfunction]
pub(crate) fn train(
    py: Python<'_>,
    panel: &Bound<'_, Panel>,
    engines: Vec<String>,
    own_engines: Vec<Bound<'_, PyAny>>,
    settings: Settings,
    threads: Option<i64>,
    progress: &Bound<'_, PyAny>,
) -> PyResult<Trained> {
    Trained::untrained(py, panel, engines, &own_engines, &settings, threads)?.trained(py, progress)
}

/// The engines with models of another process, trained on the same panel; one without a model is as it is made.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "those of `train`, and the models")]
pub(crate) fn recall(
    py: Python<'_>,
    panel: &Bound<'_, Panel>,
    engines: Vec<String>,
    own_engines: Vec<Bound<'_, PyAny>>,
    models: BTreeMap<String, Vec<u8>>,
    settings: Settings,
    threads: Option<i64>,
    progress: &Bound<'_, PyAny>,
) -> PyResult<Trained> {
    let mut made = Trained::untrained(py, panel, engines, &own_engines, &settings, threads)?;
    for engine in &mut made.plan.engines {
        if let Some(model) = models.get(engine.name()) {
            let remedy = "use the same version of countycast and the same settings in both processes";
            *engine =
                engine.load(model).map_err(|error| request(py, &format!("{}: {error}", engine.name()), remedy))?;
        }
    }
    // With a model, training only passes the places.
    made.trained(py, progress)
}

impl Trained {
    /// The plan of a request, before training.
    pub(crate) fn untrained(
        py: Python<'_>,
        panel: &Bound<'_, Panel>,
        engines: Vec<String>,
        own_engines: &[Bound<'_, PyAny>],
        settings: &Settings,
        threads: Option<i64>,
    ) -> PyResult<Self> {
        let (mut config, jobs) = (settings.config(py)?, jobs(py, threads)?);
        let own: Vec<Arc<dyn Engine>> = own_engines.iter().map(of_python).collect::<PyResult<_>>()?;
        let only_own = engines.is_empty() && !own.is_empty();
        if only_own {
            // A plan has an engine of the registry; this one is taken out again.
            config.engine_names = vec!["flat".to_owned()];
        } else if !engines.is_empty() {
            config.engine_names = engines;
        }
        let mut plan = plan(&config, jobs).map_err(|error| exception(py, &error))?;
        if only_own {
            plan.engines.clear();
        }
        plan.engines.extend(own);
        Ok(Self::new(&panel.get().panel, plan, &config))
    }

    fn new(panel: &Arc<panel::Panel>, plan: Plan, config: &Config) -> Self {
        let names = plan.engines.iter().map(|engine| engine.name()).collect();
        Self { panel: Arc::clone(panel), plan, names, hub_path: config.hub.path(panel.as_of()) }
    }

    fn trained(mut self, py: Python<'_>, progress: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (panel, plan) = (&self.panel, self.plan.clone());
        self.plan.engines = watched(py, progress, |monitor| {
            let pool = pool(plan.jobs)?;
            let mut batch = pool.install(|| Batch::new(panel, plan, Selection::All));
            batch.train(monitor, |_| {})?;
            Ok(batch.engines().to_vec())
        })?;
        Ok(self)
    }

    fn run(
        &self,
        py: Python<'_>,
        selection: Selection,
        done: &BTreeMap<Fips, Option<Forecast>>,
        progress: &Bound<'_, PyAny>,
    ) -> PyResult<Run> {
        let found = watched(py, progress, |monitor| {
            let pool = pool(self.plan.jobs)?;
            let batch = pool.install(|| Batch::new(&self.panel, self.plan.clone(), selection));
            Found::of(&pool, &batch, &self.panel, done, monitor)
        })?;
        Ok(found.with(self))
    }
}

#[pymethods]
impl Trained {
    /// Names of the engines whose training succeeded, each with its model, if it has one that can be sent.
    fn models<'py>(&self, py: Python<'py>) -> Vec<(&'static str, Option<Bound<'py, PyBytes>>)> {
        let model = |engine: &Arc<dyn Engine>| (engine.name(), engine.save().map(|model| PyBytes::new(py, &model)));
        self.plan.engines.iter().map(model).collect()
    }

    /// Projects states with their counties.
    fn project(&self, py: Python<'_>, states: Vec<String>, progress: &Bound<'_, PyAny>) -> PyResult<Run> {
        let selection = Selection::parse(&self.panel, &states, &[]).map_err(|error| exception(py, &error))?;
        self.run(py, selection, &BTreeMap::new(), progress)
    }

    /// Projects the nation, which is the sum of its states: their blends are given, as [`Run::regions`] tells them.
    fn nation(&self, py: Python<'_>, regions: BTreeMap<String, Vec<u8>>, progress: &Bound<'_, PyAny>) -> PyResult<Run> {
        let blend = |(code, bytes): (String, Vec<u8>)| {
            let fips =
                code.parse().map_err(|_| request(py, &format!("`{code}` is not a state"), "give states' codes"))?;
            let blend = postcard::from_bytes(&bytes);
            Ok((fips, blend.map_err(|error| internal(py, &format!("the blend of {code} is damaged: {error}")))?))
        };
        let done: BTreeMap<Fips, Option<Forecast>> = regions.into_iter().map(blend).collect::<PyResult<_>>()?;
        self.run(py, Selection::Places([Fips::US].into()), &done, progress)
    }
}
