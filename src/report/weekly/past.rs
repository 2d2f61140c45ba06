//! Forecasts of earlier weeks, as runs or lakes kept them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::Week;

use super::forecasts::{Forecasts, read as forecasts};
use crate::error::Error;
use crate::lake::Lake;
use crate::report::past::RUNS;
use crate::weekly::BLEND;

/// Earlier forecasts, and what could not be used of lakes.
#[derive(Default)]
pub(super) struct Past {
    /// Oldest first.
    pub(super) weeks: Vec<Forecasts>,
    /// Weeks that were left out, with the reason.
    pub(super) damaged: Vec<String>,
}

/// Where a week's forecasts lie.
enum Source {
    File(PathBuf),
    Lake(Lake),
}

/// The last [`RUNS`] weeks before `reference` of which these folders hold the forecasts: in files, in files of their folder `past`,
/// or as lakes. Of two folders the later is taken. A week of a lake that is damaged or not complete is named and left out.
///
/// # Errors
/// [`Error`] for a file that cannot be read, and where another run does not let go of a lake.
pub(super) fn read(folders: &[PathBuf], reference: Week) -> Result<Past, Error> {
    let mut sources: BTreeMap<Week, Source> = BTreeMap::new();
    for folder in folders {
        let files = within(folder).into_iter().chain(within(&folder.join("past")));
        sources.extend(files.map(|(week, path)| (week, Source::File(path))));
        let lake = Lake::new(folder);
        for week in lake.weeks(Week::of(Date::MIN), reference)? {
            sources.insert(week, Source::Lake(lake.clone()));
        }
    }
    let mut past = Past::default();
    for (week, source) in sources.range(..reference).rev() {
        if past.weeks.len() == RUNS {
            break;
        }
        match source {
            Source::File(path) => past.weeks.push(forecasts(path)?),
            Source::Lake(lake) => match kept(lake, *week) {
                Ok(found) => past.weeks.extend(found),
                Err(error @ Error::Request { .. }) => return Err(error),
                Err(error) => past.damaged.push(format!("lake: skipped the week of {week}: {error}")),
            },
        }
    }
    past.weeks.reverse();
    Ok(past)
}

/// The blend's forecasts in a lake's week.
fn kept(lake: &Lake, week: Week) -> Result<Option<Forecasts>, Error> {
    let Some(kept) = lake.week(week)? else { return Ok(None) };
    Ok(Some(Forecasts::of(week, kept.of(BLEND)?)))
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
