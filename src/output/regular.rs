//! Reading files that others may have put there: never a pipe, which would wait for ever, and never without a bound.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Opens a file; anything else, such as a pipe or a folder, is an error.
pub(crate) fn open(path: &Path) -> Result<File> {
    // Opening a pipe would already wait.
    if !fs::metadata(path)?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    File::open(path)
}

/// The bytes of a file of at most so many.
pub(crate) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>> {
    unpacked(open(path)?, most)
}

/// All that a reader gives, if it is at most so much.
pub(crate) fn unpacked(reader: impl Read, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(Error::new(ErrorKind::InvalidData, format!("it is longer than {most} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_or_too_long_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "12345").unwrap();
        assert_eq!(bytes(&file, 5).unwrap(), b"12345");
        assert!(bytes(&file, 4).unwrap_err().to_string().contains("longer than 4"));
        assert!(bytes(folder.path(), 5).unwrap_err().to_string().contains("not a regular file"));
        assert!(bytes(Path::new("/dev/zero"), 5).is_err());
        assert!(unpacked(std::io::repeat(0), 1_000).is_err());
    }
}
