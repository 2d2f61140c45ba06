//! `countycast report`.

use std::path::PathBuf;

use super::Format;
use crate::error::Error;
use crate::report::{Request, build};

/// Make a site from a finished run: a national map, a page a state and a page a county.
///
/// The site works when opened as a file and needs no network and no server.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast report out                                       of the demonstration panel, into ./site
  countycast report out --data ../data --site public          of a run on real data")]
pub(super) struct Args {
    /// Output folder of a finished `project` run.
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Data folder the run was made from [default: the demonstration panel, if the run used it].
    #[arg(long, value_name = "DIR", env = "COUNTYCAST_DATA_DIR")]
    data: Option<PathBuf>,
    /// Folder to write the site into.
    #[arg(long, value_name = "DIR", default_value = "site")]
    site: PathBuf,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let built = build(&Request { out: args.out.clone(), data: args.data.clone(), site: args.site.clone() })?;
    if format == Format::Json {
        let document = serde_json::json!({ "page": built.page, "places": built.places, "bytes": built.bytes });
        println!("{document}");
    } else if !quiet {
        let megabytes = built.bytes as f64 / 1e6;
        println!("{} places, {megabytes:.1} MB: open {}", built.places, built.page.display());
    }
    Ok(())
}
