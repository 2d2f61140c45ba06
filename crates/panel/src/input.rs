//! Files of the data folder: what was read, and what there is to say about it.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::error::{Error, InputError};

/// A file that went into the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Path below the data folder.
    pub path: PathBuf,
    /// SHA-256 of its bytes, as 64 hexadecimal digits.
    pub sha256: String,
    /// The last day it holds, where it holds days.
    pub last_day: Option<Date>,
}

/// Something about the data that a person should know, though it stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What, such as `counties/svi_2018.csv: no value`.
    pub message: String,
    /// How many rows, places or values it concerns; at least 1.
    pub count: usize,
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.count > 1 { write!(f, "{} ({})", self.message, self.count) } else { f.write_str(&self.message) }
    }
}

/// Reads files below the data folder, keeps their hashes and collects notices.
#[derive(Debug)]
pub(super) struct Reader {
    folder: PathBuf,
    pub(super) inputs: Vec<InputFile>,
    pub(super) notices: Vec<Notice>,
}

impl Reader {
    /// A reader of this folder.
    ///
    /// # Errors
    /// Where there is no such folder.
    pub(super) fn new(folder: &Path) -> Result<Self, Error> {
        if !folder.is_dir() {
            let what = if folder.exists() { "is no folder" } else { "there is no such folder" };
            let remedy = "give the folder that holds the publishers' files, or none for the demonstration data";
            return Err(InputError::new(folder, what, remedy).into());
        }
        Ok(Self { folder: folder.to_owned(), inputs: Vec::new(), notices: Vec::new() })
    }

    /// The data folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The content of a file, unpacked where it is gzip.
    pub(super) fn bytes(&mut self, path: &Path) -> Result<Vec<u8>, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::read(path, source))?;
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let relative = path.strip_prefix(&self.folder).unwrap_or(path).to_owned();
        self.inputs.push(InputFile { path: relative, sha256, last_day: None });
        unpacked(path, bytes)
    }

    /// The first of these files below the data folder that is there: its path and its content. Without any, a notice says that
    /// the first is missing and what follows from it.
    pub(super) fn optional(&mut self, paths: &[&str], without: &str) -> Result<Option<(PathBuf, Vec<u8>)>, Error> {
        let Some(path) = paths.iter().map(|path| self.folder.join(path)).find(|path| path.is_file()) else {
            self.notice(format!("there is no {}: {without}", paths.first().unwrap_or(&"file")), 1);
            return Ok(None);
        };
        let bytes = self.bytes(&path)?;
        Ok(Some((path, bytes)))
    }

    /// Notes the last day that a file holds.
    pub(super) fn holds_until(&mut self, path: &Path, day: Date) {
        let relative = path.strip_prefix(&self.folder).unwrap_or(path);
        for input in self.inputs.iter_mut().filter(|input| input.path == relative) {
            input.last_day = Some(day);
        }
    }

    /// Adds a notice, unless it concerns nothing.
    pub(super) fn notice(&mut self, message: impl Into<String>, count: usize) {
        if count > 0 {
            self.notices.push(Notice { message: message.into(), count });
        }
    }
}

fn unpacked(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Ok(bytes);
    }
    let mut text = Vec::with_capacity(bytes.len() * 6);
    GzDecoder::new(bytes.as_slice())
        .read_to_end(&mut text)
        .map_err(|source| InputError::new(path, format!("cannot be unpacked: {source}"), "download the file again"))?;
    Ok(text)
}
