//! The daily run: panel → engines → blend → files.

mod capacity;
mod care;
mod days;
mod hindsight;
mod models;
mod parts;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countycast_engine::{Fips, Horizon, Level};
use sha2::{Digest, Sha256};

pub(crate) use self::days::side_by_side;
pub(crate) use self::hindsight::taught;
use self::models::Recalled;
pub(crate) use self::models::recall;
use self::parts::{CENSUS, MODELS, PARAMETERS, Part, join_text, part, read_json, write_json, write_part};
use crate::archive;
use crate::blend::Learned;
use crate::config::{Config, HORIZON_DAYS};
use crate::error::Error;
use crate::output::capacity::CapacityRow;
use crate::output::counties::{self, CountyRow};
use crate::output::projections;
use crate::output::run::{Input, Manifest, Stopwatch};
use crate::output::{self, Staging, hub};
use crate::panel::{self, Panel, RepairKind};
use crate::pipeline::{self, Batch, Coupling, Earlier, Monitor, Plan, Selection, Summary};
use crate::scores::quantiles::Forecast;

/// The request: data, places, settings and output folder.
#[derive(Debug, Clone)]
pub struct Request {
    /// The data folder.
    pub panel: panel::Request,
    /// Whether the data are the demonstration panel's.
    pub synthetic: bool,
    /// The output folder.
    pub out: PathBuf,
    /// The archive to learn from and to add to.
    pub archive: Option<PathBuf>,
    /// Settings.
    pub config: Config,
    /// Settings as written by the user, for the manifest.
    pub config_text: String,
    /// States to project, by abbreviation; none for all.
    pub states: Vec<String>,
    /// Places to project, by FIPS code; none for all.
    pub fips: Vec<String>,
    /// Threads, at least 1.
    pub jobs: usize,
}

/// Result of a run.
#[derive(Debug, Clone)]
pub struct Done {
    /// The output folder.
    pub out: PathBuf,
    /// As written to `run.json`.
    pub manifest: Manifest,
    /// A row per location, as written to `counties.parquet`.
    pub rows: Vec<CountyRow>,
    /// As written to `capacity.parquet`.
    pub capacity: Vec<CapacityRow>,
    /// Groups reused from an interrupted run.
    pub resumed: usize,
}

