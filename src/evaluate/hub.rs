//! `evaluate --hub`: past weeks forecast from what was known then, scored beside the hub's models.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use countycast_signals::{Forecasts, Hub, Hubs, Selected, Signals, TargetScores, relative_scores};
use rayon::prelude::*;
use serde::Serialize;

use crate::config::Config;
use crate::error::Error;
use crate::output::{Layout, Staging, apart, signals};
use crate::pipeline::Monitor;
use crate::project::{SignalsFrom, hub_named, hubs, key, of_week, threads};

use super::{SUMMARY, weeks};
use crate::weekly::Forecast;

/// What an evaluation in hubs writes.
const LAYOUT: Layout = Layout { names: &[OUTPUT, weeks::FOLDER, SUMMARY], kept: &[] };
/// Folder of the forecasts, by hub.
const OUTPUT: &str = "hub";
/// Key of a killed evaluation's files: each week says which program, settings and files made it.
const KEY: &str = "evaluate-hub";

/// What is asked.
#[derive(Debug, Clone)]
pub struct HubRequest {
    /// Folder of `forecasts_HUB.parquet`, the teams' forecasts, and of the publishers' files.
    pub data: PathBuf,
    /// The lake from which published values are read instead of from the folder.
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

/// What a backtest in hubs found.
#[derive(Debug, Clone, Serialize)]
pub struct HubsDone {
    /// By hub.
    pub hubs: Vec<HubDone>,
    /// Names of our models.
    pub ours: Vec<String>,
    /// Reference dates that were forecast in an earlier evaluation with the same program, settings and files.
    pub reused: usize,
    /// What was noticed.
    pub notices: Vec<String>,
}

/// What a backtest found in one hub.
#[derive(Debug, Clone, Serialize)]
pub struct HubDone {
    /// The hub.
    pub hub: String,
    /// Reference dates that were scored.
    pub reference_dates: Vec<String>,
    /// Scores by target.
    #[serde(serialize_with = "rows")]
    pub targets: Vec<TargetScores>,
}

fn rows<S: serde::Serializer>(targets: &[TargetScores], serializer: S) -> Result<S::Ok, S::Error> {
    let rows = targets.iter().flat_map(|target| {
        target.models.iter().map(move |model| {
            serde_json::json!({
                "target": target.target, "tasks": target.tasks, "model": model.model,
                "relative_wis": model.relative, "relative_wis_by_horizon": model.by_horizon,
                "relative_wis_of_logs": model.relative_log, "mean_wis": model.mean,
                "covered_50": model.covered[0], "covered_95": model.covered[1], "share_of_tasks": model.share,
            })
        })
    });
    serializer.collect_seq(rows)
}

/// A hub with its teams' forecasts, and the reference weeks that its baseline answered.
struct Asked<'a> {
    hub: &'a Hub,
    teams: Forecasts,
    weeks: BTreeSet<Week>,
}

/// Forecasts every reference date that the hubs' baselines answered, each from the vintage of its Wednesday, and scores them
/// beside the hubs' models. Engines learn once a reference date, for all hubs. Forecasts are kept under `OUT/hub`, laid out
/// as in a run, and `OUT/weeks` says which weeks are complete.
///
/// # Errors
/// [`Error`] for data, settings, hubs or dates that cannot be used, files that cannot be written, and when the monitor asks
/// to stop.
pub fn evaluate_hubs(request: &HubRequest, monitor: &dyn Monitor) -> Result<HubsDone, Error> {
    apart((&request.data, "--data"), (&request.out, "--out"))?;
    if let Some(lake) = &request.lake {
        apart((lake, "--lake"), (&request.out, "--out"))?;
    }
    let staging = Staging::reserve(&request.out, LAYOUT)?;
    let known = hubs(request.hub_table.as_deref())?;
    let from = request.lake.clone().map_or_else(|| SignalsFrom::Folder(request.data.clone()), SignalsFrom::Lake);
    let (read, _) = from.read(&known, None)?;
    let selected =
        Selected { from: request.from.map(Week::of), to: request.to.map(Week::of), below_state: request.below_state };
    let asked = asked(request, &known, selected)?;
    let key = key(&request.config, &read);
    staging.resume(KEY)?;
    let kept = weeks::take_over(&staging, OUTPUT, &key)?;
    // Hubs whose forecasts are due on the same day share them.
    let mut due: BTreeMap<(Week, Date), Vec<&Hub>> = BTreeMap::new();
    for of in &asked {
        for week in of.weeks.iter().filter(|week| !kept.contains(&(of.hub.name.clone(), **week))) {
            due.entry((*week, of.hub.due(*week))).or_default().push(of.hub);
        }
    }
    monitor.begin("reference dates", due.len());
    let one = |((reference, day), hubs): (&(Week, Date), &Vec<&Hub>)| -> Result<Vec<String>, Error> {
        if monitor.cancelled() {
            return Err(Error::Interrupted);
        }
        let signals: BTreeSet<Signal> =
            hubs.iter().flat_map(|hub| hub.targets.iter().map(|target| target.signal)).collect();
        let signals: Vec<Signal> = signals.into_iter().collect();
        let made = of_week(&read, &signals, *day, *reference, &request.config, &())?;
        for hub in hubs {
            let names = write(&staging, hub, &read, *reference, &made.forecasts, request)?;
            weeks::complete(&staging, &hub.name, *reference, &key, &names)?;
        }
        monitor.step();
        Ok(made.notices.iter().map(|notice| format!("{reference}: {notice}")).collect())
    };
    let threads = threads(request.jobs)?;
    let notices: Vec<Vec<String>> = threads.install(|| due.par_iter().map(one).collect::<Result<_, _>>())?;
    let reused = asked.iter().flat_map(|of| &of.weeks).collect::<BTreeSet<_>>().len()
        - due.keys().map(|(week, _)| week).collect::<BTreeSet<_>>().len();
    let mut ours = BTreeSet::new();
    let mut scored = Vec::with_capacity(asked.len());
    for Asked { hub, mut teams, weeks } in asked {
        for file in files(&staging.folder().join(OUTPUT).join(&hub.name), &weeks)? {
            let found = Forecasts::read_file(&file, hub)?;
            ours.extend(found.models.keys().cloned());
            teams.extend(found);
        }
        scored.push(HubDone {
            hub: hub.name.clone(),
            reference_dates: weeks.iter().map(ToString::to_string).collect(),
            targets: relative_scores(hub, &teams, &read, selected),
        });
    }
    let notices = notices.into_iter().flatten().collect();
    let done = HubsDone { hubs: scored, ours: ours.into_iter().collect(), reused, notices };
    staging.json(SUMMARY, &done)?;
    staging.commit()?;
    Ok(done)
}

