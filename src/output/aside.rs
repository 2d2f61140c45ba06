//! Single files, whole or not at all.

use std::fs;
use std::path::Path;

use crate::error::Error;

/// Writes a file under another name first, so that it is there whole or not at all; its folder is made.
pub(crate) fn aside(path: &Path, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
    let unfinished = path.with_extension("unfinished");
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| Error::write(parent, source))?;
    }
    write(&unfinished)?;
    fs::rename(&unfinished, path).map_err(|source| Error::write(path, source))
}
