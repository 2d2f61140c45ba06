//! One day from the panel to its files.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::ThreadPool;

use super::cache::Cache;
use super::files::{self, Files, Rest};
use super::lessons::{Lessons, Made};
use super::manifest::{identity, manifest};
use super::models::{self, Recalled};
use super::part::{self, Part};
use super::{Done, Request, care, plan, threads};
use crate::capacity::{Bed, Catchments};
use crate::error::Error;
use crate::identity::{Identity, digest};
use crate::output::capacity::CapacityRow;
use crate::output::counties::CountyRow;
use crate::output::run::{self, Manifest, Stopwatch};
use crate::output::{self, Staging, counties};
use crate::panel::{Panel, Sources};
use crate::pipeline::{Batch, Monitor, Plan, Selection};
use crate::scores::Run;

/// Where weekly forecasts are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forecasts {
    /// Only in the files.
    Written,
    /// Also in memory, to be scored or kept.
    Scored,
}

/// A day ready to be projected: a request and its panel.
pub(crate) struct Day<'a> {
    request: &'a Request,
    threads: ThreadPool,
    panel: Panel,
    plan: Plan,
    selection: Selection,
    watch: Stopwatch,
}

impl<'a> Day<'a> {
    /// Takes the day's panel from the sources, and checks the request against it.
    pub(crate) fn read(sources: &Sources, request: &'a Request, monitor: &dyn Monitor) -> Result<Self, Error> {
        let mut watch = Stopwatch::default();
        let threads = threads(request.jobs)?;
        monitor.begin("read", 0);
        let panel = threads.install(|| sources.as_of(request.panel.as_of, request.panel.vintage))?;
        let plan = plan(&request.config, request.jobs)?;
        let selection = Selection::parse(&panel, &request.states, &request.fips)?;
        watch.lap("read");
        Ok(Self { request, threads, panel, plan, selection, watch })
    }