/// Runs the daily batch. The output folder is replaced as a whole at the very end, or not at all.
///
/// # Errors
/// [`Error`] for data, settings or a request that cannot be used, for files that cannot be written, and when the
/// monitor asks to stop.
pub fn project(request: &Request, monitor: &dyn Monitor) -> Result<Done, Error> {
    let mut watch = Stopwatch::default();
    let threads = threads(request.jobs)?;
    monitor.begin("read", 0);
    let panel = threads.install(|| panel::load(&request.panel, &request.config.panel))?;
    let mut plan = plan(&request.config, request.jobs)?;
    let engines: Vec<&'static str> = plan.engines.iter().map(|engine| engine.name()).collect();
    let selection = Selection::parse(&panel, &request.states, &request.fips)?;
    watch.lap("read");
    let lessons =
        request.archive.as_deref().map(|root| hindsight::learn(root, request, &panel, monitor)).transpose()?;
    let mut recalled = Recalled::default();
    if let Some(lessons) = &lessons {
        plan.learned = Arc::clone(&lessons.learned);
        plan.earlier = Arc::clone(&lessons.earlier);
        recalled = recall(&lessons.archive, &mut plan.engines, panel.as_of(), 1..=request.config.model_days);
        watch.lap("archive");
    }
    let key = key(request, &panel, &plan, &recalled);
    let staging = Staging::open(&request.out, &key, &output::FILES)?;
    let mut batch = threads.install(|| Batch::new(&panel, plan, selection));
    watch.lap("shares");
    let groups = batch.groups();
    let finished = groups.iter().map(|&group| (group, part(&staging, group, "json"))).filter(|(_, path)| path.exists());
    let read = |(group, path): (Fips, PathBuf)| read_json(&path).map(|part: Part| (group, part.region()));
    let done: BTreeMap<Fips, Option<Forecast>> = finished.map(read).collect::<Result<_, _>>()?;
    if done.len() < groups.len() {
        batch.train(monitor)?;
        write_json(&staging, MODELS, &recalled.rows(batch.engines(), panel.as_of()))?;
    }
    watch.lap("train");
    threads.install(|| {
        batch.run(&done, monitor, |group| {
            if lessons.is_some() {
                let name = format!("parts/{}.{PARAMETERS}", group.region);
                staging.write(&name, |path| archive::parameters::write(path, &group.results))?;
            }
            write_part(&staging, &panel, &request.config.capacity, &group)
        })
    })?;
    watch.lap("project");

    let mut parts = Vec::new();
    for group in groups {
        let finished: Part = read_json(&part(&staging, group, "json"))?;
        parts.push((group, finished));
    }
    let as_of = panel.as_of();
    let files = |extension: &str| parts.iter().map(|(group, _)| part(&staging, *group, extension)).collect::<Vec<_>>();
    staging.write("projections.parquet", |path| projections::join_parts(path, &files("parquet")))?;
    staging.write(&format!("hub/{as_of}-countycast.csv"), |path| join_text(path, hub::HEADER, &files("csv")))?;
    let resumed = done.len();
    let days = request.config.horizon_days;
    let (censuses, parameters) = (files(CENSUS), files(PARAMETERS));
    let catchments = threads.install(|| capacity::catchment_rows(&panel, &censuses, days, &request.config.capacity))?;
    let (mut rows, mut needs, mut summary, mut moved) = (Vec::new(), Vec::new(), Summary::default(), Vec::new());
    for (_, finished) in parts {
        rows.extend(finished.rows);
        needs.extend(finished.needs);
        summary.merge(finished.summary);
        moved.extend(finished.moved);
    }
    rows.sort_by_key(|row| row.fips.parse::<Fips>().ok());
    staging.write("counties.parquet", |path| counties::write(path, &rows, &engines))?;
    needs.extend(catchments);
    output::capacity::rank(&mut needs);
    needs.sort_by_key(|row| row.fips.parse::<Fips>().ok());
    staging.write("capacity.parquet", |path| output::capacity::write(path, as_of, &needs))?;
    let care = care::rows(&panel, &needs, &request.config.capacity);
    staging.write("care.parquet", |path| output::care::write(path, as_of, &care))?;
    watch.lap("write");
    let mut manifest = manifest(request, &panel, &batch, summary, engines, &watch);
    manifest.coherence = moved;
    manifest.models = read_json(&staging.parts().join("models.json"))?;
    manifest.notices.extend(recalled.skipped.iter().cloned());
    if let Some(lessons) = &lessons {
        lessons.report(&mut manifest);
    }
    staging.write("run.json", |path| {
        let text = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::other);
        text.and_then(|text| fs::write(path, text)).map_err(|source| Error::write(path, source))
    })?;
    if let Some(lessons) = &lessons {
        lessons.keep_parameters(request, as_of, &parameters)?;
    }
    let out = staging.commit()?;
    if let Some(lessons) = &lessons {
        lessons.keep(&out, request, &panel, || recalled.keep(&lessons.archive, batch.engines(), as_of))?;
    }
    Ok(Done { out, manifest, rows, capacity: needs, resumed })
}

/// A pool of `jobs` threads.
pub(crate) fn threads(jobs: usize) -> Result<rayon::ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new().num_threads(jobs).build().map_err(|error| Error::Request {
        message: format!("--jobs {jobs}: {error}"),
        remedy: "ask for fewer threads".to_owned(),
    })
}

/// The plan that follows from the settings.
///
/// # Errors
/// [`Error::Request`] for engines or a horizon that do not exist.
pub fn plan(config: &Config, jobs: usize) -> Result<Plan, Error> {
    let days = config.horizon_days;
    let horizon = Horizon::from_days(days).ok().filter(|_| HORIZON_DAYS.contains(&days));
    let horizon = horizon.ok_or_else(|| Error::Request {
        message: format!("--horizon {days}: must be 7 to 366 days"),
        remedy: "ask for whole weeks: four are 28".to_owned(),
    })?;
    Ok(Plan {
        engines: pipeline::engines(&config.engines, &config.epidemiology, &config.engine_names)?,
        phase: config.phase,
        fallback: config.fallback,
        epidemiology: config.epidemiology,
        learned: Arc::new(Learned::nothing(&config.blend)),
        earlier: Arc::new(Earlier::default()),
        coupling: Coupling { county: config.blend.county_coupling, state: config.blend.state_coupling },
        holiday_loss: config.panel.holiday_loss,
        horizon,
        draws: config.draws,
        scenarios: Vec::new(),
        seed: config.seed,
        jobs,
        limit: Duration::from_secs_f64(config.engine_seconds),
        training_limit: Duration::from_secs_f64(config.training_seconds),
    })
}