/// The hubs that are asked for, with their teams' forecasts.
fn asked<'a>(request: &HubRequest, known: &'a Hubs, selected: Selected) -> Result<Vec<Asked<'a>>, Error> {
    let teams = |hub: &Hub| request.data.join(format!("forecasts_{}.parquet", hub.name));
    let all = request.hubs == ["all"];
    let hubs: Vec<&Hub> = if all {
        known.hubs.iter().filter(|hub| teams(hub).exists()).collect()
    } else {
        let names: BTreeSet<&String> = request.hubs.iter().collect();
        names.into_iter().map(|name| hub_named(known, name)).collect::<Result<_, _>>()?
    };
    let mut asked = Vec::with_capacity(hubs.len());
    let mut outside = None;
    for hub in hubs {
        let teams = Forecasts::read_teams(&teams(hub), hub)?;
        match reference_weeks(hub, &teams, selected) {
            Ok(weeks) => asked.push(Asked { hub, teams, weeks }),
            // Hubs begin in different years: one without a date in the range is left out of `all`.
            Err(error) if all => outside = Some(error),
            Err(error) => return Err(error),
        }
    }
    match outside {
        _ if !asked.is_empty() => Ok(asked),
        Some(error) => Err(error),
        None => Err(Error::Request {
            message: format!("{} holds no hub's forecasts", request.data.display()),
            remedy: format!("put forecasts_HUB.parquet there; hubs: {}", known.names()),
        }),
    }
}

/// The reference weeks that the hub's baseline answered.
fn reference_weeks(hub: &Hub, forecasts: &Forecasts, selected: Selected) -> Result<BTreeSet<Week>, Error> {
    let of_baseline = forecasts.models.get(&hub.baseline).into_iter().flat_map(|tasks| tasks.keys());
    let weeks: BTreeSet<Week> = of_baseline.map(|task| task.reference).collect();
    let first_and_last = weeks.first().zip(weeks.last()).map(|(first, last)| format!("{first} to {last}"));
    let wanted =
        |week: &Week| selected.from.is_none_or(|from| *week >= from) && selected.to.is_none_or(|to| *week <= to);
    let weeks: BTreeSet<Week> = weeks.into_iter().filter(wanted).collect();
    if weeks.is_empty() {
        return Err(Error::Request {
            message: format!("{}: no reference date in this range has a forecast of the baseline", hub.title),
            remedy: format!("the baseline's are from {}", first_and_last.unwrap_or_else(|| "none".to_owned())),
        });
    }
    Ok(weeks)
}

/// Writes each model's file of a week; returns their names.
fn write(
    staging: &Staging,
    hub: &Hub,
    read: &Signals,
    reference: Week,
    forecasts: &[Forecast],
    request: &HubRequest,
) -> Result<Vec<String>, Error> {
    let models: BTreeSet<&str> = forecasts.iter().map(|forecast| forecast.model).collect();
    let mut names = Vec::new();
    for model in models {
        let of_model: Vec<&Forecast> = forecasts.iter().filter(|forecast| forecast.model == model).collect();
        let text = signals::hub_file(hub, &read.geography, reference, &of_model, None);
        let name = format!("{OUTPUT}/{}/{}", hub.name, signals::hub_path(&request.config.hub, model, reference));
        staging.put(&name, text)?;
        names.push(name);
    }
    Ok(names)
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
