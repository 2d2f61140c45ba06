//! `countycast data`: fetch publishers' tables, inspect a data folder, write a synthetic one.

mod compact;
mod fetch;
mod list;
mod migrate;

use std::path::PathBuf;

use countycast_engine::{Date, Series};

use super::Format;
use super::progress::Progress;
use super::say::{line, mention_line, wrapped};
use crate::error::Error;
use crate::output::{Layout, Staging};
use crate::panel::{self, Panel, Place, demo};

/// Fetch publishers' tables, inspect a data folder, or write a synthetic one.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    Fetch(fetch::Args),
    Migrate(migrate::Args),
    Compact(compact::Args),
    /// Read a data folder and list its files, missing values and repairs.
    #[command(after_help = "Examples:
  countycast data check ../data
  countycast data check ../data --as-of 2020-10-24 --fips 36061")]
    Check(Check),
    /// Write a synthetic panel of about 120 counties in three states, with realistic reporting artifacts and a known
    /// truth.
    #[command(after_help = "Example:
  countycast data demo demo && countycast project --data demo")]
    Demo(Demo),
}

#[derive(clap::Args)]
struct Check {
    /// The data folder.
    data: PathBuf,
    /// Last day of data to use [default: the last day in the data].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Use the files as published on the as-of day.
    #[arg(long, requires = "as_of")]
    vintage: bool,
    /// List every repair in these places [default: only the largest repairs].
    #[arg(long, value_name = "36061,…", value_delimiter = ',')]
    fips: Vec<String>,
}

#[derive(clap::Args)]
struct Demo {
    /// Folder to write; it must be new or empty.
    dir: PathBuf,
    /// Seed of the synthetic epidemics.
    #[arg(long, default_value_t = demo::SEED)]
    seed: u64,
}

/// Repairs listed without `--fips`.
const LARGEST: usize = 20;

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    match &args.action {
        Action::Fetch(fetch) if fetch.list => list::run(fetch, quiet, format),
        Action::Fetch(fetch) => fetch::run(fetch, &Progress::new(!quiet)?, quiet, format),
        Action::Compact(compact) => compact::run(compact, quiet, format),
        Action::Migrate(migrate) => migrate::run(migrate, quiet, format),
        Action::Check(check) => run_check(check, quiet, format),
        Action::Demo(demo) => run_demo(demo, quiet),
    }
}

fn run_demo(args: &Demo, quiet: bool) -> Result<(), Error> {
    let staging = Staging::reserve(&args.dir, Layout { names: &[], kept: &[] })?;
    staging.fresh()?;
    demo::write(staging.folder(), args.seed)?;
    staging.commit()?;
    if !quiet {
        mention_line!("SYNTHETIC DATA written to {}: invented counties, known truth in truth.csv", args.dir.display());
    }
    Ok(())
}

fn run_check(args: &Check, quiet: bool, format: Format) -> Result<(), Error> {
    let request = panel::Request { data: args.data.clone(), as_of: args.as_of, vintage: args.vintage };
    let panel = panel::load(&request, &panel::Settings::default())?;
    let places = if args.fips.is_empty() { all_places(&panel) } else { named_places(&panel, &args.fips)? };
    let mut repairs = Vec::new();
    for place in &places {
        for (series, list) in [("cases", &place.repairs.cases), ("deaths", &place.repairs.deaths)] {
            repairs.extend(list.iter().map(|repair| (*place, series, repair)));
        }
    }
    let total = repairs.len();
    if args.fips.is_empty() {
        repairs.sort_by(|a, b| b.2.people.total_cmp(&a.2.people));
        repairs.truncate(LARGEST);
    }
    if format == Format::Json {
        let list: Vec<_> = repairs
            .iter()
            .map(|(place, series, repair)| {
                serde_json::json!({
                    "fips": place.history.location().fips.to_string(), "series": series, "kind": repair.kind.word(),
                    "first": repair.first.to_string(), "last": repair.last.to_string(), "people": repair.people,
                    "published": repair.published, "used": repair.used,
                })
            })
            .collect();
        let notices: Vec<String> = panel.notices().iter().map(ToString::to_string).collect();
        line!(
            "{}",
            serde_json::json!({
                "first_day": panel.first_day().to_string(), "as_of": panel.as_of().to_string(),
                "counties": panel.counties().len(), "states": panel.states().len(),
                "notices": notices, "repairs": total, "listed": list,
            })
        );
        return Ok(());
    }
    if quiet {
        return Ok(());
    }
    line!("{} to {}", panel.first_day(), panel.as_of());
    let nation = &panel.nation().history;
    let week = |series: &Series| series.reported().iter().rev().take(7).sum::<f64>();
    let all = |series: &Series| format!("{:.0}, of which {:.0} in the last 7 days", series.total(), week(series));
    let residents = nation.location().population.map_or("an unknown number of".to_owned(), |n| format!("{n:.0}"));
    line!("{} counties in {} states with {residents} residents", panel.counties().len(), panel.states().len());
    line!("cases   {}", all(nation.cases()));
    line!("deaths  {}", all(nation.deaths()));
    let reporting = panel.states().iter().filter_map(|state| state.history.patients());
    let (states, patients) = reporting.fold((0, 0.0), |(n, sum), report| (n + 1, sum + report.hospital));
    line!("patients in hospital  {patients:.0} in {states} states that report them");
    line!("\nfiles read");
    for input in panel.inputs() {
        let last = input.last_day.map(|day| format!(", to {day}")).unwrap_or_default();
        line!("  {}{last}", input.path.display());
    }
    line!("\nnotices");
    for notice in panel.notices() {
        line!("{}", wrapped(&notice.to_string()));
    }
    line!(
        "\n{total} repairs{}",
        if total > repairs.len() { format!(", the largest {LARGEST}:") } else { ":".to_owned() }
    );
    line!(
        "  {:<6}{:<20}{:<7}{:<11}{:<11}{:>4}{:>10}{:>9}",
        "fips",
        "place",
        "series",
        "kind",
        "last day",
        "days",
        "published",
        "used"
    );
    for (place, series, repair) in repairs {
        let location = place.history.location();
        let (kind, days) = (repair.kind.word(), (repair.last - repair.first).get_days() + 1);
        let name: String = location.name.chars().take(19).collect();
        line!(
            "  {:<6}{name:<20}{series:<7}{kind:<11}{:<11}{days:>4}{:>10.0}{:>9.0}",
            location.fips,
            repair.last.to_string(),
            repair.published,
            repair.used
        );
    }
    Ok(())
}

fn all_places(panel: &Panel) -> Vec<&Place> {
    panel.counties().iter().collect()
}

fn named_places<'a>(panel: &'a Panel, fips: &[String]) -> Result<Vec<&'a Place>, Error> {
    let place = |text: &String| {
        let found = text.parse().ok().and_then(|fips| panel.place(fips));
        found.ok_or_else(|| Error::Request {
            message: format!("--fips {text}: the data have no such place"),
            remedy: "write five digits for a county, two for a state".to_owned(),
        })
    };
    fips.iter().map(place).collect()
}