/// Hash of everything that determines the result: the files of an interrupted run are reused only by the same run.
fn key(request: &Request, panel: &Panel, plan: &Plan, recalled: &Recalled) -> String {
    let inputs: Vec<_> = panel.inputs().iter().map(|input| (&input.path, &input.sha256)).collect();
    let (learned, earlier, recalled) = (&plan.learned, plan.earlier.digest(), recalled.key());
    sha256(format!("{}\n{}\n{inputs:?}\n{learned:?}\n{earlier}\n{recalled}", settings_key(request), panel.as_of()))
}

/// The same without the data and the archive themselves.
pub(crate) fn settings_key(request: &Request) -> String {
    let Request { panel, config, states, fips, archive, .. } = request;
    let version = env!("CARGO_PKG_VERSION");
    let (as_of, vintage, archived) = (panel.as_of, panel.vintage, archive.is_some());
    sha256(format!("{version}\n{config:?}\n{states:?}\n{fips:?}\n{as_of:?}\n{vintage}\n{archived}"))
}

fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn manifest(
    request: &Request,
    panel: &Panel,
    batch: &Batch<'_>,
    summary: Summary,
    engines: Vec<&'static str>,
    watch: &Stopwatch,
) -> Manifest {
    let input = |input: &panel::InputFile| Input {
        path: input.path.display().to_string(),
        sha256: input.sha256.clone(),
        last_day: input.last_day.map(|day| day.to_string()),
    };
    let mut repairs = std::collections::BTreeMap::<String, usize>::new();
    for place in panel.counties() {
        for kind in RepairKind::ALL {
            let (cases, deaths) = place.repairs.count(kind);
            for (series, n) in [("cases", cases), ("deaths", deaths)] {
                *repairs.entry(format!("{series}: {}", kind.word())).or_default() += n;
            }
        }
    }
    let coefficients = batch.shares().coefficients(panel);
    Manifest {
        version: env!("CARGO_PKG_VERSION"),
        as_of: panel.as_of().to_string(),
        horizon_days: request.config.horizon_days,
        seed: request.config.seed,
        engines,
        vintage: request.panel.vintage,
        full_scale: request.config.every_resident,
        learned_from_days: 0,
        fits_begun_with: None,
        weights: Vec::new(),
        calibration: Vec::new(),
        synthetic: request.synthetic,
        settings_sha256: settings_key(request),
        config: request.config_text.clone(),
        inputs: panel.inputs().iter().map(input).collect(),
        notices: panel.notices().iter().map(ToString::to_string).collect(),
        stages: watch.stages().to_vec(),
        phases: summary.phases,
        failures: summary.failures,
        repairs,
        without_projection: summary.without,
        fallback_coefficients: coefficients.into_iter().map(|c| (c.name, [c.cases, c.deaths])).collect(),
        fallback_drift: None,
        models: Vec::new(),
        coherence: Vec::new(),
    }
}

/// The counties whose projected next week exceeds their last one by the largest factor, among those with at least
/// `least` cases in either.
#[must_use]
pub fn rising(rows: &[CountyRow], least: f64, count: usize) -> Vec<(&CountyRow, f64)> {
    let county = |row: &CountyRow| row.fips.parse::<Fips>().is_ok_and(|fips| fips.level() == Level::County);
    let mut rising: Vec<(&CountyRow, f64)> = rows
        .iter()
        .filter(|row| {
            county(row) && row.phase == "independent" && row.last_week.max(row.next_week.unwrap_or(0.0)) >= least
        })
        .filter_map(|row| Some((row, row.reproduction?[0])))
        .collect();
    rising.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.fips.cmp(&b.0.fips)));
    rising.truncate(count);
    rising
}
