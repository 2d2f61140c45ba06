//! Weeks of an evaluation in hubs that are complete, so that only the others are forecast again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::weekly::Week;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::output::{Staging, Written, disk, regular};

/// Folder with a file for each hub and week.
pub(super) const FOLDER: &str = "weeks";
/// Most bytes of such a file.
const MOST_BYTES: u64 = 1 << 20;

/// What is written when a week's forecasts are.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    /// The program, settings and files that made them.
    key: String,
    files: Vec<Written>,
}

/// Takes over the forecasts of an earlier evaluation with the same `key`, whose files lie in the folder `output`; returns
/// the hubs' weeks whose files are as they were written. All others are removed.
pub(super) fn take_over(staging: &Staging, output: &str, key: &str) -> Result<BTreeSet<(String, Week)>, Error> {
    [output, FOLDER].iter().try_for_each(|folder| staging.take_over(folder))?;
    let root = staging.folder();
    let (mut weeks, mut named) = (BTreeSet::new(), BTreeSet::new());
    let entries = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    for path in entries(root.join(FOLDER)).flat_map(entries) {
        let Some(week) = named_by(&path) else { continue };
        let complete = regular::bytes(&path, MOST_BYTES).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let is_whole =
            |complete: &Complete| complete.key == key && complete.files.iter().all(|file| file.check(root, "").is_ok());
        if let Some(complete) = complete.filter(is_whole) {
            weeks.insert(week);
            named.extend(complete.files.into_iter().map(|file| root.join(file.path)));
            named.insert(path);
        }
    }
    for folder in [output, FOLDER].map(|folder| root.join(folder)) {
        sweep(&folder, &named).map_err(|source| Error::write(&folder, source))?;
    }
    Ok(weeks)
}

/// Says that a week of a hub is complete with these files.
pub(super) fn complete(staging: &Staging, hub: &str, week: Week, key: &str, names: &[String]) -> Result<(), Error> {
    let files = staging.written().into_iter().filter(|file| names.contains(&file.path)).collect();
    staging.json(&format!("{FOLDER}/{hub}/{week}.json"), &Complete { key: key.to_owned(), files }).map(drop)
}

/// The hub and week of `HUB/DATE.json`.
fn named_by(path: &Path) -> Option<(String, Week)> {
    let hub = path.parent()?.file_name()?.to_str()?.to_owned();
    Some((hub, Week::ending(path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok()?)?))
}

/// Removes all files of a folder, and of those in it, but these.
fn sweep(folder: &Path, but: &BTreeSet<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.is_dir() {
            sweep(&path, but)?;
        } else if !but.contains(&path) {
            disk::remove(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use countycast_engine::Date;

    use super::*;
    use crate::output::Layout;

    const LAYOUT: Layout = Layout { names: &["forecasts", FOLDER], kept: &[] };

    /// Evaluates these weeks into a folder, taking over what is whole; returns the weeks that were.
    fn evaluate(out: &Path, key: &str, weeks: &[Week], end: bool) -> Vec<Week> {
        let staging = Staging::reserve(out, LAYOUT).unwrap();
        staging.resume("").unwrap();
        let known: Vec<Week> =
            take_over(&staging, "forecasts", key).unwrap().into_iter().map(|(_, week)| week).collect();
        for week in weeks.iter().filter(|week| !known.contains(week)) {
            let names = ["one", "two"].map(|model| format!("forecasts/{model}/{week}.csv"));
            names.iter().for_each(|name| drop(staging.put(name, format!("{week} by {key}")).unwrap()));
            complete(&staging, "hub", *week, key, &names).unwrap();
        }
        if end {
            staging.commit().unwrap();
        } else {
            // As it is killed in a third week.
            fs::write(staging.folder().join("forecasts/one/2021-01-02.csv.unfinished"), "2021").unwrap();
        }
        known
    }

    #[test]
    fn weeks_are_taken_over_whose_files_are_whole() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let weeks = [12, 19].map(|day| Week::of(Date::constant(2020, 12, day)));
        assert_eq!(evaluate(&out, "a", &weeks, false), []);
        assert_eq!(evaluate(&out, "a", &weeks, true), weeks);
        assert!(!out.join("forecasts/one/2021-01-02.csv.unfinished").exists());
        // One that is damaged, missing, or whose list is no list is made again, and no other.
        let (damaged, list) = (out.join("forecasts/two/2020-12-19.csv"), out.join(FOLDER).join("hub/2020-12-19.json"));
        for (path, text) in [(&damaged, Some("2020-12-19 by b")), (&damaged, None), (&list, Some("{"))] {
            text.map_or_else(|| fs::remove_file(path), |text| fs::write(path, text)).unwrap();
            assert_eq!(evaluate(&out, "a", &weeks, true), [weeks[0]]);
            assert_eq!(fs::read_to_string(&damaged).unwrap(), "2020-12-19 by a");
        }
        assert_eq!(evaluate(&out, "a", &weeks, true), weeks);
        // Forecasts of other settings are not mixed with these.
        assert_eq!(evaluate(&out, "b", &weeks[..1], true), []);
        assert!(!damaged.exists());
    }
}
