//! `countycast data compact`: the days of a lake by months.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::Format;
use crate::cli::say::{line, mention_line, tell};
use crate::error::Error;
use crate::lake::Lake;

/// Write what runs have kept in a lake into another folder, all days of a month in one file.
///
/// A lake grows by some files each day. Where many days are asked at once, or files lie far away, few large ones are faster: in
/// FOLDER/TABLE/month=DATE/part.parquet the history of a place lies together, and the day is a column. Only months of which a day
/// is new or was repeated are written. The lake itself stays as it is.
#[derive(clap::Args)]
#[command(after_help = "Example:
  countycast data compact lake --into months && countycast sql --lake months \"select count(*) from projections\"")]
pub(super) struct Args {
    /// Folder of the lake.
    lake: PathBuf,
    /// Folder to write.
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let done = Lake::new(&args.lake).compact(&args.into)?;
    if format == Format::Json {
        let (written, parts, unchanged, skipped) = (done.written, done.parts, done.unchanged, &done.skipped);
        let into = &args.into;
        line!(
            "{}",
            json!({ "into": into, "written": written, "parts": parts, "unchanged": unchanged, "skipped": skipped })
        );
    } else {
        if !quiet {
            let (written, parts, unchanged) = (done.written, done.parts, done.unchanged);
            let into = args.into.display();
            mention_line!("{parts} parts in {written} files below {into}; {unchanged} files were up to date");
        }
        done.skipped.iter().for_each(|skipped| tell(&format!("warning: left as it was: {skipped}\n")));
    }
    Ok(())
}
