//! `countycast evaluate`.

use std::path::PathBuf;

use countycast_engine::Date;

use super::progress::Progress;
use super::say::{line, mention, mention_line};
use super::{Format, from, jobs, scores, signals, threads};
use crate::config::Config;
use crate::error::Error;
use crate::evaluate::{HubRequest, Request, evaluate, evaluate_hubs};

/// Backtest: project past days from the data available then, and score the projections against observed counts.
///
/// Every day's run is kept under OUT/runs: an interrupted backtest resumes, and one with more days makes only the
/// missing ones.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast evaluate --data ../data --from 2020-07-18 --to 2020-09-26 --vintage
  countycast evaluate --data ../data --from 2020-08-01 --to 2020-08-29 --state IA,NE --engines flat,trend
  countycast evaluate --data ../data --from 2020-09-05 --to 2020-09-26 --format json --quiet
  countycast evaluate --data live --hub flusight --from 2025-11-22 --to 2026-01-10
  countycast evaluate --data live --hub all --lake lake          weeks that the lake has are not forecast again")]
pub(super) struct Args {
    /// Folder with the publishers' files.
    #[arg(long, value_name = "DIR", env = "COUNTYCAST_DATA_DIR", required_unless_present = "lake")]
    data: Option<PathBuf>,
    /// First as-of day; Saturdays make target weeks epidemiological weeks.
    #[arg(long, value_name = "DATE", required_unless_present = "hub")]
    from: Option<Date>,
    /// Last as-of day.
    #[arg(long, value_name = "DATE", required_unless_present = "hub")]
    to: Option<Date>,
    /// Score forecasts of weekly signals on past reference dates of hubs beside their teams instead: metrocast, flusight,
    /// covid, rsv, several of them with commas, or all. --data holds forecasts_HUB.parquet; --from and --to are reference
    /// dates [default: all].
    #[arg(long, value_name = "NAME", value_delimiter = ',',
        conflicts_with_all = ["every", "vintage", "ablate", "hide_history", "engines", "state", "fips"])]
    hub: Vec<String>,
    /// Folder of a lake, in which nothing is changed. Without --data, counts are read from it as they were known on each day. With
    /// --hub, weeks that `project --signal` or another evaluation has kept in it with the same program, settings and files are used
    /// again; and if `countycast data fetch` fetches into it, published values are read from it and --data holds the teams' forecasts
    /// alone.
    #[arg(long, value_name = "LAKE")]
    lake: Option<PathBuf>,
    /// With --hub: TOML file with hubs of your own, which replace or add to `config/hubs.toml`.
    #[arg(long, value_name = "FILE", requires = "hub")]
    hubs: Option<PathBuf>,
    /// With --hub: only locations smaller than a state.
    #[arg(long, requires = "hub")]
    below_state: bool,
    /// Days from one as-of day to the next.
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=366))]
    every: u32,
    /// Use the files as published on each as-of day, if the data folder has vintages.
    #[arg(long)]
    vintage: bool,
    /// Let the blend learn from the days before, as daily runs do; days are then projected in order, and kept in a lake of the
    /// evaluation's own, OUT/lake.
    #[arg(long, conflicts_with = "hub")]
    learn: bool,
    /// Ablation: also score the blend without each member, and the learner retrained without groups of its features and
    /// on fewer past days. This takes eleven trainings per as-of day, kept under OUT/ablation.
    #[arg(long, conflicts_with = "learn")]
    ablate: bool,
    /// Share of the counties with enough history that are projected as if they had none, to evaluate the fallback.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, conflicts_with = "learn")]
    hide_history: f64,
    /// Folder for runs, scores and charts.
    #[arg(long, value_name = "DIR", default_value = "backtest")]
    out: PathBuf,
    /// TOML file with settings; `config/default.toml` lists them all.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Engines to run [default: those of the settings].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    engines: Vec<String>,
    /// States to project, with their counties.
    #[arg(long, value_name = "NY,NJ", value_delimiter = ',', conflicts_with = "fips")]
    state: Vec<String>,
    /// Single counties or states to project, by FIPS code.
    #[arg(long, value_name = "36061,…", value_delimiter = ',')]
    fips: Vec<String>,
    /// Threads, at most 1,024 [default: all cores].
    #[arg(long, value_name = "N", value_parser = threads())]
    jobs: Option<u16>,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let progress = Progress::new(!quiet)?;
    let mut config = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    let config_text = args.config.as_ref().map(std::fs::read_to_string).transpose().ok().flatten().unwrap_or_default();
    if !args.engines.is_empty() {
        config.engine_names.clone_from(&args.engines);
    }
    if !args.hub.is_empty() {
        let data = args.data.clone().ok_or_else(|| Error::Request {
            message: "--hub needs the forecasts of the hub's teams".to_owned(),
            remedy: "name the folder of `forecasts_HUB.parquet` with --data".to_owned(),
        })?;
        let request = HubRequest {
            data,
            lake: args.lake.clone(),
            hubs: args.hub.clone(),
            from: args.from,
            to: args.to,
            hub_table: args.hubs.clone(),
            below_state: args.below_state,
            out: args.out.clone(),
            config,
            jobs: jobs(args.jobs),
        };
        let done = evaluate_hubs(&request, &progress)?;
        drop(progress);
        if format == Format::Json {
            line!("{}", serde_json::json!({ "out": args.out, "backtest": done }));
        } else if !quiet {
            mention(&signals::scores(&done));
            mention_line!("written to {}: summary.json, and tables and pictures under hub", args.out.display());
        }
        return Ok(());
    }
    let (Some(from), Some(to)) = (args.from, args.to) else { return Ok(()) };
    let data = from::one(args.data.as_ref(), args.lake.as_ref())?;
    config.fallback.hidden_share = args.hide_history;
    let request = Request {
        data: data.cloned().unwrap_or_default(),
        from,
        to,
        every: args.every,
        vintage: args.vintage,
        out: args.out.clone(),
        learn: args.learn,
        ablate: args.ablate,
        config,
        config_text,
        states: args.state.clone(),
        fips: args.fips.clone(),
        jobs: jobs(args.jobs),
    };
    let done = evaluate(&request, &progress)?;
    drop(progress);
    if format == Format::Json {
        line!("{}", serde_json::json!({ "out": args.out, "backtest": done }));
    } else if !quiet {
        mention(&scores::text(&done));
        mention_line!("written to {}: scores.parquet, summary.json and pictures", args.out.display());
    }
    Ok(())
}

/// Parses a share.
fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is not a share: write a number from 0 to 1"))
}