    pub(super) fn request(&self) -> &'a Request {
        self.request
    }

    pub(super) fn panel(&self) -> &Panel {
        &self.panel
    }

    /// Identity of the result, apart from the contents of a lake.
    pub(crate) fn identity(&self) -> Identity {
        identity(self.request, &self.panel)
    }

    /// Projects the day into its reserved folder, with the lessons from a lake, if there is one.
    pub(super) fn project(
        self,
        staging: Staging,
        lessons: Option<Lessons>,
        wanted: Forecasts,
        monitor: &dyn Monitor,
    ) -> Result<(Done, Run), Error> {
        let Self { request, threads, panel, mut plan, selection, mut watch } = self;
        let config = &request.config;
        let mut recalled = Recalled::default();
        let learning = lessons.as_ref().filter(|lessons| lessons.learns);
        if let Some(lessons) = learning {
            plan.learned = Arc::clone(&lessons.learned);
            plan.earlier = Arc::clone(&lessons.earlier);
            recalled = models::recall(&lessons.lake, &mut plan.engines, panel.as_of(), 1..=config.model_days, config);
            watch.lap("learn");
        }
        let engines = names(&plan);
        staging.resume(&key(&identity(request, &panel), &plan, &recalled))?;
        let mut batch = threads.install(|| Batch::new(&panel, plan, selection));
        watch.lap("shares");
        let groups = batch.groups();
        let done = files::finished(&staging, &groups);
        let mut unkept = None;
        if done.len() < groups.len() {
            let cache = Cache::of(request, &panel);
            unkept = cache.as_ref().and_then(Cache::problem);
            unkept.iter().for_each(|problem| monitor.note(problem));
            if let Some(cache) = &cache {
                recalled.cached = batch.recall(|engine| {
                    let is_kept = recalled.days().any(|(name, _)| name == engine.name());
                    if is_kept { None } else { cache.recall(engine) }
                });
            }
            let cached = recalled.cached.clone();
            batch.train(monitor, |engine| {
                if let Some(cache) = cache.as_ref().filter(|_| !cached.contains(&engine.name())) {
                    cache.keep(engine);
                }
            })?;
            part::write(&staging, part::MODELS, &recalled.rows(batch.engines(), panel.as_of()))?;
        }
        watch.lap("train");
        let (parameters, scored) = (learning.is_some(), lessons.is_some() || wanted == Forecasts::Scored);
        let mut rest = threads.install(|| {
            let mut files = Files::begin(&staging, &panel, &request.config, groups, (parameters, scored))?;
            batch.run(&done, monitor, |group| files.add(group))?;
            files.finish()
        })?;
        watch.lap("project");
        let needs = threads.install(|| tables(&staging, &panel, &mut rest, &engines, request))?;
        watch.lap("write");
        let mut manifest = manifest(request, &panel, &batch, &rest, &engines, &watch);
        manifest.models = part::read(&staging, part::MODELS).unwrap_or_default();
        manifest.notices.extend(recalled.skipped.iter().cloned().chain(unkept));
        if let Some(lessons) = learning {
            lessons.report(&mut manifest);
        }
        manifest.files = staging.written();
        staging.write(run::FILE, |path| manifest.write(path))?;
        let parameters = rest.parameters.take();
        let (run, rows) = rest.run(panel.as_of());
        // Before the result is in place: if the lake cannot be written, the last one stands, as the error says.
        if let Some(lessons) = &lessons {
            let models = || recalled.trained(batch.engines(), panel.as_of(), &request.config);
            let parameters = parameters.as_deref();
            let made = Made { run: &run, counties: &rows, capacity: &needs, manifest: &manifest, parameters };
            lessons.keep(&made, request, &panel, models)?;
        }
        let out = staging.commit()?;
        Ok((Done { out, manifest, rows, capacity: needs, resumed: done.len() }, run))
    }

    /// Projects the day without writing files: its weekly forecasts, places, panel and manifest.
    pub(crate) fn in_memory(self, monitor: &dyn Monitor) -> Result<(Run, Vec<CountyRow>, Panel, Manifest), Error> {
        let Self { request, threads, panel, plan, selection, mut watch } = self;
        let engines = names(&plan);
        let mut batch = threads.install(|| Batch::new(&panel, plan, selection));
        watch.lap("shares");
        batch.train(monitor, |_| {})?;
        watch.lap("train");
        let mut rest = Rest::default();
        threads.install(|| {
            batch.run(&BTreeMap::new(), monitor, |group| {
                let part = Part::new(group, &panel, &request.config.capacity, false);
                rest.add_forecasts(&part, &panel)?;
                rest.add(part);
                Ok(())
            })
        })?;
        watch.lap("project");
        let mut manifest = manifest(request, &panel, &batch, &rest, &engines, &watch);
        manifest.models = Recalled::default().rows(batch.engines(), panel.as_of());
        drop(batch);
        let (run, counties) = rest.run(panel.as_of());
        Ok((run, counties, panel, manifest))
    }
}

fn names(plan: &Plan) -> Vec<&'static str> {
    plan.engines.iter().map(|engine| engine.name()).collect()
}

/// Key of a run, to resume only the same one: its identity and what it learned from a lake.
fn key(identity: &Identity, plan: &Plan, recalled: &Recalled) -> String {
    digest(&(identity, plan.learned.content(), plan.earlier.digest(), recalled))
}

/// Writes the tables that need all groups; returns the rows of `capacity.parquet`.
fn tables(
    staging: &Staging,
    panel: &Panel,
    rest: &mut Rest,
    engines: &[&'static str],
    request: &Request,
) -> Result<Vec<CapacityRow>, Error> {
    let (as_of, config) = (panel.as_of(), &request.config);
    staging.write("counties.parquet", |path| counties::write(path, &rest.rows, engines))?;
    let mut needs = std::mem::take(&mut rest.needs);
    for bed in Bed::ALL {
        let catchments = Catchments::new(panel, bed, &config.capacity);
        needs.extend(output::capacity::shared_rows(&catchments, &rest.censuses, config.horizon_days));
    }
    output::capacity::rank(&mut needs);
    needs.sort_by_key(|row| row.fips);
    staging.write("capacity.parquet", |path| output::capacity::write(path, as_of, &needs))?;
    let care = care::rows(panel, &needs, &config.capacity);
    staging.write("care.parquet", |path| output::care::write(path, as_of, &care))?;
    Ok(needs)
}
