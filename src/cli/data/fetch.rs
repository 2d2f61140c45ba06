//! `countycast data fetch`: publishers' tables into a lake.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use countycast_fetch::{FetchError, Fetcher, Limits, Outcome, Shape, Source, Sources, SystemClock, Watch};
use countycast_signals::parquet_shape;
use serde_json::json;

use crate::cli::Format;
use crate::cli::progress::Progress;
use crate::cli::say::{line, mention_line, tell, wrapped};
use crate::error::{Error, InputError};
use crate::lake::{Lake, Updated};
use crate::pipeline::Monitor;
use crate::project::hubs;

/// The table of sources, as the program ships it.
const SHIPPED: &str = include_str!("../../../config/sources.toml");

/// Fetch publishers' tables from their servers into a lake, as vintages of your own.
///
/// Each table that changed becomes a new folder LAKE/raw/SOURCE/fetched_at=TIME; nothing there is ever changed. Then what was known
/// of weekly signals is brought up to date in LAKE/observations, from which `project --signal --lake` reads. A table whose columns
/// have changed is refused and the last one stays; other sources go on.
///
/// Servers are asked by https, through the proxy of the environment if it names one. COUNTYCAST_SOCRATA_TOKEN may hold an application
/// token for data.cdc.gov.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast data fetch --into lake                       what weekly signals need
  countycast data fetch nssp flusight --into lake         a source, and all of a hub
  countycast data fetch all --into lake                   archives of county counts and hospitals as well
  countycast data fetch --into lake --every 6h            until Ctrl-C
  countycast data fetch --list --into lake                sources with licence, cadence and last fetch

Exit codes:
  0    everything asked for is in the lake as its publisher has it
  1    a source could not be fetched or written; fetch again later
  2    a table is not as it was and was refused, or the arguments cannot be used
  130  stopped by Ctrl-C while a table was fetched: the same command goes on from there")]
pub(super) struct Args {
    /// Sources, or groups of them such as flusight; all for every one [default: those that weekly signals need].
    #[arg(value_name = "SOURCE")]
    pub(super) names: Vec<String>,
    /// Folder of the lake.
    #[arg(long, value_name = "LAKE", required_unless_present = "list")]
    pub(super) into: Option<PathBuf>,
    /// Show the sources instead: licence, cadence, and when each was last fetched.
    #[arg(long)]
    pub(super) list: bool,
    /// Go on until stopped, and fetch again after this time, such as 6h or 30m; 10 minutes to 31 days.
    #[arg(long, value_name = "TIME", conflicts_with = "list", value_parser = interval)]
    every: Option<Duration>,
    /// TOML file with sources of your own, in the form of `config/sources.toml`, instead of the shipped ones.
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
}

impl Args {
    /// The table of sources that is asked for.
    ///
    /// # Errors
    /// [`Error::Input`] where it is not valid.
    pub(super) fn table(&self) -> Result<Sources, Error> {
        let Some(path) = &self.sources else {
            let remedy = "report it: the table is part of the program";
            return Ok(
                Sources::parse(SHIPPED).map_err(|problem| InputError::new("config/sources.toml", problem, remedy))?
            );
        };
        let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
        let remedy = "write sources as `config/sources.toml` has them";
        Ok(Sources::parse(&text).map_err(|problem| InputError::new(path, problem, remedy))?)
    }

    /// The sources that are asked for.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown name.
    pub(super) fn wanted<'a>(&self, table: &'a Sources) -> Result<Vec<&'a Source>, Error> {
        table.named(&self.names).map_err(|unknown| Error::Request {
            message: format!("no source or group `{unknown}`"),
            remedy: format!("known: {}", table.names()),
        })
    }
}

/// Parses the time from one fetch to the next.
fn interval(text: &str) -> Result<Duration, String> {
    let time: Option<Duration> = text.parse::<jiff::SignedDuration>().ok().and_then(|time| time.try_into().ok());
    let known = time.filter(|time| (600..=31 * 86_400).contains(&time.as_secs()));
    known.ok_or_else(|| format!("`{text}`: write a time from 10m to 744h, such as 6h"))
}

/// What came of a source.
struct Done<'a> {
    source: &'a Source,
    outcome: Result<Outcome, FetchError>,
}

pub(super) fn run(args: &Args, progress: &Progress, quiet: bool, format: Format) -> Result<(), Error> {
    let Some(into) = &args.into else { return Ok(()) };
    let table = args.table()?;
    let wanted = args.wanted(&table)?;
    loop {
        let began = Instant::now();
        let failed = round(into, &wanted, progress, quiet, format)?;
        let Some(every) = args.every else { return failed.map_or(Ok(()), Err) };
        if let Some(error) = failed.filter(|_| format == Format::Text) {
            tell(&format!("error: {error}\n"));
        }
        while began.elapsed() < every {
            if progress.cancelled() {
                return Ok(());
            }
            sleep(Duration::from_millis(200).min(every));
        }
    }
}

