//! `project --signal`: forecasts of weekly signals in the hubs' form.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use countycast_engine::Date;
use countycast_engine::weekly::{Area, Signal, Week};
use countycast_signals::{Hub, Hubs, Signals};

use crate::config::{self, Config};
use crate::error::{Error, InputError};
use crate::lake::{Lake, WeekEntry};
use crate::output::signals::{self, SignalsManifest, areas, history};
use crate::output::{Extras, Staging, apart, run};
use crate::panel::Notice;
use crate::pipeline::{Monitor, weekly_engines};
use crate::weekly::{BLEND, Derived, Forecast};

use super::past_weeks::compared;
use super::threads;
use super::week::{identity, of_week};

/// The hubs, as the program ships them.
const HUBS: &str = include_str!("../../config/hubs.toml");

/// Where weekly signals are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignalsFrom {
    /// A folder of the publishers' or hubs' files.
    Folder(PathBuf),
    /// A lake of tables as they were fetched.
    Lake(PathBuf),
}

impl SignalsFrom {
    /// The folder, and the option that names it.
    fn named(&self) -> (&Path, &'static str) {
        match self {
            Self::Folder(folder) => (folder, "--data"),
            Self::Lake(folder) => (folder, "--lake"),
        }
    }

    /// Reads all that is there, and the day up to which publications are used: the one that is asked for, the last in a folder, or
    /// the last on which publishers were asked.
    ///
    /// # Errors
    /// [`Error::Input`] where it cannot be read.
    pub(crate) fn read(&self, hubs: &Hubs, as_of: Option<Date>) -> Result<(Signals, Date), Error> {
        match self {
            Self::Folder(folder) => {
                let read = Signals::read(folder, hubs)?;
                let last = read.vintages.last_day().unwrap_or(Date::constant(1970, 1, 1));
                Ok((read, as_of.unwrap_or(last)))
            }
            Self::Lake(folder) => Lake::new(folder).signals(hubs, as_of),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct SignalsRequest {
    /// Where signals are read from.
    pub from: SignalsFrom,
    /// The day whose publications are the last that are used; none for the last in the data, or on which a lake's publishers were
    /// asked.
    pub as_of: Option<Date>,
    /// Names of signals; none for all that a hub collects.
    pub signals: Vec<String>,
    /// A table of hubs that replaces or adds to the shipped one.
    pub hubs: Option<PathBuf>,
    /// Whether samples are written for hubs that take them.
    pub samples: bool,
    /// The lake to which the week is added.
    pub lake: Option<PathBuf>,
    /// Folder of the result.
    pub out: PathBuf,
    /// Settings.
    pub config: Config,
    /// Threads, at least 1.
    pub jobs: usize,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct SignalsDone {
    /// What the run did.
    pub manifest: SignalsManifest,
    /// Folder of the result.
    pub out: PathBuf,
    /// The blend's forecasts of the nation, for the summary.
    pub nation: Vec<Forecast>,
}

/// The hubs' rules; those of a table of one's own replace shipped ones of the same name or are added.
///
/// # Errors
/// [`Error::Input`] where a table is not valid, [`Error::Io`] where it cannot be read.
pub(crate) fn hubs(own: Option<&Path>) -> Result<Hubs, Error> {
    let remedy = "report it: the table is part of the program";
    let shipped = Hubs::parse(HUBS).map_err(|problem| InputError::new("config/hubs.toml", problem, remedy))?;
    let Some(path) = own else { return Ok(shipped) };
    let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
    let remedy = "write each hub whole, as `config/hubs.toml` has them";
    let own = Hubs::parse(&text).map_err(|problem| InputError::new(path, problem, remedy))?;
    Ok(shipped.with(own))
}

/// The hub of this name.
///
/// # Errors
/// [`Error::Request`] where there is none.
pub(crate) fn hub_named<'a>(hubs: &'a Hubs, name: &str) -> Result<&'a Hub, Error> {
    hubs.find(name).ok_or_else(|| Error::Request {
        message: format!("no hub `{name}`"),
        remedy: format!("known hubs: {}", hubs.names()),
    })
}

/// The signals of these names; all that a hub collects if there are none.
///
/// # Errors
/// [`Error::Request`] for an unknown name.
fn named(names: &[String], hubs: &Hubs) -> Result<Vec<Signal>, Error> {
    if names.is_empty() || names == ["all"] {
        return Ok(Signal::ALL.into_iter().filter(|signal| hubs.of_signal(*signal).next().is_some()).collect());
    }
    let signal = |name: &String| {
        name.parse().map_err(|error: countycast_engine::weekly::SignalError| Error::Request {
            message: format!("--signal: {error}"),
            remedy: "separate several with commas; `all` stands for all that a hub collects".to_owned(),
        })
    };
    names.iter().map(signal).collect()
}

/// Forecasts weekly signals and writes `signals.parquet`, what was known of them, a file for each hub that collects one of
/// them, and `run.json`.
///
/// # Errors
/// [`Error`] for data, settings or signals that cannot be used, and for files that cannot be written.
pub fn project_signals(request: &SignalsRequest, monitor: &dyn Monitor) -> Result<SignalsDone, Error> {
    let start = Instant::now();
    let hubs = hubs(request.hubs.as_deref())?;
    let wanted = named(&request.signals, &hubs)?;
    if let Some(lake) = &request.lake {
        apart((lake, "--lake"), (&request.out, "--out"))?;
    }
    apart(request.from.named(), (&request.out, "--out"))?;
    let staging = Staging::reserve(&request.out, signals::LAYOUT)?;
    staging.fresh()?;
    let lake = request.lake.as_deref().map(Lake::open).transpose()?;
    let (read, day) = request.from.read(&hubs, request.as_of)?;
    let reference = Week::of(day);
    let threads = threads(request.jobs)?;
    let made = threads.install(|| of_week(&read, &wanted, day, reference, &request.config, monitor))?;
    let all: Vec<&Forecast> = made.forecasts.iter().collect();
    let blend: Vec<&Forecast> = all.iter().copied().filter(|forecast| forecast.model == BLEND).collect();
    staging.write("signals.parquet", |path| signals::write(path, reference, &all))?;
    staging.write(&format!("past/{reference}.parquet"), |path| signals::write(path, reference, &blend))?;
    write_known(&staging, &read, &wanted, made.as_of, &blend)?;
    let derived = Derived::new(&made, request.config.seed);
    let extras = Extras { derived: &derived, samples: request.samples };
    let names = &request.config.hub;
    let (hub_files, notices) =
        threads.install(|| write_hub_files(&staging, &hubs, &read, names, reference, &blend, extras))?;
    let engines = weekly_engines(&request.config.weekly)?;
    let models: Vec<&str> = engines.iter().map(|engine| engine.name()).chain([BLEND]).collect();
    let past = lake.as_ref().map(|lake| compared(lake, &made.known, reference, &models));
    let past = past.transpose()?.unwrap_or_default();
    let made_notices: Vec<String> = made.notices.iter().map(ToString::to_string).collect();
    let told = read.notices.iter().map(ToString::to_string).chain(made_notices.iter().cloned());
    let told = told.chain(notices.iter().map(ToString::to_string)).chain(past.damaged);
    let mut areas: BTreeMap<String, usize> = BTreeMap::new();
    blend.iter().for_each(|forecast| *areas.entry(forecast.signal.to_string()).or_default() += 1);
    let manifest = SignalsManifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        reference_date: reference.saturday(),
        as_of: made.as_of,
        seed: request.config.seed,
        engines: request.config.weekly.engine_names.clone(),
        areas,
        hub_files,
        held: past.held,
        inputs: read.inputs.iter().map(|i| (i.path.display().to_string(), i.sha256.clone())).collect(),
        notices: told.collect(),
        seconds: start.elapsed().as_secs_f64(),
        files: staging.written(),
    };
    staging.json(run::FILE, &manifest)?;
    // Before the result is in place: if the lake cannot be written, the last one stands, as the error says.
    if let Some(lake) = lake {
        let identity = identity(&request.config, &hubs, &read, made.as_of);
        let (as_of, signals, forecasts, notices) = (made.as_of, &*wanted, &*made.forecasts, &*made_notices);
        let (identity, scores) = (&identity, &*past.scores);
        lake.keep_week(&WeekEntry { reference, as_of, identity, signals, forecasts, scores, notices })?;
    }
    let nation = blend.into_iter().filter(|forecast| forecast.area == Area::Nation).cloned().collect();
    Ok(SignalsDone { manifest, out: staging.commit()?, nation })
}

/// Writes what was known of these signals on a day, and of the areas.
fn write_known(
    staging: &Staging,
    read: &Signals,
    wanted: &[Signal],
    as_of: Date,
    blend: &[&Forecast],
) -> Result<(), Error> {
    let known = read.vintages.as_of(as_of, &read.geography).snapshot;
    let series = || known.series.iter().filter(|series| wanted.contains(&series.signal));
    let mut found: Vec<&Area> = series().map(|series| &series.area).collect();
    found.sort_unstable();
    found.dedup();
    staging.write("history.parquet", |path| history::write(path, series(), &read.vintages, as_of, blend))?;
    staging.write("areas.parquet", |path| areas::write(path, &found, &read.geography))?;
    staging.write("crosswalk.parquet", |path| areas::write_counties(path, read.geography.counties()))?;
    Ok(())
}

/// Writes a file for each hub that collects one of these forecasts; their paths, and what was noticed.
fn write_hub_files(
    staging: &Staging,
    hubs: &Hubs,
    read: &Signals,
    names: &config::Hub,
    reference: Week,
    blend: &[&Forecast],
    extras: Extras<'_>,
) -> Result<(Vec<String>, Vec<Notice>), Error> {
    let mut written = Vec::new();
    let mut notices = Vec::new();
    for hub in &hubs.hubs {
        let text = signals::hub_file(hub, &read.geography, reference, blend, Some(extras));
        if text.is_empty() {
            continue;
        }
        if hub.peaks.as_ref().is_some_and(|peaks| peaks.season(reference).is_none()) {
            let message = format!("{}: no peak, because its table has no season with {reference}", hub.title);
            notices.push(Notice { message, count: 1 });
        }
        let path = format!("hub/{}/{}", hub.name, signals::hub_path(names, &names.model, reference));
        staging.put(&path, text)?;
        written.push(path);
    }
    Ok((written, notices))
}
