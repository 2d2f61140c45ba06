//! `countycast report`.

use std::path::PathBuf;

use super::Format;
use super::say::{line, mention_line};
use crate::error::Error;
use crate::report::{Request, build};

/// Build a site from a finished run: a national map and a page for each state and county, or for each area of weekly signals.
///
/// The site opens as a file and needs neither network nor server.
#[derive(Clone, clap::Args)]
#[command(after_help = "Examples:
  countycast report out                                       from the demonstration panel, into ./site
  countycast report out --site public                         a run on real data finds its data folder itself
  countycast report out --data ../data                        if that has moved; the counts must be the same
  countycast report out --past backtest/runs/*/hub            with projections of past runs besides those in out/hub
  countycast report out --address https://health.example/covid feeds of alerts link to the pages there
  countycast report signals                                   a run of `project --signal`, which needs no data folder
  countycast report signals --past lake                       with the earlier forecasts that a lake has kept")]
pub(super) struct Args {
    /// Output folder of a finished `project` run.
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Data folder with the counts of the run [default: the one that the run was made from].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folders with hub files of earlier runs, compared with observed counts on the pages; OUT/hub is always included. For
    /// weekly signals, folders of earlier runs, their folders `past`, or lakes; OUT/past is always included.
    #[arg(long, value_name = "DIR", num_args = 1..)]
    past: Vec<PathBuf>,
    /// Folder to write the site into; an earlier site in it is replaced.
    #[arg(long, value_name = "DIR", default_value = "site")]
    site: PathBuf,
    /// Address at which the site will lie: feeds of alerts link to it [default: links relative to the feed].
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let Args { out, data, past, site, address } = args.clone();
    let built = build(&Request { out, data, past, site, address })?;
    if format == Format::Json {
        let document = serde_json::json!({ "page": built.page, "places": built.places, "bytes": built.bytes });
        line!("{document}");
    } else if !quiet {
        let megabytes = built.bytes as f64 / 1e6;
        mention_line!("{} places, {megabytes:.1} MB: open {}", built.places, built.page.display());
    }
    Ok(())
}
