//! Searches for the settings that would have forecast best on past days.

mod budget;
mod choice;
mod evolution;
mod objective;
#[cfg(feature = "pictures")]
mod picture;
mod search;
mod space;
mod summary;
mod trials;

use std::path::{Path, PathBuf};
use std::time::Instant;

use countycast_engine::Date;
use jiff::ToSpan;
use serde::Serialize;

pub use budget::Budget;
pub use choice::Choice;
pub use objective::{Counts, Objective};
pub use search::Method;
pub use space::{Parameter, Space};
pub use summary::Influence;
pub use trials::{Trial, best};

use crate::config::Config;
use crate::error::{Error, InputError};
use crate::identity::{self, build, digest};
use crate::output::{BLEND, Layout, Staging, apart, regular};
use crate::pipeline::{Monitor, names};
use objective::Past;

/// File of the output folder that identifies the search of its trials, and their file by its SHA-256.
const KEY: &str = "key";
/// Most bytes of it.
const MOST_KEY_BYTES: u64 = 1 << 10;
/// File of the trials.
const TRIALS: &str = "trials.parquet";
/// Everything that a search writes to its output folder.
const LAYOUT: Layout =
    Layout { names: &[KEY, TRIALS, "best.toml", "summary.txt", "response.svg", "response.png"], kept: &[] };

/// The request: search space, data and budget.
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
    /// States to score, by abbreviation; none for all.
    pub states: Vec<String>,
    /// Places to score, by FIPS code; none for all.
    pub fips: Vec<String>,
    /// The engine whose projections are scored, or `blend`.
    pub engine: String,
    /// The settings to be searched.
    pub space: Space,
    /// The starting settings.
    pub config: Config,
    /// The loss to minimise.
    pub objective: Objective,
    /// Cases, deaths or both.
    pub counts: Counts,
    /// How points are chosen.
    pub method: Method,
    /// When to stop.
    pub budget: Budget,
    /// Seed of the search; the seed of projections is in the configuration.
    pub seed: u64,
    /// Threads, at least 1.
    pub jobs: usize,
    /// The folder for trials, summary, pictures and the best settings.
    pub out: PathBuf,
}

/// Result of a search.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// Keys of the parameters.
    pub parameters: Vec<String>,
    /// All trials, the starting settings first.
    pub trials: Vec<Trial>,
    /// The number of the best trial.
    pub best: usize,
    /// Influence of each parameter on the loss, in the parameters' order; none if there are too few trials.
    pub influence: Option<Vec<Influence>>,
    /// Trials reused from an interrupted search.
    pub resumed: usize,
}

