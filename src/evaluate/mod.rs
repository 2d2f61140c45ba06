//! Backtests: projections of past days from the data available then, compared with observed counts.

mod ablate;
mod pictures;
mod teams;
mod write;

use std::path::{Path, PathBuf};

use countycast_engine::Date;
use jiff::ToSpan;

use ablate::Ablation;
pub use teams::{Comparison, TeamScore, Teams};

use crate::config::Config;
use crate::error::Error;
use crate::observed;
use crate::output;
use crate::panel;
use crate::pipeline::Monitor;
use crate::project::{self, project, side_by_side};
use crate::scores::{Means, Summary, score};

/// A team or model needs this many county-weeks at horizon 1 to be listed: four fifths of the counties on one date.
const LEAST_COUNTY_WEEKS: usize = 2_500;

/// Which past days to project and score.
#[derive(Debug, Clone)]
pub struct Request {
    /// The data folder.
    pub data: PathBuf,
    /// First as-of day.
    pub from: Date,
    /// Last as-of day.
    pub to: Date,
    /// Days from one as-of day to the next, at least 1.
    pub every: u32,
    /// Whether to use the files as published on each day.
    pub vintage: bool,
    /// The folder for runs, scores and pictures.
    pub out: PathBuf,
    /// Whether the blend learns from an archive under `out`.
    pub archive: bool,
    /// Whether to score the blend without each of its members, and the learner without groups of its features.
    pub ablate: bool,
    /// Settings.
    pub config: Config,
    /// Settings as written by the user.
    pub config_text: String,
    /// States to project, by abbreviation; none for all.
    pub states: Vec<String>,
    /// Places to project, by FIPS code; none for all.
    pub fips: Vec<String>,
    /// Threads, at least 1.
    pub jobs: usize,
}

/// What a backtest found.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Done {
    /// As-of days that were scored.
    pub as_of: Vec<String>,
    /// Whether data were read as published on each day.
    pub vintage: bool,
    /// Means by group.
    pub means: Vec<Means>,
    /// Means of the blend without each member and of the learner without groups of its features, over the counties that
    /// the engines project and over states; empty if not requested.
    pub ablation: Vec<Means>,
    /// Errors of summed cases compared with the hub's teams; empty where the data folder has none.
    pub teams: Vec<TeamScore>,
}

/// Projects every as-of day that is missing, then scores all of them. Each day is kept under `OUT/runs`, so that an
/// interrupted backtest can be resumed.
///
/// # Errors
/// [`Error`] for data, settings or dates that cannot be used, files that cannot be written, and when the monitor asks
/// to stop.
pub fn evaluate(request: &Request, monitor: &dyn Monitor) -> Result<Done, Error> {
    let dates = dates(request)?;
    let newest = panel::Request { data: request.data.clone(), as_of: None, vintage: false };
    let truth = observed::truth_with_hub(&panel::load(&newest, &request.config.panel)?, &request.data)?;
    let teams = teams::read(&request.data, &dates)?;
    let (mut summary, mut comparison) = (Summary::default(), Comparison::default());
    let mut ablation = Ablation::default();
    let mut table = write::Table::begin(&request.out.join("scores.parquet"))?;
    run(request, &dates, monitor)?;
    for &as_of in &dates {
        let run = output::read(&folder(request, as_of))?;
        let scores = score(&run, &truth);
        summary.add(&scores);
        if let Some(teams) = &teams {
            comparison.add(&run, &truth, teams);
        }
        table.add(&scores)?;
        if request.ablate {
            ablation.add(request, &run, &truth)?;
        }
        if as_of == dates[dates.len() / 2] {
            pictures::fans(&request.out.join("fans.svg"), &run, &truth)?;
        }
    }
    let done = Done {
        as_of: dates.iter().map(ToString::to_string).collect(),
        vintage: request.vintage,
        means: summary.means(),
        ablation: ablation.means(),
        teams: comparison.scores(LEAST_COUNTY_WEEKS),
    };
    table.finish()?;
    write::json(&request.out.join("summary.json"), &done)?;
    pictures::all(&request.out, &done)?;
    Ok(done)
}

fn dates(request: &Request) -> Result<Vec<Date>, Error> {
    let step = i64::from(request.every).days();
    let dates: Vec<Date> = request.from.series(step).take_while(|date| *date <= request.to).collect();
    if dates.is_empty() {
        return Err(Error::Request {
            message: format!("--from {} is after --to {}", request.from, request.to),
            remedy: "give the first as-of day as --from and the last as --to".to_owned(),
        });
    }
    Ok(dates)
}

/// Makes the runs that are missing or were made with other settings: one for every day and, with `--ablate`, of the
/// learner without each of its parts. Days run in parallel, unless each learns from those before.
fn run(request: &Request, dates: &[Date], monitor: &dyn Monitor) -> Result<(), Error> {
    let mut variants = vec![request.clone()];
    if request.ablate {
        variants.extend(ablate::variants(request).into_iter().map(|(_, variant)| variant));
    }
    let runs = variants.iter().flat_map(|variant| dates.iter().map(|date| one_day(variant, *date)));
    let missing = |run: &project::Request| made_with(&run.out).is_none_or(|key| key != project::settings_key(run));
    let missing: Vec<project::Request> = runs.filter(missing).collect();
    if request.archive {
        return missing.iter().try_for_each(|run| project(run, monitor).map(drop));
    }
    let name = |run: &project::Request| run.out.strip_prefix(&request.out).unwrap_or(&run.out).display().to_string();
    side_by_side(&missing, request.jobs, monitor, name, |run, jobs, monitor| {
        project(&project::Request { jobs, ..run.clone() }, monitor).map(drop)
    })
}

/// The folder of a day's run.
fn folder(request: &Request, as_of: Date) -> PathBuf {
    request.out.join("runs").join(as_of.to_string())
}

fn one_day(request: &Request, as_of: Date) -> project::Request {
    project::Request {
        panel: panel::Request { data: request.data.clone(), as_of: Some(as_of), vintage: request.vintage },
        synthetic: false,
        out: folder(request, as_of),
        archive: request.archive.then(|| request.out.join("archive")),
        config: request.config.clone(),
        config_text: request.config_text.clone(),
        states: request.states.clone(),
        fips: request.fips.clone(),
        jobs: request.jobs,
    }
}

/// The settings key of a run that is complete.
fn made_with(out: &Path) -> Option<String> {
    let text = std::fs::read(out.join("run.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(manifest.get("settings_sha256")?.as_str()?.to_owned())
}
