//! Reading `run.json`, whichever kind of run wrote it.

use std::io;
use std::path::Path;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::regular;
use super::written::Written;
use crate::error::{Error, InputError};

/// Name of the manifest in a run's folder.
pub const FILE: &str = "run.json";
/// Most bytes of a manifest: 64 MiB.
const MOST_BYTES: u64 = 64 << 20;
/// What to do about a folder that is not as a run wrote it.
const REMEDY: &str = "run `countycast project` again";

/// What a run was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Daily cases and deaths: `project`.
    Projections,
    /// Weekly signals: `project --signal`.
    Signals,
}

/// What the run in a folder was about.
///
/// # Errors
/// [`Error::Request`] if there is no manifest; [`Error::Input`] if it is none.
pub fn kind(out: &Path) -> Result<Kind, Error> {
    /// A field that manifests of weekly signals alone have.
    #[derive(Deserialize)]
    struct Weekly {
        reference_date: Option<IgnoredAny>,
    }
    let weekly: Weekly = parse(out, &text(out)?)?;
    Ok(if weekly.reference_date.is_some() { Kind::Signals } else { Kind::Projections })
}

/// Reads the manifest of a run of this kind.
///
/// # Errors
/// As [`kind`]; [`Error::Request`] for a run of another kind, and [`Error::Input`] for a manifest with other fields.
pub(super) fn read<T: DeserializeOwned>(out: &Path, wanted: Kind) -> Result<T, Error> {
    let found = kind(out)?;
    if found != wanted {
        let (holds, remedy) = match found {
            Kind::Signals => ("forecasts of weekly signals", "`countycast report` shows them"),
            Kind::Projections => ("projections of daily cases", "name the folder of a run with `--signal`"),
        };
        let message = format!("{} holds {holds}", out.display());
        return Err(Error::Request { message, remedy: remedy.to_owned() });
    }
    parse(out, &text(out)?)
}

/// Refuses a folder of which these files are not those that its manifest lists.
///
/// # Errors
/// [`Error::Input`] for a file that is missing, damaged or of another run.
pub(super) fn check(listed: &[Written], out: &Path, names: &[&str]) -> Result<(), Error> {
    for name in names {
        match listed.iter().find(|file| file.path == *name) {
            Some(file) => file.check(out, REMEDY)?,
            None => return Err(InputError::new(out.join(name), format!("{FILE} does not name it"), REMEDY).into()),
        }
    }
    Ok(())
}

fn text(out: &Path) -> Result<Vec<u8>, Error> {
    let path = out.join(FILE);
    regular::bytes(&path, MOST_BYTES).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::Request {
            message: format!("{} holds no finished run: there is no {FILE}", out.display()),
            remedy: format!("make one with `countycast project --out {}`", out.display()),
        },
        _ => Error::read(&path, source),
    })
}

fn parse<T: DeserializeOwned>(out: &Path, text: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(text).map_err(|error| {
        let remedy = "run `countycast project` again with this version";
        InputError::new(out.join(FILE), unreadable(text, &error), remedy).into()
    })
}

/// Why a text is not a manifest of this version.
fn unreadable(text: &[u8], error: &serde_json::Error) -> String {
    /// The field that manifests of all versions have.
    #[derive(Deserialize)]
    struct Version {
        version: String,
    }
    let this = env!("CARGO_PKG_VERSION");
    match serde_json::from_slice(text) {
        Ok(Version { version }) if version != this => {
            format!("was written by version {version}, and this is version {this}: {error}")
        }
        _ => format!("is not a manifest of version {this}: {error}"),
    }
}
