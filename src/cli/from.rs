//! Where data are read from, if both a folder and a lake are named.

use std::path::PathBuf;

use crate::error::Error;
use crate::lake::Lake;

/// The folder of the publishers' files; none where a lake holds them. A folder that the environment names gives way to a lake.
pub(super) fn data<'a>(data: Option<&'a PathBuf>, lake: Option<&PathBuf>) -> Option<&'a PathBuf> {
    let from_environment = std::env::var_os("COUNTYCAST_DATA_DIR").map(PathBuf::from);
    data.filter(|data| lake.is_none() || from_environment.as_ref() != Some(*data))
}

/// The folder of the publishers' files or the lake, of which one can be used.
///
/// # Errors
/// [`Error::Request`] where both are given.
pub(super) fn one<'a>(folder: Option<&'a PathBuf>, lake: Option<&'a PathBuf>) -> Result<Option<&'a PathBuf>, Error> {
    match (data(folder, lake), lake) {
        (Some(_), Some(_)) => Err(Error::Request {
            message: "both --data and --lake are given".to_owned(),
            remedy: "counts are read from one of them".to_owned(),
        }),
        (None, Some(lake)) => counts(lake).map(Some),
        (data, None) => Ok(data),
    }
}

/// A lake from which counts are read.
///
/// # Errors
/// [`Error::Request`] where nothing was fetched into it.
pub(super) fn counts(lake: &PathBuf) -> Result<&PathBuf, Error> {
    if Lake::new(lake).is_fetched() {
        return Ok(lake);
    }
    Err(Error::Request {
        message: format!("nothing was fetched into {}", lake.display()),
        remedy: format!(
            "`countycast data fetch jhu --into {}` fetches counts; or name a folder with --data",
            lake.display()
        ),
    })
}