/// Searches until the budget is spent. Every trial is stored as soon as it is scored: an interrupted search resumes, and
/// one with a larger budget adds trials. The output folder is replaced as a whole at the very end.
///
/// `each` is called after every new trial with all trials so far, the new one last.
///
/// # Errors
/// [`Error`] for a request, data or dates that cannot be used, files that cannot be written, an output folder that holds
/// another search, and when the monitor asks to stop.
pub fn tune(request: &Request, monitor: &dyn Monitor, each: &mut dyn FnMut(&[Trial])) -> Result<Done, Error> {
    check(request)?;
    let dates = dates(request)?;
    apart((&request.data, "--data"), (&request.out, "--out"))?;
    let staging = Staging::reserve(&request.out, LAYOUT)?;
    let past = Past::read(request, &dates, monitor)?;
    let key = key(request, &dates, &past);
    let known = take_over(request, &key, &staging)?;
    staging.resume(&key)?;
    let parameters = request.space.parameters();
    let start: Vec<f64> = parameters.iter().zip(request.space.start()).map(|(p, value)| p.place(value)).collect();
    if known.is_empty() {
        refuse_inert(request, &past, monitor)?;
    }
    let mut trials: Vec<Trial> = Vec::new();
    let mut failed = None;
    let block = request.budget.evaluations().unwrap_or(10 * parameters.len()).saturating_sub(1);
    search::search(request.method, &start, request.seed, block, &mut |place| {
        let spent: f64 = trials.iter().map(|trial| trial.seconds).sum();
        if request.budget.is_spent(trials.len(), spent) {
            return None;
        }
        let values: Vec<f64> = parameters.iter().zip(place).map(|(p, x)| p.value(*x)).collect();
        let trial = match known.get(trials.len()) {
            Some(trial) if trial.values == values => Ok(trial.clone()),
            _ => evaluate(request, &past, values, monitor),
        };
        match trial {
            Ok(trial) => trials.push(trial),
            Err(error) => {
                failed = Some(error);
                return None;
            }
        }
        if trials.len() > known.len() {
            if let Err(error) = keep(request, &staging, &trials) {
                failed = Some(error);
                return None;
            }
            each(&trials);
        }
        Some(trials.last().and_then(|trial| trial.loss).unwrap_or(search::REFUSED))
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let Some((best, _)) = best(&trials) else {
        let reason = trials.iter().find_map(|trial| trial.refused.clone()).unwrap_or_default();
        return Err(Error::Request {
            message: format!("no trial could be scored: {reason}"),
            remedy: "correct the search space or the settings".to_owned(),
        });
    };
    let done = Done {
        parameters: parameters.iter().map(|p| p.key.clone()).collect(),
        best,
        influence: summary::influence(parameters, &trials),
        resumed: known.len().min(trials.len()),
        trials,
    };
    finish(request, &key, staging, &done)?;
    Ok(done)
}

/// Refuses a search over settings that cannot act: with each alone at the far end of its range, the scores of these places
/// and days have to differ from those of the starting settings.
fn refuse_inert(request: &Request, past: &Past<'_>, monitor: &dyn Monitor) -> Result<(), Error> {
    let parameters = request.space.parameters();
    let start: Vec<f64> = request.space.start();
    let usual = evaluate(request, past, start.clone(), monitor)?;
    let outcome = |trial: &Trial| (trial.loss, trial.coverage_95, trial.answered, trial.refused.clone());
    let mut inert = Vec::new();
    for (i, parameter) in parameters.iter().enumerate() {
        let mut values = start.clone();
        values[i] = parameter.value(if parameter.place(start[i]) < 0.5 { 1.0 } else { 0.0 });
        if outcome(&evaluate(request, past, values, monitor)?) == outcome(&usual) {
            inert.push(format!("`{}`", parameter.key));
        }
    }
    if inert.is_empty() {
        return Ok(());
    }
    Err(Error::Request {
        message: format!(
            "{} cannot act: the scores of `{}` on these places and days are the same with any value",
            inert.join(", "),
            request.engine
        ),
        remedy: format!(
            "search settings that `{}` reads ({BLEND} reads those of all its engines), or remove these",
            request.engine
        ),
    })
}

/// Scores one set of values. Settings that the engine refuses count as a trial, too.
fn evaluate(request: &Request, past: &Past<'_>, values: Vec<f64>, monitor: &dyn Monitor) -> Result<Trial, Error> {
    let began = Instant::now();
    let config = Config::parse(&request.space.config(&values), Path::new("trial"));
    let (score, refused) = match config {
        Ok(config) => (Some(past.score(&config, monitor)?), None),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(Trial {
        values,
        loss: score.map(|score| score.loss),
        coverage_95: score.map(|score| score.coverage_95),
        answered: score.map(|score| score.answered),
        refused,
        seconds: began.elapsed().as_secs_f64(),
    })
}

fn check(request: &Request) -> Result<(), Error> {
    if request.engine == BLEND || names().contains(&request.engine.as_str()) {
        return Ok(());
    }
    Err(Error::Request {
        message: format!("engine `{}`: no such engine", request.engine),
        remedy: format!("known engines: {}, or {BLEND} for all together", names().join(", ")),
    })
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

/// Everything that determines the trials, except their number.
fn key(request: &Request, dates: &[Date], past: &Past<'_>) -> String {
    let Request { states, fips, engine, space, config, objective, counts, method, seed, vintage, .. } = request;
    let block = if *method == Method::Lhs { request.budget.evaluations() } else { None };
    let kinds = [format!("{objective:?}"), format!("{counts:?}"), format!("{method:?}")];
    let places = (states, fips, engine);
    digest(&(build(), dates, places, space, config, kinds, block, seed, vintage, past.inputs()))
}

/// The trials of the same search: those of an earlier one of a smaller budget, or the more that an interrupted one made.
fn take_over(request: &Request, key: &str, staging: &Staging) -> Result<Vec<Trial>, Error> {
    let (finished, unfinished) = (staging.out().join(TRIALS), staging.folder().join(TRIALS));
    let mut known = Vec::new();
    if finished.exists() {
        let path = staging.out().join(KEY);
        let named = regular::bytes(&path, MOST_KEY_BYTES).map_err(|source| Error::read(&path, source))?;
        let named = String::from_utf8_lossy(&named);
        let mut named = named.lines();
        if named.next() != Some(key) {
            let message = format!("{} holds the trials of another search, as its `{KEY}` tells", request.out.display());
            let remedy = "use another --out; repeating the same search resumes it".to_owned();
            return Err(Error::Request { message, remedy });
        }
        let whole =
            |hash: &str| regular::open(&finished).and_then(identity::sha256_of).is_ok_and(|found| found == hash);
        if !named.next().is_none_or(whole) {
            let problem = "is damaged: it is not the file that the search wrote";
            return Err(InputError::new(&finished, problem, "remove the folder, or give another --out").into());
        }
        known = trials::read(&finished, request.space.parameters())?;
    }
    match staging.left_by() {
        Some(left) if left == key => {
            // A damaged file is as good as none: its trials are made again.
            let more = trials::read(&unfinished, request.space.parameters()).unwrap_or_default();
            if more.len() > known.len() {
                known = more;
            }
        }
        Some(_) if unfinished.exists() => {
            let message = format!("{} holds the trials of another search", staging.folder().display());
            let remedy = "use another --out, or remove that folder; repeating the same search resumes it".to_owned();
            return Err(Error::Request { message, remedy });
        }
        _ => {}
    }
    Ok(known)
}

/// Stores the trials so far.
fn keep(request: &Request, staging: &Staging, trials: &[Trial]) -> Result<PathBuf, Error> {
    staging.write(TRIALS, |path| trials::write(path, request.space.parameters(), trials))
}

/// Writes the trials, the summary, the best settings and, with the feature `pictures`, the response chart, and puts them in
/// place.
fn finish(request: &Request, key: &str, staging: Staging, done: &Done) -> Result<(), Error> {
    let text = |name: &str, text: String| staging.put(name, text);
    let values = &done.trials[done.best].values;
    let head =
        "# Found by `countycast tune`; summary.txt says on what. Confirm on other days with `countycast evaluate`.\n";
    let table = keep(request, &staging, &done.trials)?;
    let hash = regular::open(&table).and_then(identity::sha256_of).map_err(|source| Error::read(&table, source))?;
    text(KEY, format!("{key}\n{hash}\n"))?;
    text("best.toml", format!("{head}{}", request.space.config(values)))?;
    text("summary.txt", summary::text(request, done))?;
    #[cfg(feature = "pictures")]
    picture::write(&staging, request.space.parameters(), done)?;
    staging.commit().map(drop)
}
