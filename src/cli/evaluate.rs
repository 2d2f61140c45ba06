//! `countycast evaluate`.

use std::fmt::Write;
use std::path::PathBuf;

use countycast_engine::Date;

use super::progress::Progress;
use super::{Format, jobs};
use crate::backtest::{Done, Request, backtest};
use crate::config::Config;
use crate::error::Error;
use crate::evaluate::Means;

/// Project past days with what was known then, and score the projections against what came true.
///
/// Every day's run is kept under OUT/runs: a backtest that was stopped goes on where it was, and one with more days
/// makes only those that are missing.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast evaluate --data ../data --from 2020-07-18 --to 2020-09-26 --vintage
  countycast evaluate --data ../data --from 2020-08-01 --to 2020-08-29 --state IA,NE --engines flat,trend
  countycast evaluate --data ../data --from 2020-09-05 --to 2020-09-26 --format json --quiet")]
pub(super) struct Args {
    /// Folder with the publishers' files.
    #[arg(long, value_name = "DIR", env = "COUNTYCAST_DATA_DIR")]
    data: PathBuf,
    /// First as-of day; Saturdays make target weeks epidemiological weeks.
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// Last as-of day.
    #[arg(long, value_name = "DATE")]
    to: Date,
    /// Days from one as-of day to the next.
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=366))]
    every: u32,
    /// Use the files as they stood on each as-of day, where the data folder keeps vintages.
    #[arg(long)]
    vintage: bool,
    /// Let the blend learn from an archive under OUT/archive, as daily runs do; days are then projected in their order.
    #[arg(long)]
    archive: bool,
    /// Folder for runs, scores and pictures.
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
    /// Threads [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let progress = Progress::new(!quiet)?;
    let mut config = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    let config_text = args.config.as_ref().map(std::fs::read_to_string).transpose().ok().flatten().unwrap_or_default();
    if !args.engines.is_empty() {
        config.engine_names.clone_from(&args.engines);
    }
    let request = Request {
        data: args.data.clone(),
        from: args.from,
        to: args.to,
        every: args.every,
        vintage: args.vintage,
        out: args.out.clone(),
        archive: args.archive,
        config,
        config_text,
        states: args.state.clone(),
        fips: args.fips.clone(),
        jobs: jobs(args.jobs),
    };
    let done = backtest(&request, &progress)?;
    drop(progress);
    if format == Format::Json {
        println!("{}", serde_json::json!({ "out": args.out, "backtest": done }));
    } else if !quiet {
        print!("{}", text(&done));
        println!("written to {}: scores.parquet, summary.json and pictures", args.out.display());
    }
    Ok(())
}

/// Tables for people.
fn text(done: &Done) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = tables(&mut text, done);
    text
}

fn tables(text: &mut String, done: &Done) -> std::fmt::Result {
    let data = if done.vintage { "data as they stood on each day" } else { "the newest data, cut at each day" };
    writeln!(text, "{} as-of days, {data}", done.as_of.len())?;
    for (target, level, title) in [
        ("inc case", "county", "weekly cases in counties"),
        ("inc death", "county", "weekly deaths in counties"),
        ("inc case", "state", "weekly cases in states"),
        ("inc death", "state", "weekly deaths in states"),
    ] {
        let found: Vec<&Means> = done
            .means
            .iter()
            .filter(|m| m.group.target == target && m.group.by == "level" && m.group.value == level)
            .collect();
        if found.is_empty() {
            continue;
        }
        writeln!(text, "\n{title}, weeks 1 to 4: WIS and absolute error relative to flat, 95 % coverage")?;
        let mut models: Vec<&str> = found.iter().map(|m| m.group.model.as_str()).collect();
        models.dedup();
        models.sort_unstable();
        models.dedup();
        for model in models {
            let week = |h: u8| found.iter().find(|m| m.group.model == model && m.group.horizon == h);
            write!(text, "  {model:<10}")?;
            for value in [|m: &Means| m.relative_wis, |m: &Means| m.relative_error, |m: &Means| Some(m.coverage[2])] {
                for h in 1..=4 {
                    write!(
                        text,
                        "{}",
                        week(h).and_then(|m| value(m)).map_or("      –".to_owned(), |v| format!("{v:>7.3}"))
                    )?;
                }
                text.push_str("   ");
            }
            writeln!(text)?;
        }
    }
    for (by, title) in [
        ("quintile", "by population quintile (Q1 smallest)"),
        ("course", "by course of the epidemic"),
        ("phase", "by phase"),
    ] {
        writeln!(text, "\n{title}, weekly cases in counties, all weeks: relative WIS and 95 % coverage of the blend")?;
        let blend = |m: &&Means| {
            m.group.by == by && m.group.model == "blend" && m.group.target == "inc case" && m.group.horizon == 0
        };
        for mean in done.means.iter().filter(blend) {
            let relative = mean.relative_wis.unwrap_or(f64::NAN);
            writeln!(text, "  {:<14}{:>9} weeks{relative:>8.3}{:>8.3}", mean.group.value, mean.n, mean.coverage[2])?;
        }
    }
    if !done.teams.is_empty() {
        writeln!(
            text,
            "\nabsolute error of summed new cases over that of COVIDhub-baseline, same counties and days, 1 to 4 weeks"
        )?;
        let mut last = "";
        for score in done.teams.iter().filter(|score| score.horizon <= 4) {
            if score.model != last {
                write!(text, "{}  {:<26}", if last.is_empty() { "" } else { "\n" }, score.model)?;
                last = &score.model;
            }
            write!(text, "{:>7.3}", score.relative)?;
        }
        writeln!(text)?;
    }
    Ok(())
}
