//! Files of the data folder: the inputs read, and notices about them.

use std::any::Any;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use crate::content;
use crate::error::{Error, InputError};
use crate::hash;

/// A file that went into the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Path below the data folder.
    pub path: PathBuf,
    /// SHA-256 of its bytes, as 64 hexadecimal digits.
    pub sha256: String,
    /// The last day it contains, if it contains days.
    pub last_day: Option<Date>,
}

/// A notice about the data that does not stop the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The text, such as `counties/svi_2018.csv: no value`.
    pub message: String,
    /// How many rows, places or values it concerns; at least 1.
    pub count: usize,
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.count > 1 { write!(f, "{} ({})", self.message, self.count) } else { f.write_str(&self.message) }
    }
}

/// Reads files below the data folder, records their hashes and collects notices.
///
/// Clones share parsed files: the panel of another day records its own inputs and notices but opens no file twice.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    folder: Arc<Folder>,
    pub(super) inputs: Vec<InputFile>,
    pub(super) notices: Vec<Notice>,
}

/// The data folder and its parsed files.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    parsed: Mutex<HashMap<PathBuf, Parsed>>,
}

/// Hash and parsed content of a file; its bytes are not kept.
#[derive(Debug)]
struct Parsed {
    sha256: String,
    content: Arc<dyn Any + Send + Sync>,
}

impl Reader {
    /// A reader of this folder.
    ///
    /// # Errors
    /// Where the folder does not exist.
    pub(super) fn new(folder: &Path) -> Result<Self, Error> {
        if !folder.is_dir() {
            let what = if folder.exists() { "is not a folder" } else { "the folder does not exist" };
            let remedy = "give the folder that holds the publishers' files, or none for the demonstration data";
            return Err(InputError::new(folder, what, remedy).into());
        }
        let folder = Folder { path: folder.to_owned(), parsed: Mutex::default() };
        Ok(Self { folder: Arc::new(folder), inputs: Vec::new(), notices: Vec::new() })
    }

    /// The data folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder.path
    }

    /// Parses the text of a file, unpacked and in UTF-8, and records it as an input. A file is opened and parsed once per data
    /// folder; later calls, also through a clone, return the same result.
    pub(super) fn parsed<T: Send + Sync + 'static>(
        &mut self,
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        // Held while parsing, so that two concurrent days do not both read a file.
        let mut parsed = self.folder.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parsed.get(path).and_then(|file| {
            let content = Arc::clone(&file.content).downcast::<T>().ok()?;
            Some((content, file.sha256.clone()))
        });
        let (content, sha256) = match known {
            Some(known) => known,
            None => {
                let bytes = content::bytes(path)?;
                let sha256 = hash::sha256(&bytes);
                let content = Arc::new(parse(&content::text(path, bytes)?)?);
                let kept = Arc::clone(&content) as Arc<dyn Any + Send + Sync>;
                parsed.insert(path.to_owned(), Parsed { sha256: sha256.clone(), content: kept });
                (content, sha256)
            }
        };
        let relative = path.strip_prefix(&self.folder.path).unwrap_or(path).to_owned();
        self.inputs.push(InputFile { path: relative, sha256, last_day: None });
        Ok(content)
    }

    /// Path of the first of these files that exists below the data folder. If none exists, a notice reports that the first
    /// is missing and the consequence.
    pub(super) fn optional(&mut self, paths: &[&str], without: &str) -> Option<PathBuf> {
        let found = paths.iter().map(|path| self.folder.path.join(path)).find(|path| path.is_file());
        if found.is_none() {
            self.notice(format!("there is no {}: {without}", paths.first().unwrap_or(&"file")), 1);
        }
        found
    }

    /// Notes the last day that a file holds.
    pub(super) fn holds_until(&mut self, path: &Path, day: Date) {
        let relative = path.strip_prefix(&self.folder.path).unwrap_or(path);
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
