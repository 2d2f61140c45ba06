//! `countycast tune`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use countycast_engine::Date;

use super::progress::Progress;
use super::say::{line, mention, mention_line, tell};
use super::{Format, jobs, threads};
use crate::config::Config;
use crate::error::Error;
use crate::output::BLEND;
use crate::tune::{Budget, Choice, Counts, Method, Objective, Request, Space, Trial, best, tune};

/// Search for the settings that would have forecast best on past days.
///
/// The search space is a TOML file with one line per setting:
///     "engines.trend.rise.cases" = { low = 0.2, high = 1.0 }
///     "engines.trend.drift_per_week.cases" = { low = 0.05, high = 1.5, scale = "log" }
///
/// The loss is relative to the baseline's (`flat`) on the same county-weeks. Repeating the command resumes an
/// interrupted search; a larger budget extends it.
#[derive(clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  countycast tune --data ../data --engine trend --space space.toml --from 2020-07-11 --to 2020-08-22 --state NE
  countycast tune --data ../data --space space.toml --from 2020-07-11 --to 2020-08-22 --method bayes --budget 2h --vintage
  countycast project --data ../data --config tuned/best.toml"
)]
pub(super) struct Args {
    /// Folder with the publishers' files.
    #[arg(long, value_name = "DIR", env = "COUNTYCAST_DATA_DIR")]
    data: PathBuf,
    /// TOML file with the settings to be searched and their ranges.
    #[arg(long, value_name = "FILE")]
    space: PathBuf,
    /// Engine to score, or `blend` for all engines together.
    #[arg(long, value_name = "NAME", default_value = BLEND)]
    engine: String,
    /// First as-of day.
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// Last as-of day.
    #[arg(long, value_name = "DATE")]
    to: Date,
    /// Days from one as-of day to the next.
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=366))]
    every: u32,
    /// Use the files as published on each as-of day, if the data folder has vintages.
    #[arg(long)]
    vintage: bool,
    /// States to score, with their counties.
    #[arg(long, value_name = "NY,NJ", value_delimiter = ',', conflicts_with = "fips")]
    state: Vec<String>,
    /// Single counties or states to score, by FIPS code.
    #[arg(long, value_name = "36061,…", value_delimiter = ',')]
    fips: Vec<String>,
    /// The loss to minimise.
    #[arg(long, value_parser = choice::<Objective>(), default_value = "wis")]
    objective: Objective,
    /// Which counts are scored.
    #[arg(long, value_parser = choice::<Counts>(), default_value = "cases")]
    counts: Counts,
    /// How the next settings are chosen.
    #[arg(long, value_parser = choice::<Method>(), default_value = "bayes")]
    method: Method,
    /// Number of trials (60) or time (20min, 2h).
    #[arg(long, value_name = "N|TIME", default_value = "60")]
    budget: Budget,
    /// Folder for trials, summary, charts and best.toml.
    #[arg(long, value_name = "DIR", default_value = "tuned")]
    out: PathBuf,
    /// TOML file with the settings to start from.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Seed of the search.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads, at most 1,024 [default: all cores].
    #[arg(long, value_name = "N", value_parser = threads())]
    jobs: Option<u16>,
}

/// Takes the name of a value and lists all of them in the help.
fn choice<T: Choice>() -> impl TypedValueParser<Value = T> {
    let values = T::ALL.iter().map(|value| PossibleValue::new(value.name()).help(value.about()));
    // Only names in the list get here.
    PossibleValuesParser::new(values)
        .map(|name| T::ALL.iter().copied().find(|value| value.name() == name).unwrap_or(T::ALL[0]))
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let progress = Progress::new(!quiet)?;
    let config = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    let given = args.config.as_ref().map(std::fs::read_to_string).transpose().ok().flatten().unwrap_or_default();
    let request = Request {
        data: args.data.clone(),
        from: args.from,
        to: args.to,
        every: args.every,
        vintage: args.vintage,
        states: args.state.clone(),
        fips: args.fips.clone(),
        engine: args.engine.clone(),
        space: Space::read(&args.space, &given)?,
        config,
        objective: args.objective,
        counts: args.counts,
        method: args.method,
        budget: args.budget,
        seed: args.seed,
        jobs: jobs(args.jobs),
        out: args.out.clone(),
    };
    let done = tune(&request, &progress, &mut |trials| {
        if !quiet {
            tell(&(line(trials) + "\n"));
        }
    })?;
    drop(progress);
    if format == Format::Json {
        line!("{}", serde_json::json!({ "out": args.out, "tune": done }));
    } else if !quiet {
        if done.resumed > 0 {
            mention_line!("resumed after {} stored trials", done.resumed);
        }
        let summary = args.out.join("summary.txt");
        mention(&std::fs::read_to_string(&summary).map_err(|source| Error::read(&summary, source))?);
        mention_line!(
            "\nwritten to {}: best.toml, trials.parquet, summary.txt, response.svg and .png",
            args.out.display()
        );
    }
    Ok(())
}

/// The newest trial and the best so far.
fn line(trials: &[Trial]) -> String {
    let number = trials.len().saturating_sub(1);
    let newest = match trials.last() {
        Some(Trial { loss: Some(loss), seconds, .. }) => format!("{loss:.4} in {seconds:.1} s"),
        Some(Trial { refused: Some(reason), .. }) => format!("refused: {reason}"),
        _ => "not scored".to_owned(),
    };
    let best =
        best(trials).map_or(String::new(), |(k, t)| format!("best {:.4} (trial {k})", t.loss.unwrap_or(f64::NAN)));
    format!("trial {number}: {newest}; {best}")
}
