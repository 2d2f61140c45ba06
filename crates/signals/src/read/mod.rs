//! A folder of publishers' files read into vintages and geography.

mod cells;
mod fetched;
mod layouts;
#[cfg(fuzzing)]
mod no_parquet;
#[cfg(not(fuzzing))]
mod parquet;
mod places;
mod publishers;
mod table;

use std::fs::File;
use std::path::{Path, PathBuf};

use countycast_panel::{InputError, InputFile, Notice, sha256_of};
use rayon::prelude::*;

use crate::geography::Geography;
use crate::hubs::Hubs;
use crate::observed::Observed;
use crate::vintages::Vintages;

pub use fetched::{Published, Use, parquet_shape, read_places, read_published, use_of};
use layouts::Layout;
#[cfg(fuzzing)]
use no_parquet as parquet;
pub(crate) use table::Table;

/// Everything that a folder tells of weekly signals.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// All values, with the days on which they became known.
    pub vintages: Vintages,
    /// The values that hubs score by.
    pub observed: Observed,
    /// Where areas lie and who lives there.
    pub geography: Geography,
    /// What was noticed in reading.
    pub notices: Vec<Notice>,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
}

impl Signals {
    /// Reads every file of a folder whose columns tell what it holds, and the folder `target-data` of a hub's copy.
    ///
    /// # Errors
    /// Where the folder or one of these files cannot be read, or holds no weekly signal.
    pub fn read(folder: &Path, hubs: &Hubs) -> Result<Self, InputError> {
        let files = files(folder)?;
        let read = |path: &PathBuf| -> Result<Option<(Layout, Table, String)>, InputError> {
            let Some(layout) = Layout::of_file(path, hubs)? else { return Ok(None) };
            let sha256 = File::open(path).and_then(sha256_of).map_err(|error| InputError::unreadable(path, &error))?;
            Ok(Some((layout, Table::read(path)?, sha256)))
        };
        let mut tables: Vec<(Layout, Table, String)> =
            files.par_iter().filter_map(|path| read(path).transpose()).collect::<Result<_, _>>()?;
        // Names of places come first: other tables use them.
        tables.sort_by_key(|(layout, table, _)| (layout.order(), table.path().to_owned()));
        let mut found = Self::default();
        for (layout, table, sha256) in tables {
            layout.add(&table, hubs, &mut found)?;
            if layout.order() == 0 {
                found.geography.finish();
            }
            let path = table.path().strip_prefix(folder).unwrap_or(table.path()).to_owned();
            found.inputs.push(InputFile { path, sha256, last_day: None });
        }
        found.vintages = std::mem::take(&mut found.vintages).sorted();
        found.notices.extend(too_early(&found.vintages));
        if found.vintages.is_empty() {
            let problem = "no file holds a weekly signal";
            let remedy = "give a folder with NSSP or NHSN tables, or with a hub's target data";
            return Err(InputError::new(folder, problem, remedy));
        }
        Ok(found)
    }

    /// Notes something that does not stop the run.
    fn notice(&mut self, table: &Table, message: &str, count: usize) {
        if count > 0 {
            let name = table.path().file_name().unwrap_or_default().to_string_lossy();
            self.notices.push(Notice { message: format!("{name}: {message}"), count });
        }
    }
}

/// The notice about weeks far after the day of their publication.
fn too_early(vintages: &Vintages) -> Option<Notice> {
    let message =
        "values of weeks half a year after the day of their publication are left out: is the year mistyped?".to_owned();
    Some(vintages.too_early()).filter(|count| *count > 0).map(|count| Notice { message, count })
}

/// The tables in a folder and in its folder `target-data`, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let list = |folder: &Path| -> Result<Vec<PathBuf>, InputError> {
        let entries = std::fs::read_dir(folder).map_err(|error| InputError::unreadable(folder, &error))?;
        let is_table = |path: &PathBuf| path.is_file() && (table::is_csv(path) || table::is_parquet(path));
        let mut files: Vec<PathBuf> =
            entries.filter_map(Result::ok).map(|entry| entry.path()).filter(is_table).collect();
        files.sort();
        Ok(files)
    };
    let mut files = list(folder)?;
    let target_data = folder.join("target-data");
    if target_data.is_dir() {
        files.extend(list(&target_data)?);
    }
    Ok(files)
}
