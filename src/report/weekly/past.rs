//! Forecasts of earlier weeks, as runs kept them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::Week;

use super::forecasts::{Forecasts, read as forecasts};
use crate::error::Error;
use crate::report::past::RUNS;

/// The last [`RUNS`] weeks before `reference` of which these folders, or the folder `past` in them, hold the forecasts; oldest
/// first.
pub(super) fn read(folders: &[PathBuf], reference: Week) -> Result<Vec<Forecasts>, Error> {
    let mut files: BTreeMap<Week, PathBuf> = BTreeMap::new();
    for folder in folders {
        files.extend(within(folder).into_iter().chain(within(&folder.join("past"))));
    }
    let earlier: Vec<&PathBuf> = files.range(..reference).map(|(_, path)| path).collect();
    earlier[earlier.len().saturating_sub(RUNS)..].iter().map(|path| forecasts(path)).collect()
}

/// Files of a folder that are named `DATE.parquet`, by the week that the date ends. A missing folder has none.
fn within(folder: &Path) -> Vec<(Week, PathBuf)> {
    let week = |path: &PathBuf| -> Option<Week> {
        let day: Date = path.file_name()?.to_str()?.strip_suffix(".parquet")?.parse().ok()?;
        Week::ending(day)
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter_map(|path| Some((week(&path)?, path))).collect()
}
