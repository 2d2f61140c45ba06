//! `evaluate --hub`: past weeks forecast from what was known then, scored beside the hub's models.

mod asked;
mod done;
#[cfg(feature = "pictures")]
mod pictures;
mod tables;
mod weeks;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use countycast_signals::{Forecasts, Hub, Selected, Signals, scores};
use rayon::prelude::*;

use crate::config::Config;
use crate::error::Error;
use crate::lake::Lake;
use crate::output::{Layout, Staging, apart, disk, signals};
use crate::pipeline::Monitor;
use crate::project::{SignalsFrom, hubs, threads};
use crate::weekly::{BLEND, Forecast};

use super::SUMMARY;
use asked::{Asked, asked};
pub use done::{Behind, HubDone, HubsDone};
use weeks::Weeks;

/// What an evaluation in hubs writes.
const LAYOUT: Layout = Layout { names: &[OUTPUT, LAKE, SUMMARY], kept: &[] };
/// Folder of forecasts, scores and pictures, by hub.
const OUTPUT: &str = "hub";
/// Folder of the weeks that were made, from which they are used again.
const LAKE: &str = "lake";
/// Key of a killed evaluation's files: each week says which program, settings and files made it.
const KEY: &str = "evaluate-hub";

/// What is asked.
#[derive(Debug, Clone)]
pub struct HubRequest {
    /// Folder of `forecasts_HUB.parquet`, the teams' forecasts, and of the publishers' files.
    pub data: PathBuf,
    /// A lake, which is only read: its weeks are used again, beside those of earlier evaluations into the same folder, and published
    /// values are read from it instead of from the folder if something was fetched into it.
    pub lake: Option<PathBuf>,
    /// Names of the hubs; `all` for every one whose teams' forecasts are in the folder.
    pub hubs: Vec<String>,
    /// First reference date; none for the hubs' first.
    pub from: Option<Date>,
    /// Last reference date; none for the hubs' last.
    pub to: Option<Date>,
    /// Only locations smaller than a state.
    pub below_state: bool,
    /// A table of hubs that replaces or adds to the shipped one.
    pub hub_table: Option<PathBuf>,
    /// Folder for forecasts and scores.
    pub out: PathBuf,
    /// Settings.
    pub config: Config,
    /// Threads, at least 1.
    pub jobs: usize,
}

