//! The tables of a data folder and what they are.

use std::path::{Path, PathBuf};

use super::Publisher;
use super::layout::{self, Kind, Layout};
use crate::content;
use crate::error::{Error, InputError};
use crate::input::Reader;
use crate::quote::quoted;

/// Folders between the data folder and a file: a clone of JHU's repository in the data folder has as many.
const DEEPEST: usize = 3;
/// Folders searched together: the data folder and those directly in it.
const FIRST: usize = 1;
/// Columns of a header that a message quotes.
const QUOTED_COLUMNS: usize = 6;
/// Folders with earlier states of the same files.
const VINTAGES: [&str; 2] = ["vintages", "vintages_weekly"];

/// Files of a folder by what they are.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Counts by place and day.
    pub(super) counts: Vec<(Publisher, Kind, PathBuf)>,
    /// USAFacts' residents of counties.
    pub(super) residents: Option<PathBuf>,
    /// Tables of publishers that are no series of counts.
    pub(super) no_series: Vec<(Publisher, Kind, InputError)>,
    /// What cannot be read as a table.
    pub(super) no_tables: Vec<InputError>,
    /// Number of files.
    pub(super) seen: usize,
    /// The first file with another header, and how that starts.
    pub(super) other: Option<(PathBuf, String)>,
}

impl Candidates {
    /// Why a file that might have the wanted counts has none: a table of a publisher and kind that is no series, or else the
    /// first that cannot be read.
    pub(super) fn unusable(&self, wanted: impl Fn(Publisher, Kind) -> bool) -> Option<&InputError> {
        let no_series = self.no_series.iter().find(|(publisher, kind, _)| wanted(*publisher, *kind));
        no_series.map(|(.., error)| error).or(self.no_tables.first())
    }

    /// The tables of a folder and the folders directly in it; where they have no counts of the wanted publisher, or of any
    /// if none is wanted, also those of the folders below, as far as these have none.
    pub(super) fn find(folder: &Path, wanted: Option<Publisher>, reader: &mut Reader) -> Result<Self, Error> {
        let mut found = Self::default();
        let mut folders = vec![folder.to_owned()];
        for depth in 0..=DEEPEST {
            let mut deeper = Vec::new();
            for folder in &folders {
                let content = match entries(folder) {
                    Err(Error::Input(error)) if depth > 0 => {
                        reader.notice(error.to_string(), 1);
                        continue;
                    }
                    content => content?,
                };
                for path in content {
                    if path.is_dir() {
                        deeper.extend(is_searched(&path).then_some(path));
                    } else if is_named_as_table(&path) {
                        found.add(path);
                    }
                }
            }
            if depth >= FIRST && found.counts.iter().any(|(of, ..)| wanted.is_none_or(|wanted| wanted == *of)) {
                break;
            }
            folders = deeper;
        }
        Ok(found)
    }

    /// These tables of a lake, of which one that holds other things is left alone.
    pub(super) fn of_lake(tables: Vec<PathBuf>) -> Self {
        let mut found = Self::default();
        tables.into_iter().filter(|path| is_named_as_table(path)).for_each(|path| found.add(path));
        found.no_tables.clear();
        found
    }

    fn add(&mut self, path: PathBuf) {
        self.seen += 1;
        let line = match content::first_line(&path) {
            Ok(line) => line,
            Err(error) => return self.no_tables.push(error),
        };
        match layout::of(&line) {
            Layout::Counts(publisher, kind) => self.counts.push((publisher, kind, path)),
            Layout::Residents => self.residents = self.residents.take().or(Some(path)),
            // One tells enough: a clone of JHU's repository holds thousands of daily reports.
            Layout::NoSeries(publisher, kind, problem, remedy) => {
                if !self.no_series.iter().any(|(p, k, _)| (*p, *k) == (publisher, kind)) {
                    let error = InputError::new(path, problem, remedy).on_line(1);
                    self.no_series.push((publisher, kind, error));
                }
            }
            Layout::NoTable(problem, remedy) => self.no_tables.push(InputError::new(path, problem, remedy)),
            Layout::Other if self.other.is_none() => {
                let columns = layout::columns(&line, ',').into_iter().take(QUOTED_COLUMNS);
                self.other = Some((path, columns.map(quoted).collect::<Vec<_>>().join(",")));
            }
            Layout::Other => {}
        }
    }
}

/// Whether a folder may hold the newest files.
fn is_searched(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && !VINTAGES.contains(&&*name)
}

fn is_named_as_table(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    // macOS puts a file of its own beside each one on a foreign disk.
    !name.starts_with("._") && (name.ends_with(".csv") || name.ends_with(".csv.gz"))
}

/// Contents of a folder, in order of names.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = || std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = read().map_err(|source| Error::read(folder, source))?;
    paths.sort();
    Ok(paths)
}
