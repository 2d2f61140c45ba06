//! A static site from a finished run: a national map and a page for each state and county.
//!
//! The site has one page, one script, one style sheet and a data file for each state. Data files are scripts that pass
//! JSON to the page, because browsers allow a page opened from a file to read scripts but not JSON. Nothing is loaded
//! from the network.

mod capacity;
mod care;
mod past;
mod policy;
mod projections;
mod site;

use std::path::PathBuf;

use crate::config::Config;
use crate::error::Error;
use crate::output::run::Manifest;
use crate::panel::{self, Panel, demo};

/// The request: a run and the folder of the site.
#[derive(Debug, Clone)]
pub struct Request {
    /// Output folder of a finished `project` run.
    pub out: PathBuf,
    /// Data folder of that run; none for a run of the demonstration panel.
    pub data: Option<PathBuf>,
    /// Folders with hub files of earlier runs, in addition to those in the output folder.
    pub past: Vec<PathBuf>,
    /// Folder to write the site into; an earlier site in it is replaced as a whole.
    pub site: PathBuf,
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
/// the run's data folder is needed or the site's folder holds something else; [`Error::Io`] where the site cannot be
/// written.
pub fn build(request: &Request) -> Result<Built, Error> {
    let run = Run::read(&request.out)?;
    let config = run.config()?;
    let panel = run.panel(&config.panel, request.data.as_ref())?;
    let mut hubs = vec![request.out.join("hub")];
    hubs.extend(request.past.iter().cloned());
    let policies = request.data.as_ref().map(|data| policy::read(data, run.manifest.as_of)).transpose()?;
    let content = site::Content {
        forecasts: projections::read(&request.out.join("projections.parquet"))?,
        needs: capacity::read(&request.out.join("capacity.parquet"))?,
        care: care::read(&request.out.join("care.parquet"))?,
        past: past::read(&hubs, run.manifest.as_of)?,
        policies: policies.unwrap_or_default(),
        generation: config.epidemiology.generation_days,
        run,
        panel,
    };
    site::write(&request.site, &content)
}

/// A finished run: its manifest and its places.
struct Run {
    manifest: Manifest,
    places: Vec<projections::PlaceRow>,
}

impl Run {
    fn read(out: &std::path::Path) -> Result<Self, Error> {
        Ok(Self { manifest: Manifest::read(out)?, places: projections::places(&out.join("counties.parquet"))? })
    }

    /// The settings of the run.
    fn config(&self) -> Result<Config, Error> {
        toml::from_str(&self.manifest.config).map_err(|error| Error::Request {
            message: format!("the settings kept in run.json cannot be read: {error}"),
            remedy: "run `countycast project` again with this version".to_owned(),
        })
    }

    /// The counts used by the run: same day, same vintage, same repairs.
    fn panel(&self, settings: &panel::Settings, data: Option<&PathBuf>) -> Result<Panel, Error> {
        let load = |data: PathBuf| {
            let request = panel::Request { data, as_of: Some(self.manifest.as_of), vintage: self.manifest.vintage };
            panel::load(&request, settings).map_err(Error::from)
        };
        match data {
            Some(data) => load(data.clone()),
            None if self.manifest.synthetic => {
                let folder = tempfile::tempdir().map_err(|source| Error::write(&std::env::temp_dir(), source))?;
                demo::write(folder.path(), demo::SEED)?;
                load(folder.path().to_owned())
            }
            None => Err(Error::Request {
                message: "this run was made from a data folder, whose counts the site shows".to_owned(),
                remedy: "name the folder with --data".to_owned(),
            }),
        }
    }
}
