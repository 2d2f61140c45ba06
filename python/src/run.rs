//! A projection held in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast::blend::coupled;
use countycast::error::Error;
use countycast::output::counties::{self, CountyRow};
use countycast::output::hub;
use countycast::output::projections::{self, LocationForecasts, Totals};
use countycast::panel;
use countycast::pipeline::{Batch, Failure, Monitor, Plan, Selection};
use countycast::project::{ThreadPool, threads as pool};
use countycast::scores::quantiles::Forecast;
use countycast_engine::{Draws, Fips, Target};
use polars::prelude::{ChunkCompareEq, DataFrame, PolarsResult};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arrow::Table;
use crate::failure::{exception, internal, request};
use crate::panel::Panel;
use crate::settings::Settings;
use crate::trained::Trained;
use crate::watch::watched;

/// What is kept of a place's projection.
struct Location {
    fips: Fips,
    members: Vec<(&'static str, Forecast)>,
    blend: Option<Forecast>,
    failures: Vec<Failure>,
}

/// A projection of the places of a panel.
#[pyclass(frozen, module = "countycast")]
pub(crate) struct Run {
    panel: Arc<panel::Panel>,
    /// With trained engines, for draws.
    plan: Plan,
    engines: Vec<&'static str>,
    hub_path: String,
    locations: Vec<Location>,
    rows: Vec<CountyRow>,
    /// The blends of the states and the nation, whether they were asked for or not.
    regions: Vec<(Fips, Option<Forecast>)>,
}

/// Projects places of a panel: the stages of `countycast project`, without files.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package's function names them")]
pub(crate) fn project(
    py: Python<'_>,
    panel: &Bound<'_, Panel>,
    engines: Vec<String>,
    own_engines: Vec<Bound<'_, PyAny>>,
    states: Vec<String>,
    fips: Vec<String>,
    settings: Settings,
    threads: Option<i64>,
    progress: &Bound<'_, PyAny>,
) -> PyResult<Run> {
    let mut trained = Trained::untrained(py, panel, engines, &own_engines, &settings, threads)?;
    let panel = Arc::clone(&trained.panel);
    // A place that is not there is told before training begins.
    let selection = Selection::parse(&panel, &states, &fips).map_err(|error| exception(py, &error))?;
    let (run, plan) = watched(py, progress, |monitor| {
        let pool = pool(trained.plan.jobs)?;
        let mut batch = pool.install(|| Batch::new(&panel, trained.plan.clone(), selection));
        batch.train(monitor, |_| {})?;
        let found = Found::of(&pool, &batch, &panel, &BTreeMap::new(), monitor)?;
        Ok((found, Plan { engines: batch.engines().to_vec(), ..trained.plan.clone() }))
    })?;
    trained.plan = plan;
    Ok(run.with(&trained))
}

/// What projected places leave behind.
#[derive(Default)]
pub(crate) struct Found {
    locations: Vec<Location>,
    rows: Vec<CountyRow>,
    regions: Vec<(Fips, Option<Forecast>)>,
}

impl Found {
    /// Projects the places of a batch. Regions in `done` are left out; their blends are given.
    pub(crate) fn of(
        pool: &ThreadPool,
        batch: &Batch<'_>,
        panel: &panel::Panel,
        done: &BTreeMap<Fips, Option<Forecast>>,
        monitor: &dyn Monitor,
    ) -> Result<Self, Error> {
        let mut found = Self::default();
        pool.install(|| {
            batch.run(done, monitor, |group| {
                found.regions.push((group.region, group.forecast));
                for result in group.results {
                    found.rows.extend(panel.place(result.fips).map(|place| CountyRow::new(place, &result)));
                    let (fips, members) = (result.fips, result.members);
                    let location = Location { fips, members, blend: result.blend, failures: result.failures };
                    found.locations.push(location);
                }
                Ok(())
            })
        })?;
        found.rows.sort_by_key(|row| row.fips);
        Ok(found)
    }

    /// The run of these places.
    pub(crate) fn with(self, trained: &Trained) -> Run {
        let Self { locations, rows, regions } = self;
        Run {
            panel: Arc::clone(&trained.panel),
            plan: Plan { joint: true, ..trained.plan.clone() },
            engines: trained.names.clone(),
            hub_path: trained.hub_path.clone(),
            locations,
            rows,
            regions,
        }
    }
}

#[pymethods]
impl Run {
    /// The last day of data, as text.
    #[getter]
    fn as_of(&self) -> String {
        self.panel.as_of().to_string()
    }

    /// Days projected.
    #[getter]
    fn horizon(&self) -> usize {
        self.plan.horizon.days()
    }

    /// The engines asked for.
    #[getter]
    fn engines(&self) -> Vec<&'static str> {
        self.engines.clone()
    }

    /// Codes of the places projected, in the order of the files.
    #[getter]
    fn fips(&self) -> Vec<String> {
        self.locations.iter().map(|location| location.fips.to_string()).collect()
    }