/// Fetches each source once and brings the observations up to date; returns what failed, if something did.
fn round(
    into: &Path,
    wanted: &[&Source],
    progress: &Progress,
    quiet: bool,
    format: Format,
) -> Result<Option<Error>, Error> {
    let lake = countycast_fetch::Lake::new(into);
    let parquet = |path: &Path| {
        parquet_shape(path).map(|(columns, rows)| Shape { columns, rows }).map_err(|error| error.to_string())
    };
    let told = Told(progress);
    let fetcher = Fetcher::new(&lake, Limits::default(), &SystemClock, &told, &parquet);
    progress.begin("fetch", wanted.len());
    let mut done = Vec::new();
    for source in wanted {
        let outcome = fetcher.fetch(source);
        if matches!(outcome, Err(FetchError::Stopped)) {
            return Err(Error::Interrupted);
        }
        if outcome.is_ok() {
            progress.finished(&source.name);
        } else {
            progress.step();
        }
        done.push(Done { source, outcome });
    }
    progress.begin("observations", 0);
    let updated = Lake::new(into).update(&hubs(None)?)?;
    progress.finish();
    if format == Format::Json {
        line!("{}", document(into, &done, &updated));
    } else {
        text(&done, &updated, quiet);
    }
    Ok(failed(&done))
}

/// Tells the program's progress of a fetch.
struct Told<'a>(&'a Progress);

impl Watch for Told<'_> {
    fn stopped(&self) -> bool {
        self.0.cancelled()
    }

    fn note(&self, text: &str) {
        self.0.note(text);
    }
}

fn document(into: &Path, done: &[Done<'_>], updated: &Updated) -> serde_json::Value {
    let one = |done: &Done<'_>| match &done.outcome {
        Ok(Outcome::New { folder, manifest, notices }) => json!({
            "source": done.source.name, "status": "new", "folder": folder, "rows": manifest.rows,
            "bytes": manifest.bytes, "sha256": manifest.sha256, "notices": notices,
        }),
        Ok(Outcome::Unchanged { folder }) => {
            json!({ "source": done.source.name, "status": "unchanged", "folder": folder })
        }
        Err(error) => json!({
            "source": done.source.name, "status": "failed", "error": error.to_string(), "help": error.remedy(),
        }),
    };
    json!({
        "lake": into, "sources": done.iter().map(one).collect::<Vec<_>>(),
        "observations": { "vintages": updated.vintages, "notices": updated.notices },
    })
}

fn text(done: &[Done<'_>], updated: &Updated, quiet: bool) {
    for Done { source, outcome } in done {
        match outcome {
            Ok(_) if quiet => {}
            Ok(Outcome::New { folder, manifest, notices }) => {
                let megabytes = manifest.bytes as f64 / 1e6;
                mention_line!("  {:<21}new        {} rows, {megabytes:.1} MB, {folder}", source.name, manifest.rows);
                notices.iter().for_each(|notice| mention_line!("{}", wrapped(&format!("  {notice}"))));
            }
            Ok(Outcome::Unchanged { folder }) => mention_line!("  {:<21}unchanged  {folder}", source.name),
            Err(error) => tell(&format!("error: {}: {error}\n  help: {}\n", source.name, error.remedy())),
        }
    }
    if !quiet && updated.vintages > 0 {
        mention_line!("observations of weekly signals: {} vintages added", updated.vintages);
    }
    updated.notices.iter().for_each(|notice| tell(&format!("warning: {notice}\n")));
}

/// The error for sources that could not be fetched, if there are any.
fn failed(done: &[Done<'_>]) -> Option<Error> {
    let failures: Vec<(&str, &FetchError)> =
        done.iter().filter_map(|done| Some((done.source.name.as_str(), done.outcome.as_ref().err()?))).collect();
    let names: Vec<&str> = failures.iter().map(|(name, _)| *name).collect();
    (!failures.is_empty()).then(|| Error::Fetch {
        message: format!("{} of {} sources failed: {}", names.len(), done.len(), names.join(", ")),
        remedy: "their last good vintages stay, and what came of the others is in the lake".to_owned(),
        refused: failures.iter().any(|(_, error)| matches!(error, FetchError::Layout(_))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_between_fetches_are_read_and_bounded() {
        assert_eq!(interval("6h"), Ok(Duration::from_secs(21_600)));
        assert_eq!(interval("30m"), Ok(Duration::from_secs(1_800)));
        for wrong in ["1s", "-6h", "6", "soon", "1000h"] {
            assert!(interval(wrong).unwrap_err().contains("such as 6h"), "{wrong}");
        }
    }
}
