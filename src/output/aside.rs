//! Single files, written atomically.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::error::Error;

/// Beginning of the names of files that are not finished.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// Writes a file atomically, under a name of its own first, so that two runs at once do not write into one; its folder is
/// created.
pub(crate) fn aside(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fail = |source| Error::write(path, source);
    let Some(folder) = path.parent() else { return Err(fail(std::io::ErrorKind::InvalidInput.into())) };
    fs::create_dir_all(folder).map_err(|source| Error::write(folder, source))?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(fail)?;
    let written = file.write_all(bytes).and_then(|()| file.as_file().sync_all());
    written.and_then(|()| file.persist(path).map(drop).map_err(|error| error.error)).map_err(fail)
}
