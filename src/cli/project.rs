//! `countycast project`.

use std::path::PathBuf;

use clap::builder::ArgPredicate;
use countycast_engine::Date;

use super::folder::Folder;
use super::progress::Progress;
use super::say::{line, mention};
use super::{Format, from, jobs, signals, summary, threads};
use crate::config::Config;
use crate::error::Error;
use crate::panel;
use crate::project::{Request, SignalsFrom, SignalsRequest, project, project_signals};

/// Project new cases and deaths for every county, every state and the nation.
///
/// Without --data, projects a built-in demonstration panel of synthetic counties.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast project                                          the demonstration panel, into ./out
  countycast project --data ../data --out out/today           everything, as of the last day in the data
  countycast project --data ../data --as-of 2020-10-24        as of an earlier day
  countycast project --data ../data --lake lake               kept in a lake, which SQL can ask
  countycast project --data ../data --lake lake --learn       weights learned from past projections in it
  countycast project --lake lake --as-of 2020-10-24           from counts that `data fetch` fetched
  countycast project --data ../data --state NY,NJ --horizon 42
  countycast project --data ../data --engines abm --full-scale --fips 06037    ten million individuals
  countycast project --data ../data --fips 36061 --format json --quiet
  countycast project --data live --signal flu-ed,flu-admissions --out signals     weekly signals, in the hubs' form
  countycast project --data live --signal all --samples --lake lake --out signals
  countycast project --lake lake --signal all --as-of 2026-01-14     from what `data fetch` had fetched by then",
    group = clap::ArgGroup::new("from").args(["data", "lake"]).multiple(true))]
pub(super) struct Args {
    /// Folder with the publishers' files [default: a synthetic demonstration panel].
    #[arg(long, value_name = "DIR", env = "COUNTYCAST_DATA_DIR")]
    data: Option<PathBuf>,
    /// Forecast weekly signals instead of daily cases: flu-ed, covid-ed, rsv-ed, ili-ed (shares of emergency visits),
    /// flu-admissions, covid-admissions, rsv-admissions, or all. --data is then a folder with tables of NSSP or NHSN, or
    /// a copy of a hub; or --lake is given.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "from",
        conflicts_with_all = ["vintage", "horizon", "models", "retrain", "engines", "full_scale", "state", "fips"])]
    signal: Vec<String>,
    /// Folder of a lake, to which the run is added: projections, scores of earlier ones, places, beds. Without --data, what `countycast
    /// data fetch` had fetched into it up to the as-of day is read [default: up to the last fetch]. A run of some places adds nothing.
    #[arg(long, value_name = "LAKE")]
    lake: Option<PathBuf>,
    /// Learn from past projections in the lake: the blend's weights and intervals follow their scores, and fits start from the
    /// parameters of the day before. Missing past weeks are first projected from the data available then.
    #[arg(long, requires = "lake", conflicts_with = "signal")]
    learn: bool,
    /// With --signal: also write samples, draws of trajectories over all horizons, for hubs that take them.
    #[arg(long, requires = "signal")]
    samples: bool,
    /// With --signal: TOML file with hubs of your own, which replace or add to `config/hubs.toml`.
    #[arg(long, value_name = "FILE", requires = "signal")]
    hubs: Option<PathBuf>,
    /// Last day of data to use [default: the last day in the data].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Use the files as published on the as-of day, if the data folder has vintages.
    #[arg(long, requires_ifs = [(ArgPredicate::IsPresent, "as_of"), (ArgPredicate::IsPresent, "data")])]
    vintage: bool,
    /// Days to project [default: 28].
    #[arg(long, value_name = "DAYS")]
    horizon: Option<usize>,
    /// Output folder; an earlier result in it is replaced as a whole at the end.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Folder of models that earlier runs trained on the same data; they are reused [default: countycast/models in the user's
    /// cache].
    #[arg(long, value_name = "DIR", conflicts_with = "retrain")]
    models: Option<PathBuf>,
    /// Train in any case, and keep no models.
    #[arg(long)]
    retrain: bool,
    /// TOML file with settings; `config/default.toml` lists them all.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Engines to run, by name; an unknown name lists them all [default: those of the settings].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    engines: Vec<String>,
    /// Simulate every resident individually in the agent-based engine: up to 16.7 million per place. Takes minutes and
    /// gigabytes instead of seconds; the time limit of an engine in a place becomes a day.
    #[arg(long)]
    full_scale: bool,
    /// States to project, with their counties.
    #[arg(long, value_name = "NY,NJ", value_delimiter = ',', conflicts_with = "fips")]
    state: Vec<String>,
    /// Single counties or states to project, by FIPS code.
    #[arg(long, value_name = "36061,…", value_delimiter = ',')]
    fips: Vec<String>,
    /// Seed of the random numbers [default: 20200122].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads, at most 1,024 [default: all cores].
    #[arg(long, value_name = "N", value_parser = threads())]
    jobs: Option<u16>,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let progress = Progress::new(!quiet)?;
    let mut config = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    let config_text = args.config.as_ref().map(std::fs::read_to_string).transpose().ok().flatten().unwrap_or_default();
    config.seed = args.seed.unwrap_or(config.seed);
    config.horizon_days = args.horizon.unwrap_or(config.horizon_days);
    if !args.engines.is_empty() {
        config.engine_names.clone_from(&args.engines);
    }
    if args.full_scale {
        config.full_scale();
    }
    let data = from::data(args.data.as_ref(), args.lake.as_ref());
    if !args.signal.is_empty() {
        let from = match (data, &args.lake) {
            (Some(data), _) => SignalsFrom::Folder(data.clone()),
            (None, lake) => SignalsFrom::Lake(lake.clone().unwrap_or_default()),
        };
        let request = SignalsRequest {
            from,
            as_of: args.as_of,
            signals: args.signal.clone(),
            hubs: args.hubs.clone(),
            samples: args.samples,
            lake: args.lake.clone(),
            out: args.out.clone(),
            config,
            jobs: jobs(args.jobs),
        };
        let done = project_signals(&request, &progress)?;
        drop(progress);
        if format == Format::Json {
            line!("{}", serde_json::json!({ "out": done.out, "run": done.manifest }));
        } else if !quiet {
            mention(&signals::text(&done));
        }
        return Ok(());
    }
    let given = data.map_or_else(|| args.lake.as_ref().map(from::counts).transpose(), |data| Ok(Some(data)))?;
    let folder = Folder::or_demo(given, &progress)?;
    let request = Request {
        panel: panel::Request { data: folder.path().to_owned(), as_of: args.as_of, vintage: args.vintage },
        synthetic: given.is_none(),
        out: args.out.clone(),
        lake: args.lake.clone(),
        learn: args.learn,
        models: args.models.clone().or_else(user_cache).filter(|_| !args.retrain),
        config,
        config_text,
        states: args.state.clone(),
        fips: args.fips.clone(),
        jobs: jobs(args.jobs),
    };
    let done = project(&request, &progress)?;
    // The program may end while it prints, and would leave the demonstration panel's folder behind.
    drop((progress, folder));
    if format == Format::Json {
        line!("{}", serde_json::json!({ "out": done.out, "run": done.manifest }));
    } else if !quiet {
        mention(&summary::text(&done));
    }
    Ok(())
}

/// Where this user's programs keep what can be made again (XDG Base Directory Specification).
fn user_cache() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(cache.join("countycast").join("models"))
}
