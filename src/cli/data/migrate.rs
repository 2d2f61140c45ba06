//! `countycast data migrate`: an archive of an earlier version into a lake.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::Format;
use crate::cli::say::{line, mention_line, tell};
use crate::error::Error;
use crate::lake::migrate;

/// Add the days and weeks of an archive, as earlier versions kept them with --archive, to a lake.
///
/// Each day and week is read, checked and added as a whole. Those that the lake has already stay as they are: an interrupted
/// migration goes on. The archive itself is not changed; remove it when you have looked at the lake.
#[derive(clap::Args)]
#[command(after_help = "Example:
  countycast data migrate archive --into lake && countycast sql --lake lake \"show tables\"")]
pub(super) struct Args {
    /// Folder of the archive.
    archive: PathBuf,
    /// Folder of the lake.
    #[arg(long, value_name = "LAKE")]
    into: PathBuf,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let done = migrate(&args.archive, &args.into)?;
    if format == Format::Json {
        let (days, weeks, known, skipped) = (done.days, done.weeks, done.known, &done.skipped);
        line!("{}", json!({ "lake": args.into, "days": days, "weeks": weeks, "known": known, "skipped": skipped }));
    } else {
        if !quiet {
            let known = if done.known > 0 { format!("; {} were there already", done.known) } else { String::new() };
            let lake = args.into.display();
            mention_line!("{} days and {} weeks were added to {lake}{known}", done.days, done.weeks);
        }
        done.skipped.iter().for_each(|skipped| tell(&format!("warning: left out {skipped}\n")));
    }
    Ok(())
}
