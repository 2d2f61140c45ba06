//! `countycast what-if`.

mod chart;
mod text;

use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::ArgPredicate;
use countycast_engine::Date;

use super::folder::Folder;
use super::progress::Progress;
use super::say::{line, mention, mention_line, say};
use super::{Format, from, jobs, threads};
use crate::config::Config;
use crate::error::Error;
use crate::panel;
use crate::what_if::{KINDS, Request, Scenarios, Setting, what_if};

/// Compare scenarios with a baseline: what if schools close, mask wearing ends, or a variant arrives?
///
/// The baseline is the projection of `project` with the same settings, horizon and lake. The engines seir and abm simulate
/// the scenarios; the other engines follow their ratio of scenario to baseline.
///
/// Without --data, uses a built-in demonstration panel of synthetic counties; without places, the nation.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast what-if --list                                              all kinds of entry in a scenario
  countycast what-if config/scenarios/masks.toml --data ../data --fips 48201
  countycast what-if --set masks.strength=0.6 --data ../data --state TX  no file needed
  countycast what-if --set 'masks.strength=[0.2,0.4,0.6]' --fips 31      a sweep: a table and a picture
  countycast what-if a.toml b.toml --out compared                        side by side
  countycast what-if config/scenarios/by_rule.toml --data ../data --state NE    measures when intensive care fills up
  countycast what-if masks.toml --data ../data --lake lake --learn       loads the models of the last week")]
pub(super) struct Args {
    /// Scenario files; `config/scenarios` has ready-made ones.
    #[arg(value_name = "SCENARIO.toml")]
    scenarios: Vec<PathBuf>,
    /// Explain all kinds of entry in a scenario.
    #[arg(long)]
    list: bool,
    /// Override a value of the scenarios, such as masks.strength=0.6; may be repeated.
    #[arg(long, value_name = "ENTRY.KEY=VALUE")]
    set: Vec<Setting>,
    /// Folder with the publishers' files [default: a synthetic demonstration panel].
    #[arg(long, value_name = "DIR", env = "COUNTYCAST_DATA_DIR")]
    data: Option<PathBuf>,
    /// Last day of data to use [default: the last day in the data].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Use the files as published on the as-of day, if the data folder has vintages.
    #[arg(long, requires_ifs = [(ArgPredicate::IsPresent, "as_of"), (ArgPredicate::IsPresent, "data")])]
    vintage: bool,
    /// States (state level) instead of the scenarios' places.
    #[arg(long, value_name = "NY,NJ", value_delimiter = ',', conflicts_with = "fips")]
    state: Vec<String>,
    /// Counties or states by FIPS code, instead of the scenarios' places.
    #[arg(long, value_name = "36061,…", value_delimiter = ',')]
    fips: Vec<String>,
    /// Days to project [default: the scenarios', or 90].
    #[arg(long, value_name = "DAYS")]
    horizon: Option<usize>,
    /// Joint draws of each engine [default: those of the settings, 300].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(10..=10_000))]
    draws: Option<u16>,
    /// Engines: seir and abm simulate the scenario, the others follow their ratio [default: those of the settings].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    engines: Vec<String>,
    /// Folder of a lake. Without --data, counts are read from it. Nothing is added to it.
    #[arg(long, value_name = "LAKE")]
    lake: Option<PathBuf>,
    /// Learn from past projections in the lake, as `project --learn` does; engines that are trained on all places load their models
    /// of the last week instead of training.
    #[arg(long, requires = "lake")]
    learn: bool,
    /// Simulate every resident individually in the agent-based engine: up to 16.7 million per place. Takes minutes and
    /// gigabytes instead of seconds; the time limit of an engine in a place becomes a day.
    #[arg(long)]
    full_scale: bool,
    /// TOML file with settings; `config/default.toml` lists them all.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder to write.
    #[arg(long, value_name = "DIR", default_value = "what-if")]
    out: PathBuf,
    /// Seed of the random numbers [default: 20200122].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads, at most 1,024 [default: all cores].
    #[arg(long, value_name = "N", value_parser = threads())]
    jobs: Option<u16>,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    if args.list {
        say(&list());
        return Ok(());
    }
    if args.scenarios.is_empty() && args.set.is_empty() {
        let message = "no scenario: give a scenario file or --set".to_owned();
        let remedy = "try `countycast what-if --set masks.strength=0.6`, or --list".to_owned();
        return Err(Error::Request { message, remedy });
    }
    let progress = Progress::new(!quiet)?;
    let mut config = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    config.seed = args.seed.unwrap_or(config.seed);
    config.draws = args.draws.map_or(config.draws, usize::from);
    if !args.engines.is_empty() {
        config.engine_names.clone_from(&args.engines);
    }
    if args.full_scale {
        config.full_scale();
    }
    let scenarios = args.scenarios.iter().map(|file| Scenarios::read(file)).collect::<Result<_, _>>()?;
    let lake = args.lake.as_ref();
    let given = if let (true, Some(data)) = (args.learn, from::data(args.data.as_ref(), lake)) {
        Some(data)
    } else {
        from::one(args.data.as_ref(), lake)?
    };
    let folder = Folder::or_demo(given, &progress)?;
    let request = Request {
        panel: panel::Request { data: folder.path().to_owned(), as_of: args.as_of, vintage: args.vintage },
        scenarios,
        settings: args.set.clone(),
        states: args.state.clone(),
        fips: args.fips.clone(),
        horizon_days: args.horizon,
        lake: args.lake.clone().filter(|_| args.learn),
        config,
        jobs: jobs(args.jobs),
        out: args.out.clone(),
    };
    let done = what_if(&request, &progress)?;
    // The program may end while it prints, and would leave the demonstration panel's folder behind.
    drop((progress, folder));
    if format == Format::Json {
        line!(
            "{}",
            serde_json::json!({ "out": args.out, "effects": done.effects, "remarks": done.remarks(), "notices": done.notices, "rules": done.rules, "failures": done.failures })
        );
    } else if !quiet {
        if given.is_none() {
            mention_line!("SYNTHETIC DATA: no --data was given, so this is the built-in demonstration panel.\n");
        }
        mention(&format!("{}\nwritten to {}\n", text::text(&done), args.out.display()));
    }
    Ok(())
}

/// Every kind of entry with its parameters.
fn list() -> String {
    let mut text = "\
A scenario has [[entry]] tables with kind, start and end (a date, or \"+7\" for seven days after the as-of day; default:
the whole run), strength (0 to 1, default 1; a list is a sweep), uncertainty (standard deviation of the strength,
default 0), and the parameters of the kind. [places] names fips, states (state level) or counties_of states, with
min_population and max_population (without counties_of: of all states). horizon_days is 7 to 366.

A measure may come into force by a rule instead, in each trajectory by itself:
  when = \"icu > 0.8\"                      share of the beds in intensive care that are occupied
  when = \"cases > 100 per 100,000\"        new cases in the last seven days
  until = \"icu < 0.6\"                     its end (default: three quarters of the threshold of the start)
  at_least = 14                           days in force at least (default 0)
Rules are looked at on the day before `start` and every seventh day after it.\n"
        .to_owned();
    for kind in &KINDS {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}\n  {}\n", kind.name, kind.about);
        for parameter in kind.parameters {
            let _ = writeln!(text, "  {:<24}{} ({})", parameter.name, parameter.about, parameter.range);
        }
    }
    text
}
