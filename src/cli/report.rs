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
  countycast report out --providers ../data/providers         with a treatment finder (docs/finder.md)
  countycast report out --providers cms.csv npidata_pfile.csv --availability availability.csv \\
      --prevalence places.csv --postal-codes 2024_Gaz_zcta_national.txt
                                                              with all that it can know
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
    /// Lists of providers, or folders with them: adds a treatment finder. CMS's Hospital General Information, HIFLD's hospitals,
    /// NPPES's npidata; CSV or Parquet.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Treatment finder")]
    providers: Vec<PathBuf>,
    /// What a health department knows of providers: CSV, JSON, or the log that `countycast serve` keeps (JSONL).
    #[arg(long, value_name = "FILE", requires = "providers", help_heading = "Treatment finder")]
    availability: Option<PathBuf>,
    /// Prevalence of diseases by county: a table of CDC PLACES [default: the nation's, by age].
    #[arg(long, value_name = "FILE", requires = "providers", help_heading = "Treatment finder")]
    prevalence: Option<PathBuf>,
    /// Points of postal codes: the Census Gazetteer's ZIP Code Tabulation Areas [default: places are chosen by county].
    #[arg(long, value_name = "FILE", requires = "providers", help_heading = "Treatment finder")]
    postal_codes: Option<PathBuf>,
    /// Folder of diseases [default: the thirteen of config/diseases].
    #[arg(long, value_name = "DIR", requires = "providers", help_heading = "Treatment finder")]
    diseases: Option<PathBuf>,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let Args { out, data, past, site, address, providers, availability, prevalence, postal_codes, diseases } =
        args.clone();
    let finder = (!providers.is_empty()).then_some(crate::finder::Request {
        providers,
        availability,
        prevalence,
        postal_codes,
        diseases,
    });
    let built = build(&Request { out, data, past, site, address, finder })?;
    if format == Format::Json {
        let document = serde_json::json!({ "page": built.page, "places": built.places, "bytes": built.bytes });
        line!("{document}");
    } else if !quiet {
        let megabytes = built.bytes as f64 / 1e6;
        mention_line!("{} places, {megabytes:.1} MB: open {}", built.places, built.page.display());
    }
    Ok(())
}
