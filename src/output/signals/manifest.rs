//! `run.json` of a run over weekly signals.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::Date;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::output::Written;
use crate::output::manifest::{self, Kind};

/// How earlier forecasts of a signal did in the weeks that have been published since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Weeks of areas.
    pub weeks: usize,
    /// Share of them within the central 50 %.
    pub held_50: f64,
    /// Share of them within the central 95 %.
    pub held_95: f64,
}

/// What a run over weekly signals did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalsManifest {
    /// Program version.
    pub version: String,
    /// The Saturday that ends the week of horizon 0.
    pub reference_date: Date,
    /// The last day whose publications were used.
    pub as_of: Date,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Engines.
    pub engines: Vec<String>,
    /// Areas by signal.
    pub areas: BTreeMap<String, usize>,
    /// Files for hubs, below the folder of the result.
    pub hub_files: Vec<String>,
    /// How the lake's forecasts of the last weeks did, by signal.
    pub held: BTreeMap<String, Held>,
    /// Files read, with the SHA-256 of each.
    pub inputs: BTreeMap<String, String>,
    /// What was noticed.
    pub notices: Vec<String>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// The other files of the result, by which a damaged or mixed folder is known.
    pub files: Vec<Written>,
}

impl SignalsManifest {
    /// Reads the manifest of a run, and refuses a folder of which these files are not the run's.
    ///
    /// # Errors
    /// [`Error::Request`] if there is none, or it is of a run of another kind; [`Error::Input`] for one of a version whose
    /// manifests have other fields, and for a file that is missing, damaged or of another run.
    pub fn read_with(out: &Path, files: &[&str]) -> Result<Self, Error> {
        let found: Self = manifest::read(out, Kind::Signals)?;
        manifest::check(&found.files, out, files)?;
        Ok(found)
    }
}
