//! The daily run: panel → engines → blend → files.

mod cache;
mod capacity;
mod care;
mod day;
mod days;
mod files;
mod hindsight;
mod in_memory;
mod lessons;
mod manifest;
mod models;
mod part;
mod past_weeks;
mod signals;
mod week;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countycast_engine::{Horizon, Level};
pub use rayon::ThreadPool;

pub(crate) use self::day::{Day, Forecasts};
pub(crate) use self::days::side_by_side;
pub use self::in_memory::in_memory;
use self::lessons::is_whole;
pub(crate) use self::lessons::taught;
pub(crate) use self::models::recall;
pub use self::signals::{SignalsDone, SignalsFrom, SignalsRequest, project_signals};
pub(crate) use self::signals::{hub_named, hubs};
pub(crate) use self::week::{identity as week_identity, known_on, of_week};
use crate::blend::Learned;
use crate::config::{Config, HORIZON_DAYS};
use crate::error::Error;
use crate::lake::Lake;
use crate::output::capacity::CapacityRow;
use crate::output::counties::CountyRow;
use crate::output::run::Manifest;
use crate::output::{LAYOUT, Staging, apart};
use crate::panel::{self, Sources};
use crate::pipeline::{self, Couplings, Earlier, Monitor, Plan, Schools};
use crate::scores::{PhaseKind, Run};

/// The request: data, places, settings and output folder.
#[derive(Debug, Clone)]
pub struct Request {
    /// The data folder.
    pub panel: panel::Request,
    /// Whether the data are the demonstration panel's.
    pub synthetic: bool,
    /// The output folder.
    pub out: PathBuf,
    /// The lake to which the run is added.
    pub lake: Option<PathBuf>,
    /// Whether the run learns from past projections in the lake. Missing weeks are first projected.
    pub learn: bool,
    /// Folder of models trained before on the same data, which are reused; none to train in any case.
    pub models: Option<PathBuf>,
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
    let staging = reserve(request)?;
    let sources = Sources::open(&request.panel.data, &request.config.panel)?;
    let (done, _) = run(staging, &sources, Day::read(&sources, request, monitor)?, Forecasts::Written, monitor)?;
    Ok(done)
}

/// Tests before any work that the folders of a request can be written, and reserves the output folder.
pub(crate) fn reserve(request: &Request) -> Result<Staging, Error> {
    let Request { out, lake, models, .. } = request;
    let others = [(lake, "--lake"), (models, "--models"), (&Some(request.panel.data.clone()), "--data")];
    for (folder, name) in others {
        folder.as_deref().map_or(Ok(()), |folder| apart((folder, name), (out, "--out")))?;
    }
    let staging = Staging::reserve(out, LAYOUT)?;
    lake.as_deref().filter(|_| is_whole(request)).map(Lake::test).transpose()?;
    Ok(staging)
}

/// Projects a day into its reserved folder, learning from the lake first if asked to.
pub(crate) fn run(
    staging: Staging,
    sources: &Sources,
    day: Day<'_>,
    wanted: Forecasts,
    monitor: &dyn Monitor,
) -> Result<(Done, Run), Error> {
    let learn = |root| hindsight::learn(root, sources, day.request(), day.panel(), monitor);
    let lessons = day.request().lake.as_deref().map(learn).transpose()?;
    day.project(staging, lessons, wanted, monitor)
}

/// A pool of `jobs` threads.
///
/// # Errors
/// [`Error::Request`] where they cannot be started.
pub fn threads(jobs: usize) -> Result<ThreadPool, Error> {
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
        capacity: config.capacity,
        learned: Arc::new(Learned::nothing(&config.blend)),
        earlier: Arc::new(Earlier::default()),
        coupling: Couplings { county: config.blend.county_coupling, state: config.blend.state_coupling },
        holiday_loss: config.panel.holiday_loss,
        horizon,
        draws: config.draws,
        scenarios: Vec::new(),
        joint: false,
        schools: Schools::default(),
        seed: config.seed,
        jobs,
        limit: Duration::from_secs_f64(config.engine_seconds),
        training_limit: Duration::from_secs_f64(config.training_seconds),
    })
}

/// The counties that rise fastest, by reproduction number: those whose R_t is above 1 with its whole 90 % interval, and that
/// are projected to have more cases next week than in the last, with at least `least` in that.
#[must_use]
pub fn rising(rows: &[CountyRow], least: f64, count: usize) -> Vec<(&CountyRow, f64)> {
    let county = |row: &CountyRow| row.fips.level() == Level::County;
    let mut rising: Vec<(&CountyRow, f64)> = rows
        .iter()
        .filter(|row| {
            let next = row.next_week.unwrap_or(0.0);
            county(row) && row.phase == PhaseKind::Independent && next > row.last_week && row.last_week >= least
        })
        .filter_map(|row| Some((row, row.reproduction?)))
        .filter_map(|(row, [rt, low, _])| (low > 1.0).then_some((row, rt)))
        .collect();
    rising.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.fips.cmp(&b.0.fips)));
    rising.truncate(count);
    rising
}
