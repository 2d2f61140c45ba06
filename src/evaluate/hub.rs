//! `evaluate --hub`: past weeks forecast from what was known then, scored beside the hub's models.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use countycast_signals::{Forecasts, Hub, Selected, Signals, TargetScores, relative_scores};
use rayon::prelude::*;
use serde::Serialize;

use crate::config::Config;
use crate::error::Error;
use crate::output::{Layout, Staging, apart, signals};
use crate::pipeline::Monitor;
use crate::project::{hub_named, hubs, key, of_week, read_signals, threads};

use super::{SUMMARY, weeks};
use crate::weekly::Forecast;

/// What an evaluation in a hub writes.
const LAYOUT: Layout = Layout { names: &[OUTPUT, weeks::FOLDER, SUMMARY], kept: &[] };
/// Folder of the forecasts.
const OUTPUT: &str = "model-output";
/// Key of a killed evaluation's files: each week says which program, settings and files made it.
const KEY: &str = "evaluate-hub";

/// What is asked.
#[derive(Debug, Clone)]
pub struct HubRequest {
    /// Folder of the publishers' files and of `forecasts_HUB.parquet`, the teams' forecasts.
    pub data: PathBuf,
    /// Name of the hub.
    pub hub: String,
    /// First reference date; none for the hub's first.
    pub from: Option<Date>,
    /// Last reference date; none for the hub's last.
    pub to: Option<Date>,
    /// Only locations smaller than a state.
    pub below_state: bool,
    /// Folder for forecasts and scores.
    pub out: PathBuf,
    /// Settings.
    pub config: Config,
    /// Threads, at least 1.
    pub jobs: usize,
}

/// What a backtest in a hub found.
#[derive(Debug, Clone, Serialize)]
pub struct HubDone {
    /// The hub.
    pub hub: String,
    /// Reference dates that were scored.
    pub reference_dates: Vec<String>,
    /// How many of them were forecast in an earlier evaluation with the same program, settings and files.
    pub reused: usize,
    /// Names of our models.
    pub ours: Vec<String>,
    /// Scores by target.
    #[serde(serialize_with = "rows")]
    pub targets: Vec<TargetScores>,
    /// What was noticed.
    pub notices: Vec<String>,
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

/// Forecasts every reference date of a hub that its baseline answered, each from the vintage of its Wednesday, and scores
/// them beside the hub's models. Forecasts are kept under `OUT/model-output` in the hub's layout, and `OUT/weeks` says which
/// weeks are complete.
///
/// # Errors
/// [`Error`] for data, settings, hub or dates that cannot be used, files that cannot be written, and when the monitor asks
/// to stop.
pub fn evaluate_hub(request: &HubRequest, monitor: &dyn Monitor) -> Result<HubDone, Error> {
    apart((&request.data, "--data"), (&request.out, "--out"))?;
    let staging = Staging::reserve(&request.out, LAYOUT)?;
    let hubs = hubs()?;
    let hub = hub_named(&hubs, &request.hub)?;
    let read = read_signals(&request.data, &hubs)?;
    let teams = request.data.join(format!("forecasts_{}.parquet", hub.name));
    let mut forecasts = Forecasts::read_teams(&teams, hub)?;
    let selected =
        Selected { from: request.from.map(Week::of), to: request.to.map(Week::of), below_state: request.below_state };
    let weeks = reference_weeks(hub, &forecasts, selected)?;
    let key = key(&request.config, &read);
    staging.resume(KEY)?;
    let kept = weeks::take_over(&staging, OUTPUT, &key)?;
    let signals: Vec<Signal> = hub.targets.iter().map(|target| target.signal).collect();
    let missing: Vec<Week> = weeks.iter().copied().filter(|week| !kept.contains(&(hub.name.clone(), *week))).collect();
    monitor.begin("reference dates", missing.len());
    let one = |reference: &Week| -> Result<Vec<String>, Error> {
        if monitor.cancelled() {
            return Err(Error::Interrupted);
        }
        let made = of_week(&read, &signals, hub.due(*reference), *reference, &request.config, &())?;
        let names = write(&staging, hub, &read, *reference, &made.forecasts, request)?;
        weeks::complete(&staging, &hub.name, *reference, &key, &names)?;
        monitor.step();
        Ok(made.notices.iter().map(|notice| format!("{reference}: {notice}")).collect())
    };
    let threads = threads(request.jobs)?;
    let notices: Vec<Vec<String>> = threads.install(|| missing.par_iter().map(one).collect::<Result<_, _>>())?;
    let mut ours = BTreeSet::new();
    for file in files(&staging.folder().join(OUTPUT), &weeks)? {
        let found = Forecasts::read_file(&file, hub)?;
        ours.extend(found.models.keys().cloned());
        forecasts.extend(found);
    }
    let done = HubDone {
        hub: hub.name.clone(),
        reference_dates: weeks.iter().map(ToString::to_string).collect(),
        reused: weeks.len() - missing.len(),
        ours: ours.into_iter().collect(),
        targets: relative_scores(hub, &forecasts, &read.vintages, &read.geography, selected),
        notices: notices.into_iter().flatten().collect(),
    };
    staging.json(SUMMARY, &done)?;
    staging.commit()?;
    Ok(done)
}

/// The reference weeks that the hub's baseline answered.
fn reference_weeks(hub: &Hub, forecasts: &Forecasts, selected: Selected) -> Result<Vec<Week>, Error> {
    let of_baseline = forecasts.models.get(&hub.baseline).into_iter().flat_map(|tasks| tasks.keys());
    let weeks: BTreeSet<Week> = of_baseline.map(|task| task.reference).collect();
    let first_and_last = weeks.first().zip(weeks.last()).map(|(first, last)| format!("{first} to {last}"));
    let wanted =
        |week: &Week| selected.from.is_none_or(|from| *week >= from) && selected.to.is_none_or(|to| *week <= to);
    let weeks: Vec<Week> = weeks.into_iter().filter(wanted).collect();
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
        let text = signals::hub_file(hub, &read.geography, reference, &of_model);
        let name = format!("{OUTPUT}/{}", signals::hub_path(&request.config.hub, model, reference));
        staging.put(&name, text)?;
        names.push(name);
    }
    Ok(names)
}

/// The files of these weeks.
fn files(folder: &Path, weeks: &[Week]) -> Result<Vec<PathBuf>, Error> {
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
