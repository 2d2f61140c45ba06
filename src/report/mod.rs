//! A static site from a finished run: a national map and a page for each state and county, or for each area of which weekly
//! signals tell.
//!
//! The site has one page, its scripts, one style sheet and a data file for each place. Data files are scripts that pass
//! JSON to the page, because browsers allow a page opened from a file to read scripts but not JSON. Nothing is loaded
//! from the network.

mod alerts;
mod capacity;
mod care;
mod changes;
mod content;
mod details;
mod feeds;
mod finder;
mod numbers;
mod pages;
mod past;
mod peers;
mod projections;
mod site;
mod summary;
mod weekly;
mod weeks;

use std::path::PathBuf;

use crate::config::Config;
use crate::error::Error;
use crate::output::places::{Listed, places};
use crate::output::run::Manifest;
use crate::output::{Staging, apart, manifest};
use crate::panel::{self, InputFile, Panel, demo};
use crate::policies;

/// The request: a run and the folder of the site.
#[derive(Debug, Clone)]
pub struct Request {
    /// Output folder of a finished `project` run.
    pub out: PathBuf,
    /// Data folder of that run, if it is not where `run.json` says.
    pub data: Option<PathBuf>,
    /// Folders with hub files of earlier runs, or, of weekly signals, with their forecasts, in addition to those in the output
    /// folder.
    pub past: Vec<PathBuf>,
    /// Folder to write the site into; an earlier site in it is replaced as a whole.
    pub site: PathBuf,
    /// Where the site will lie, such as `https://health.example/covid`: feeds of alerts link to it. Without it their links are
    /// relative.
    pub address: Option<String>,
    /// Files of the treatment finder, if the site is to have one.
    pub finder: Option<crate::finder::Request>,
}

/// Result of building the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The page to open.
    pub page: PathBuf,
    /// Places with a page.
    pub places: usize,
    /// Size of all files in bytes.
    pub bytes: u64,
}

/// Builds the site.
///
/// # Errors
/// [`Error::Input`] where the output folder holds no finished run or the data cannot be read; [`Error::Request`] where
/// the run's data folder is missing or holds other counts, or the site's folder holds something else; [`Error::Io`] where the site cannot be
/// written.
pub fn build(request: &Request) -> Result<Built, Error> {
    apart((&request.site, "--site"), (&request.out, "the run's folder"))?;
    apart((&request.out, "the run's folder"), (&request.site, "--site"))?;
    let staging = Staging::reserve(&request.site, pages::LAYOUT)?;
    if let Some(missing) = request.past.iter().find(|folder| !folder.is_dir()) {
        return Err(Error::Request {
            message: format!("--past {}: there is no such folder", missing.display()),
            remedy: "name folders with hub files of earlier runs, such as backtest/runs/*/hub, or a lake with weekly signals".to_owned(),
        });
    }
    if let Some(address) =
        request.address.as_deref().filter(|text| !text.starts_with("https://") && !text.starts_with("http://"))
    {
        return Err(Error::Request {
            message: format!("--address {address}: not an address that begins with https:// or http://"),
            remedy: "name the address at which the site will lie, such as https://health.example/covid".to_owned(),
        });
    }
    if manifest::kind(&request.out)? == manifest::Kind::Signals {
        if request.finder.is_some() {
            return Err(Error::Request {
                message: format!(
                    "--providers: {} is a run over weekly signals, which projects no infections by county",
                    request.out.display()
                ),
                remedy: "name a run of `countycast project --data`".to_owned(),
            });
        }
        return weekly::build(request, staging);
    }
    let run = Run::read(&request.out)?;
    let config = run.config()?;
    let data = run.data(request.data.as_ref())?.cloned();
    let panel = run.panel(&config.panel, data.as_ref())?;
    let mut hubs = vec![request.out.join("hub")];
    hubs.extend(request.past.iter().cloned());
    let finder = request.finder.as_ref().map(|files| finder::read(files, &panel)).transpose()?;
    let policies = data.as_ref().map(|data| policies::read(data, run.manifest.as_of)).transpose()?;
    let content = content::Content {
        forecasts: projections::read(&request.out.join("projections.parquet"))?,
        needs: capacity::read(&request.out.join("capacity.parquet"))?,
        care: care::read(&request.out.join("care.parquet"))?,
        past: past::read(&hubs, run.manifest.as_of)?,
        before: past::before(&hubs, run.manifest.as_of)?,
        address: request.address.clone(),
        policies: policies.unwrap_or_default(),
        generation: config.epidemiology.generation_days,
        epidemiology: config.epidemiology,
        finder,
        run,
        panel,
    };
    site::write(staging, &content)
}

/// A finished run: its manifest and its places.
struct Run {
    manifest: Manifest,
    places: Vec<Listed>,
}

impl Run {
    fn read(out: &std::path::Path) -> Result<Self, Error> {
        let files = ["projections.parquet", "counties.parquet", "capacity.parquet", "care.parquet"];
        Ok(Self { manifest: Manifest::read_with(out, &files)?, places: places(out)? })
    }

    /// The settings of the run.
    fn config(&self) -> Result<Config, Error> {
        toml::from_str(&self.manifest.config).map_err(|error| Error::Request {
            message: format!("the settings kept in run.json cannot be read: {error}"),
            remedy: "run `countycast project` again with this version".to_owned(),
        })
    }

    /// The data folder: the one named, else that of the run.
    fn data<'a>(&'a self, named: Option<&'a PathBuf>) -> Result<Option<&'a PathBuf>, Error> {
        let found = named.or(self.manifest.data.as_ref());
        if found.is_some_and(|data| !data.is_dir()) && named.is_none() {
            return Err(Error::Request {
                message: format!("{}, from which this run was made, is not there", self.data_of_run()),
                remedy: "name the folder with its counts with --data".to_owned(),
            });
        }
        Ok(found)
    }

    fn data_of_run(&self) -> String {
        self.manifest
            .data
            .as_ref()
            .map_or_else(|| "the demonstration panel".to_owned(), |data| data.display().to_string())
    }

    /// The counts used by the run: same day, same vintage, same repairs.
    fn panel(&self, settings: &panel::Settings, data: Option<&PathBuf>) -> Result<Panel, Error> {
        let load = |data: PathBuf| {
            let request = panel::Request { data, as_of: Some(self.manifest.as_of), vintage: self.manifest.vintage };
            panel::load(&request, settings).map_err(Error::from)
        };
        let panel = match data {
            Some(data) => load(data.clone())?,
            None => {
                let folder = tempfile::tempdir().map_err(|source| Error::write(&std::env::temp_dir(), source))?;
                demo::write(folder.path(), demo::SEED)?;
                load(folder.path().to_owned())?
            }
        };
        self.same_inputs(&panel)?;
        Ok(panel)
    }

    /// Refuses counts that are not those of the run: the site would show others than the projections rest on.
    fn same_inputs(&self, panel: &Panel) -> Result<(), Error> {
        let differs = |input: &&InputFile| {
            let path = input.path.display().to_string();
            !self.manifest.inputs.iter().any(|of_run| of_run.path == path && of_run.sha256 == input.sha256)
        };
        let Some(other) = panel.inputs().iter().find(differs) else { return Ok(()) };
        Err(Error::Request {
            message: format!(
                "{} is not the file that this run was made from: the site would show other counts than the projections rest on",
                other.path.display()
            ),
            remedy: format!(
                "name the unchanged folder with --data (the run used {}), or run `countycast project` again",
                self.data_of_run()
            ),
        })
    }
}
