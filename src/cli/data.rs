//! `countycast data`: inspect a data folder, write a synthetic one.

use std::path::PathBuf;

use countycast_engine::Date;

use super::Format;
use crate::error::Error;
use crate::panel::{self, Panel, Place, demo};

/// Inspect a data folder, or write a synthetic one.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
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
        Action::Check(check) => run_check(check, quiet, format),
        Action::Demo(demo) => run_demo(demo, quiet),
    }
}

fn run_demo(args: &Demo, quiet: bool) -> Result<(), Error> {
    if std::fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::Request {
            message: format!("{} is not empty", args.dir.display()),
            remedy: "name a new folder: nothing is overwritten".to_owned(),
        });
    }
    demo::write(&args.dir, args.seed)?;
    if !quiet {
        println!("SYNTHETIC DATA written to {}: invented counties, known truth in truth.csv", args.dir.display());
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
        println!(
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
    println!("{} to {}", panel.first_day(), panel.as_of());
    println!("{} counties in {} states", panel.counties().len(), panel.states().len());
    println!("\nfiles read");
    for input in panel.inputs() {
        let last = input.last_day.map(|day| format!(", to {day}")).unwrap_or_default();
        println!("  {}{last}", input.path.display());
    }
    println!("\nnotices");
    for notice in panel.notices() {
        println!("  {notice}");
    }
    println!(
        "\n{total} repairs{}",
        if total > repairs.len() { format!(", the largest {LARGEST}:") } else { ":".to_owned() }
    );
    println!(
        "  {:<6}{:<28}{:<7}{:<11}{:<24}{:>10}{:>12}{:>12}",
        "fips", "place", "series", "kind", "days", "people", "published", "used"
    );
    for (place, series, repair) in repairs {
        let location = place.history.location();
        let (kind, days) = (repair.kind.word(), format!("{} to {}", repair.first, repair.last));
        let name: String = location.name.chars().take(27).collect();
        println!(
            "  {:<6}{name:<28}{series:<7}{kind:<11}{days:<24}{:>10.0}{:>12.0}{:>12.0}",
            location.fips, repair.people, repair.published, repair.used
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
