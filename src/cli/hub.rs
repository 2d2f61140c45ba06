//! `countycast hub`: what a hub would refuse, before the deadline.

use std::path::PathBuf;

use countycast_signals::{Finding, Severity, check};

use super::Format;
use super::say::{line, wrapped};
use crate::error::{Error, InputError};
use crate::project::{SignalsFrom, hub_named, hubs};

/// Check files for the hubs that collect forecasts.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Tell everything that a hub's validation would refuse about a file, and what is probably not meant.
    ///
    /// Errors are what the hub refuses: exit code 2. Warnings are forgotten places, stale data, and medians far from the
    /// last published value, which needs --data.
    #[command(after_help = "Examples:
  countycast hub check 2026-01-10-Dept-blend.csv --hub flusight
  countycast hub check signals/hub/metrocast/Dept-blend/2026-01-10-Dept-blend.csv --hub metrocast --data live
  countycast hub check 2026-11-28-Dept-blend.csv --hub flusight --hubs hubs.toml      rules of your own")]
    Check(Check),
}

#[derive(clap::Args)]
struct Check {
    /// The file, CSV or Parquet, in the hubverse's model-output layout.
    file: PathBuf,
    /// The hub: metrocast, flusight, covid, rsv, or one of --hubs.
    #[arg(long, value_name = "NAME")]
    hub: String,
    /// TOML file with hubs of your own, which replace or add to `config/hubs.toml`.
    #[arg(long, value_name = "FILE")]
    hubs: Option<PathBuf>,
    /// Folder with what was published, to compare with.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Instead of --data: the folder into which `countycast data fetch` fetches.
    #[arg(long, value_name = "LAKE", conflicts_with = "data")]
    lake: Option<PathBuf>,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let Action::Check(args) = &args.action;
    let hubs = hubs(args.hubs.as_deref())?;
    let hub = hub_named(&hubs, &args.hub)?;
    let from = args.data.clone().map(SignalsFrom::Folder).or_else(|| args.lake.clone().map(SignalsFrom::Lake));
    let read = from.map(|from| from.read(&hubs, None)).transpose()?.map(|(read, _)| read);
    let findings = check(&args.file, hub, read.as_ref())?;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).map(|f| f.count).sum::<usize>();
    if format == Format::Json {
        let list: Vec<_> = findings
            .iter()
            .map(|found| {
                serde_json::json!({
                    "severity": word(found), "line": found.line, "message": found.message, "count": found.count,
                })
            })
            .collect();
        line!("{}", serde_json::json!({ "file": args.file, "hub": hub.name, "errors": errors, "findings": list }));
    } else if !quiet {
        findings.iter().for_each(|found| line!("{}", wrapped(&text(found))));
        if findings.is_empty() {
            line!("{}: {} takes it", args.file.display(), hub.title);
        }
    }
    if errors == 0 {
        return Ok(());
    }
    let problem = format!("{} would refuse it: {errors} errors", hub.title);
    Err(InputError::new(&args.file, problem, "mend what is listed as an error").into())
}

fn word(found: &Finding) -> &'static str {
    if found.severity == Severity::Error { "error" } else { "warning" }
}

fn text(found: &Finding) -> String {
    let line = found.line.map(|line| format!(" line {line}:")).unwrap_or_default();
    let more = if found.count > 1 { format!(" (and {} more like it)", found.count - 1) } else { String::new() };
    format!("{}:{line} {}{more}", word(found), found.message)
}
