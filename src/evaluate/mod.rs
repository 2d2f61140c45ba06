//! Backtests: projections of past days from the data available then, compared with observed counts.

mod ablate;
mod fortnights;
mod hub;
#[cfg(feature = "pictures")]
mod pictures;
mod replay;
mod teams;
mod write;

use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use jiff::ToSpan;

use ablate::Ablation;
pub use fortnights::Fortnight;
pub use hub::{Behind, HubDone, HubRequest, HubsDone, evaluate_hubs};
pub use teams::{Comparison, TeamScore, Teams};

use crate::config::Config;
use crate::error::Error;
use crate::observed;
use crate::output::{Staging, apart, disk};
use crate::panel::Sources;
use crate::pipeline::Monitor;
use crate::scores::{Means, Summary, Truth, score};
use replay::Replayed;

/// Key of a killed evaluation's files. Each day says itself whether it can be reused, so that an evaluation of more days
/// goes on from one of fewer.
const KEY: &str = "evaluate";

/// Summary for machines.
const SUMMARY: &str = "summary.json";

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
    /// Whether the blend learns from the days before, which are kept in a lake under `out`.
    pub learn: bool,
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
    /// How many of them were reused from an earlier evaluation with the same program, settings and files.
    pub reused: usize,
    /// Whether data were read as published on each day.
    pub vintage: bool,
    /// Means by group.
    pub means: Vec<Means>,
    /// The worst fortnight of each quarter, for the blend's cases in counties.
    pub worst_fortnights: Vec<Fortnight>,
    /// Means of the blend without each member and of the learner without groups of its features, over the counties that
    /// the engines project and over states; empty if not requested.
    pub ablation: Vec<Means>,
    /// Errors of summed cases compared with the hub's teams; empty where the data folder has none.
    pub teams: Vec<TeamScore>,
}

/// Projects every as-of day that is missing, scores all of them and, with the feature `pictures`, draws charts. Each day
/// is kept, so that an interrupted backtest can be resumed; the output folder is replaced as a whole at the very end, with
/// the days of earlier evaluations.
///
/// # Errors
/// [`Error`] for data, settings or dates that cannot be used, files that cannot be written, and when the monitor asks
/// to stop.
pub fn evaluate(request: &Request, monitor: &dyn Monitor) -> Result<Done, Error> {
    let dates = dates(request)?;
    apart((&request.data, "--data"), (&request.out, "--out"))?;
    let staging = Staging::reserve(&request.out, write::LAYOUT)?;
    let sources = Sources::open(&request.data, &request.config.panel)?;
    let truth = observed::truth_with_hub(&sources.as_of(None, false)?, &request.data)?;
    let teams = teams::read(&request.data, &dates)?;
    staging.resume(KEY)?;
    ["runs", "ablation", "lake"].iter().try_for_each(|folder| staging.take_over(folder))?;
    // Until the end all is written beside the output folder.
    let request = &Request { out: staging.folder().to_owned(), ..request.clone() };
    let mut book = Book {
        request,
        #[cfg(feature = "pictures")]
        staging: &staging,
        truth,
        teams,
        summary: Summary::default(),
        comparison: Comparison::default(),
        ablation: Ablation::default(),
        table: write::Table::begin(&staging)?,
        reused: 0,
    };
    replay::runs(&sources, request, &dates, monitor, |run| book.add(run))?;
    let Book { summary, comparison, ablation, table, reused, .. } = book;
    let means = summary.means();
    let done = Done {
        as_of: dates.iter().map(ToString::to_string).collect(),
        reused,
        vintage: request.vintage,
        worst_fortnights: fortnights::worst(&means),
        means,
        ablation: ablation.means(),
        teams: comparison.scores(),
    };
    table.finish()?;
    staging.json(SUMMARY, &done)?;
    #[cfg(feature = "pictures")]
    pictures::all(&staging, &done)?;
    ["runs", "ablation"].iter().try_for_each(|folder| sweep(&request.out.join(folder)))?;
    staging.commit()?;
    Ok(done)
}

/// Removes what killed runs of single days left in a folder, or in those in it, and this evaluation had no use for.
fn sweep(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            disk::remove(&path).map_err(|source| Error::write(&path, source))?;
        } else if path.is_dir() {
            sweep(&path)?;
        }
    }
    Ok(())
}

/// Scores that grow run by run.
struct Book<'a> {
    request: &'a Request,
    #[cfg(feature = "pictures")]
    staging: &'a Staging,
    truth: Truth,
    teams: Option<Teams>,
    summary: Summary,
    comparison: Comparison,
    ablation: Ablation,
    table: write::Table<'a>,
    reused: usize,
}

impl Book<'_> {
    /// Scores a run: a day's own, or an ablated one after it.
    fn add(&mut self, Replayed { variant, run, reused }: Replayed<'_>) -> Result<(), Error> {
        if let Some(name) = variant {
            self.ablation.add_variant(name, run, &self.truth);
            return Ok(());
        }
        self.reused += usize::from(reused);
        let scores = score(&run, &self.truth);
        self.summary.add(&scores);
        if let Some(teams) = &self.teams {
            self.comparison.add(&run, &self.truth, teams);
        }
        self.table.add(&scores)?;
        #[cfg(feature = "pictures")]
        pictures::fans(self.staging, self.request, &run, &self.truth)?;
        if self.request.ablate {
            self.ablation.add(&self.request.config, run, &self.truth);
        }
        Ok(())
    }
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
