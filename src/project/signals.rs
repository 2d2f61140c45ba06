//! `project --signal`: forecasts of weekly signals in the hubs' form.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use countycast_signals::{Hub, Hubs, Signals};
use serde::Serialize;

use crate::config::Config;
use crate::error::{Error, InputError};
use crate::identity::{build, digest};
use crate::output::{Staging, apart, signals};
use crate::panel::Notice;
use crate::pipeline::{Monitor, weekly_engines};
use crate::weekly::{self, BLEND, Forecast, Forecasts};

use super::threads;

/// The hubs, as the program ships them.
const HUBS: &str = include_str!("../../config/hubs.toml");

/// What is asked.
#[derive(Debug, Clone)]
pub struct SignalsRequest {
    /// Folder of the publishers' or hubs' files.
    pub data: PathBuf,
    /// The day whose publications are the last that are used; none for the last in the data.
    pub as_of: Option<Date>,
    /// Names of signals; none for all that a hub collects.
    pub signals: Vec<String>,
    /// Folder of the result.
    pub out: PathBuf,
    /// Settings.
    pub config: Config,
    /// Threads, at least 1.
    pub jobs: usize,
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct SignalsDone {
    /// Program version.
    pub version: String,
    /// The Saturday that ends the week of horizon 0.
    pub reference_date: Date,
    /// The last day whose publications were used.
    pub as_of: Date,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Engines.
    pub engines: Vec<String>,
    /// Areas by signal.
    pub areas: BTreeMap<String, usize>,
    /// Files for hubs, below the folder of the result.
    pub hub_files: Vec<String>,
    /// Files read, with the SHA-256 of each.
    pub inputs: BTreeMap<String, String>,
    /// What was noticed.
    pub notices: Vec<String>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Folder of the result.
    #[serde(skip)]
    pub out: PathBuf,
    /// The blend's forecasts of the nation, for the summary.
    #[serde(skip)]
    pub nation: Vec<Forecast>,
}

/// The hubs' rules.
///
/// # Errors
/// [`Error::Input`] where the shipped table is not valid.
pub(crate) fn hubs() -> Result<Hubs, Error> {
    let remedy = "report it: the table is part of the program";
    Hubs::parse(HUBS).map_err(|problem| InputError::new("config/hubs.toml", problem, remedy).into())
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

/// Reads a folder of weekly signals.
///
/// # Errors
/// [`Error::Input`] where it cannot be read.
pub(crate) fn read_signals(data: &std::path::Path, hubs: &Hubs) -> Result<Signals, Error> {
    Ok(Signals::read(data, hubs)?)
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

/// The day up to which publications may be used for a reference week: that of the request, and none after the week's
/// Wednesday, when forecasts are due.
fn known_on(day: Date, reference: Week) -> Date {
    day.min(reference.wednesday())
}

/// The forecasts of a reference week from what was known on a day.
///
/// # Errors
/// As [`weekly::forecast`].
pub(crate) fn of_week(
    read: &Signals,
    signals: &[Signal],
    day: Date,
    reference: Week,
    config: &Config,
    monitor: &dyn Monitor,
) -> Result<Forecasts, Error> {
    let engines = weekly_engines(&config.weekly)?;
    let known = read.vintages.as_of(known_on(day, reference), &read.geography);
    let request =
        weekly::Request { reference, signals, vintages: &read.vintages, engines: &engines, seed: config.seed };
    let mut found = weekly::forecast(known.snapshot, &request, monitor)?;
    if known.later_vintage > 0 {
        let message = "series that have no vintage as old as this: their first one was used, without later weeks";
        found.notices.push(Notice { message: message.to_owned(), count: known.later_vintage });
    }
    Ok(found)
}

/// Forecasts weekly signals and writes `signals.parquet`, a file for each hub that collects one of them, and `run.json`.
///
/// # Errors
/// [`Error`] for data, settings or signals that cannot be used, and for files that cannot be written.
pub fn project_signals(request: &SignalsRequest, monitor: &dyn Monitor) -> Result<SignalsDone, Error> {
    let start = Instant::now();
    let hubs = hubs()?;
    let wanted = named(&request.signals, &hubs)?;
    apart((&request.data, "--data"), (&request.out, "--out"))?;
    let staging = Staging::reserve(&request.out, signals::LAYOUT)?;
    staging.fresh()?;
    let read = read_signals(&request.data, &hubs)?;
    let last = read.vintages.last_day().unwrap_or(Date::constant(1970, 1, 1));
    let day = request.as_of.unwrap_or(last);
    let reference = Week::of(day);
    let threads = threads(request.jobs)?;
    let made = threads.install(|| of_week(&read, &wanted, day, reference, &request.config, monitor))?;
    staging.write("signals.parquet", |path| signals::write(path, reference, &made.forecasts))?;
    let names = &request.config.hub;
    let blend: Vec<&Forecast> = made.forecasts.iter().filter(|forecast| forecast.model == BLEND).collect();
    let mut hub_files = Vec::new();
    for hub in &hubs.hubs {
        let text = signals::hub_file(hub, &read.geography, reference, &blend);
        if text.is_empty() {
            continue;
        }
        let path = format!("hub/{}/{}", hub.name, signals::hub_path(names, &names.model, reference));
        staging.put(&path, text)?;
        hub_files.push(path);
    }
    let mut areas: BTreeMap<String, usize> = BTreeMap::new();
    blend.iter().for_each(|forecast| *areas.entry(forecast.signal.to_string()).or_default() += 1);
    let nation = blend.iter().filter(|f| f.area == countycast_engine::weekly::Area::Nation).map(|f| (*f).clone());
    let nation = nation.collect();
    let mut done = SignalsDone {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        reference_date: reference.saturday(),
        as_of: made.as_of,
        seed: request.config.seed,
        engines: request.config.weekly.engine_names.clone(),
        areas,
        hub_files,
        inputs: read.inputs.iter().map(|i| (i.path.display().to_string(), i.sha256.clone())).collect(),
        notices: read.notices.iter().chain(&made.notices).map(ToString::to_string).collect(),
        seconds: start.elapsed().as_secs_f64(),
        out: request.out.clone(),
        nation,
    };
    staging.json("run.json", &done)?;
    done.out = staging.commit()?;
    Ok(done)
}

/// Identity of forecasts: the program, settings and files that determine them.
pub(crate) fn key(config: &Config, read: &Signals) -> String {
    let inputs: Vec<_> = read.inputs.iter().map(|input| (&input.path, &input.sha256)).collect();
    digest(&(build(), &config.weekly, config.seed, &config.hub, inputs))
}