/// Forecasts every reference date that the hubs' baselines answered, each from the vintage of its Wednesday, and scores them
/// beside the hubs' models. Engines learn once a reference date, for all hubs. Under `OUT/hub` lie forecasts as hubs take them,
/// tables of scores and, with the feature `pictures`, charts; `OUT/lake` keeps the weeks, which are used again where the
/// same program, settings and files have made them.
///
/// # Errors
/// [`Error`] for data, settings, hubs or dates that cannot be used, files that cannot be written, and when the monitor asks
/// to stop.
pub fn evaluate_hubs(request: &HubRequest, monitor: &dyn Monitor) -> Result<HubsDone, Error> {
    apart((&request.data, "--data"), (&request.out, "--out"))?;
    request.lake.iter().try_for_each(|lake| apart((lake, "--lake"), (&request.out, "--out")))?;
    let staging = Staging::reserve(&request.out, LAYOUT)?;
    let known = hubs(request.hub_table.as_deref())?;
    let fetched = request.lake.clone().filter(|lake| Lake::new(lake).is_fetched());
    let from = fetched.map_or_else(|| SignalsFrom::Folder(request.data.clone()), SignalsFrom::Lake);
    let (read, _) = from.read(&known, None)?;
    let selected =
        Selected { from: request.from.map(Week::of), to: request.to.map(Week::of), below_state: request.below_state };
    let asked = asked(request, &known, selected)?;
    begin(&staging)?;
    let weeks = Weeks {
        read: &read,
        hubs: &known,
        config: &request.config,
        own: Lake::open(&staging.folder().join(LAKE))?,
        other: request.lake.as_deref().map(Lake::new),
    };
    // Hubs whose forecasts are due on the same day share them.
    let mut due: BTreeMap<(Week, Date), Vec<&Hub>> = BTreeMap::new();
    for of in &asked {
        of.weeks.iter().for_each(|week| due.entry((*week, of.hub.due(*week))).or_default().push(of.hub));
    }
    monitor.begin("reference dates", due.len());
    let one = |((reference, day), hubs): (&(Week, Date), &Vec<&Hub>)| -> Result<(Vec<String>, bool), Error> {
        if monitor.cancelled() {
            return Err(Error::Interrupted);
        }
        let signals: BTreeSet<Signal> =
            hubs.iter().flat_map(|hub| hub.targets.iter().map(|target| target.signal)).collect();
        let made = weeks.of(*reference, *day, signals)?;
        hubs.iter().try_for_each(|hub| write(&staging, hub, &read, *reference, &made.forecasts, request))?;
        monitor.step();
        Ok((made.notices, made.reused))
    };
    let threads = threads(request.jobs)?;
    let made: Vec<(Vec<String>, bool)> = threads.install(|| due.par_iter().map(one).collect::<Result<_, _>>())?;
    let reused = made.iter().filter(|(_, reused)| *reused).count();
    let notices = made.into_iter().flat_map(|(notices, _)| notices).collect();
    let mut ours = BTreeSet::new();
    let mut scored = Vec::with_capacity(asked.len());
    for Asked { hub, mut teams, weeks } in asked {
        for file in files(&staging.folder().join(OUTPUT).join(&hub.name), &weeks)? {
            let found = Forecasts::read_file(&file, hub)?;
            ours.extend(found.models.keys().cloned());
            teams.extend(found);
        }
        let scores = threads.install(|| scores(hub, &teams, &read, selected));
        let folder = format!("{OUTPUT}/{}", hub.name);
        tables::write(&staging, &folder, &scores, &read.geography)?;
        let blend = format!("{}-{BLEND}", request.config.hub.team);
        #[cfg(feature = "pictures")]
        for scores in &scores {
            let content = pictures::Content::new(hub, scores, &teams, &read, &blend, &weeks);
            pictures::all(&staging, &folder, &content)?;
        }
        scored.push(HubDone::new(hub, &weeks, &scores, &blend, &read.geography));
    }
    let done = HubsDone { hubs: scored, ours: ours.into_iter().collect(), reused, notices };
    staging.json(SUMMARY, &done)?;
    staging.commit()?;
    Ok(done)
}

/// Begins a result: with the weeks of earlier evaluations, killed ones too, and without what else a killed one left.
fn begin(staging: &Staging) -> Result<(), Error> {
    staging.resume(KEY)?;
    staging.take_over(LAKE)?;
    let left = staging.folder().join(OUTPUT);
    disk::remove(&left).map_err(|source| Error::write(&left, source))
}

/// Writes each model's file of a week.
fn write(
    staging: &Staging,
    hub: &Hub,
    read: &Signals,
    reference: Week,
    forecasts: &[Forecast],
    request: &HubRequest,
) -> Result<(), Error> {
    let models: BTreeSet<&str> = forecasts.iter().map(|forecast| forecast.model).collect();
    for model in models {
        let of_model: Vec<&Forecast> = forecasts.iter().filter(|forecast| forecast.model == model).collect();
        let text = signals::hub_file(hub, &read.geography, reference, &of_model, None);
        let path = signals::hub_path(&request.config.hub, model, reference);
        staging.put(&format!("{OUTPUT}/{}/{path}", hub.name), text)?;
    }
    Ok(())
}

/// The files of these weeks.
fn files(folder: &Path, weeks: &BTreeSet<Week>) -> Result<Vec<PathBuf>, Error> {
    let list = |folder: &Path| -> Result<Vec<PathBuf>, Error> {
        let entries = fs::read_dir(folder).map_err(|source| Error::read(folder, source))?;
        Ok(entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
    };
    let names: Vec<String> = weeks.iter().map(ToString::to_string).collect();
    let of_week = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        names.iter().any(|week| name.starts_with(week.as_str()))
    };
    let mut found = Vec::new();
    for model in list(folder)?.into_iter().filter(|path| path.is_dir()) {
        found.extend(list(&model)?.into_iter().filter(of_week));
    }
    found.sort();
    Ok(found)
}
