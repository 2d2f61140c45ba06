//! Single files, written atomically.

use std::fs;
use std::path::Path;

use crate::error::Error;

/// Writes a file atomically, under a temporary name first; its folder is created.
pub(crate) fn aside(path: &Path, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
    let unfinished = path.with_extension("unfinished");
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| Error::write(parent, source))?;
    }
    write(&unfinished)?;
    fs::rename(&unfinished, path).map_err(|source| Error::write(path, source))
}
