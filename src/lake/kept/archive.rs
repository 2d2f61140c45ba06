//! What versions before there were lakes kept: an archive, which is told by its folder of manifests.

use std::path::Path;

use super::RUNS;
use crate::error::Error;

/// Table of the manifests of an archive.
pub(super) const MANIFESTS: &str = "manifests";

/// Refuses an archive where a lake is wanted.
pub(super) fn refuse(root: &Path) -> Result<(), Error> {
    if !root.join(MANIFESTS).is_dir() || root.join(RUNS).is_dir() {
        return Ok(());
    }
    let folder = root.display();
    Err(Error::Request {
        message: format!("{folder} is an archive of an earlier version, and no lake"),
        remedy: format!("`countycast data migrate {folder} --into LAKE` adds its days and weeks to a lake"),
    })
}