    /// The rows of `projections.parquet`, those of some places if they are named; where `equal` names a column, those that have its
    /// value.
    fn quantiles(&self, py: Python<'_>, fips: Option<Vec<String>>, equal: Vec<(String, String)>) -> PyResult<Table> {
        let wanted = match fips {
            None => self.locations.iter().collect(),
            Some(codes) => codes.iter().map(|code| self.location(py, code)).collect::<PyResult<Vec<_>>>()?,
        };
        let (as_of, panel) = (self.panel.as_of(), &self.panel);
        let made = py.detach(|| {
            let named: Vec<_> = wanted.iter().map(|location| (*location, location.named())).collect();
            let forecasts = named.iter().map(|(location, members)| location.forecasts(panel, members));
            equal
                .iter()
                .try_fold(projections::frame(as_of, forecasts)?, |frame, (column, value)| only(frame, column, value))
        });
        Table::new(py, made)
    }

    /// The rows of `counties.parquet`.
    fn counties(&self, py: Python<'_>) -> PyResult<Table> {
        Table::new(py, py.detach(|| counties::frame(&self.rows, &self.engines)))
    }

    /// Engines that failed in a place: fips, engine, kind, reason.
    fn failures(&self) -> Vec<(String, &'static str, &'static str, &str)> {
        let rows = self.locations.iter().flat_map(|location| location.failures.iter().map(move |f| (location, f)));
        rows.map(|(location, f)| (location.fips.to_string(), f.engine, f.kind, f.reason.as_str())).collect()
    }

    /// Path and text of the hub's file.
    fn hub(&self, py: Python<'_>) -> PyResult<(String, String)> {
        let text = py.detach(|| {
            let mut text = hub::HEADER.as_bytes().to_vec();
            for location in &self.locations {
                // A district's counts are those of several counties, and this one's own row stays at zero.
                let counted = self.panel.place(location.fips).is_none_or(|place| place.reported_in.is_none());
                if let Some(blend) = location.blend.as_ref().filter(|_| counted) {
                    hub::write(&mut text, self.panel.as_of(), location.fips, blend)?;
                }
            }
            String::from_utf8(text).map_err(std::io::Error::other)
        })?;
        Ok((self.hub_path.clone(), text))
    }

    /// The blends of the states that were projected, as bytes for [`Trained::nation`].
    fn regions(&self, py: Python<'_>) -> PyResult<Vec<(String, Vec<u8>)>> {
        let bytes = |(fips, blend): &(Fips, Option<Forecast>)| {
            let bytes = postcard::to_allocvec(blend).map_err(|error| internal(py, &error.to_string()))?;
            Ok((fips.to_string(), bytes))
        };
        self.regions.iter().map(bytes).collect()
    }

    /// Joint draws of a place behind the blend, with its weekly quantiles: their number, and a row of float32 a draw.
    fn draws<'py>(
        &self,
        py: Python<'py>,
        fips: &str,
        target: &str,
        progress: &Bound<'py, PyAny>,
    ) -> PyResult<(usize, Bound<'py, PyBytes>)> {
        let location = self.location(py, fips)?;
        let target: Target = target
            .parse()
            .map_err(|_| request(py, &format!("`{target}` has no joint draws"), "ask for `inc case` or `inc death`"))?;
        let selection = Selection::Places([location.fips].into());
        let (panel, plan) = (&self.panel, &self.plan);
        let mut found = None;
        watched(py, progress, |monitor| {
            let pool = pool(plan.jobs)?;
            pool.install(|| {
                Batch::new(panel, plan.clone(), selection).run(&BTreeMap::new(), monitor, |group| {
                    for result in group.results.into_iter().filter(|result| result.fips == location.fips) {
                        found = result.joint.map(|joint| joint.pooled.draws).zip(result.blend);
                    }
                    Ok(())
                })
            })
        })?;
        let (pooled, blend) =
            found.ok_or_else(|| request(py, &format!("no engine projected {fips}"), "see `failures()` of the run"))?;
        let draws = coupled(pooled, &blend).map_err(|error| internal(py, &error.to_string()))?;
        let bytes = bytes(&draws, target)
            .ok_or_else(|| request(py, &format!("no engine projects {target} of {fips}"), "name more engines"))?;
        Ok((draws.draws(), PyBytes::new(py, &bytes)))
    }
}

impl Run {
    fn location(&self, py: Python<'_>, code: &str) -> PyResult<&Location> {
        let found = self.locations.iter().find(|location| location.fips.to_string() == code);
        found.ok_or_else(|| {
            let remedy = "`run.fips` lists those there are; county codes have five digits";
            request(py, &format!("the run has no place `{code}`"), remedy)
        })
    }
}

impl Location {
    fn named(&self) -> Vec<(&str, &Forecast)> {
        self.members.iter().map(|(name, forecast)| (*name, forecast)).collect()
    }

    fn forecasts<'a>(&'a self, panel: &panel::Panel, members: &'a [(&'a str, &'a Forecast)]) -> LocationForecasts<'a> {
        let totals = panel.place(self.fips).map_or_else(Totals::default, Totals::of);
        LocationForecasts { fips: self.fips, members, blend: self.blend.as_ref(), totals }
    }
}

/// The rows that have a value in a column of text.
fn only(frame: DataFrame, column: &str, value: &str) -> PolarsResult<DataFrame> {
    let mask = frame.column(column)?.str()?.equal(value);
    frame.filter(&mask)
}

/// The trajectories of a target as little-endian numbers of four bytes.
fn bytes(draws: &Draws, target: Target) -> Option<Vec<u8>> {
    Some(draws.paths(target)?.flatten().flat_map(|value| value.to_le_bytes()).collect())
}
