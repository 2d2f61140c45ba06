//! Archives of versions before there were lakes: their days and weeks become those of a lake.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use countycast_engine::Date;
use countycast_engine::weekly::Week;
use polars::prelude::{Column, DataFrame, IdxCa, PolarsResult};
use serde_json::Value;

use super::archive::MANIFESTS;
use super::draft::Draft;
use super::partition::{Partition, RUNS};
use super::told::{MOST_MANIFEST_BYTES, damaged};
use super::week_manifest::opened;
use super::{Lake, MOST_BYTES, days_in, frames, part, runs, weeks_in};
use crate::error::Error;
use crate::lake::table;
use crate::output::{Written, apart, parquet, regular};

/// What became of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrated {
    /// Days that were added to the lake.
    pub days: usize,
    /// Weeks that were added to the lake.
    pub weeks: usize,
    /// Days and weeks that the lake had already, which stay as they are.
    pub known: usize,
    /// Days and weeks that were left out, with the reason.
    pub skipped: Vec<String>,
}

/// Adds the days and weeks of an archive to a lake, each as a whole; the archive stays as it is. Those that the lake has already are
/// left alone, so that an interrupted migration goes on. What is damaged is named and left out.
///
/// # Errors
/// [`Error::Request`] where there is no archive, [`Error::Io`] where the lake cannot be written.
pub fn migrate(archive: &Path, lake: &Path) -> Result<Migrated, Error> {
    if !archive.join(MANIFESTS).is_dir() {
        return Err(Error::Request {
            message: format!("{} is no archive: it has no folder `{MANIFESTS}`", archive.display()),
            remedy: "name a folder that an earlier version filled with --archive".to_owned(),
        });
    }
    apart((lake, "--into"), (archive, "the archive"))?;
    let lake = Lake::open(lake)?;
    let mut done = Migrated::default();
    for day in sorted(days_in(&archive.join(MANIFESTS))) {
        if lake.is_complete(day) {
            done.known += 1;
            continue;
        }
        match Old::read(archive, day.into()).and_then(|old| old.into_day(day)) {
            Ok(old) => lake.put_day(day, old)?,
            Err(error) => {
                done.skipped.push(format!("{day}: {error}"));
                continue;
            }
        }
        done.days += 1;
    }
    for week in sorted(weeks_in(&archive.join(MANIFESTS))) {
        if lake.week(week).is_ok_and(|kept| kept.is_some()) {
            done.known += 1;
        } else if let Err(error) = lake.put_old_week(archive, week) {
            match error {
                Error::Input(_) => done.skipped.push(format!("{week}: {error}")),
                other => return Err(other),
            }
        } else {
            done.weeks += 1;
        }
    }
    Ok(done)
}

fn sorted<T: Ord>(mut found: Vec<T>) -> Vec<T> {
    found.sort_unstable();
    found
}

/// A day or week of an archive: its files by name, and its manifest.
struct Old {
    root: std::path::PathBuf,
    manifest: Value,
    files: BTreeMap<String, Vec<u8>>,
}

impl Old {
    /// Reads what a manifest names. Manifests of the first versions named no files: those of its day are then taken as they are.
    fn read(archive: &Path, of: Partition) -> Result<Self, Error> {
        let path = archive.join(format!("{MANIFESTS}/{of}/run.json"));
        let read = |path: &Path, most| regular::bytes(path, most).map_err(|source| Error::read(path, source));
        let text = read(&path, MOST_MANIFEST_BYTES)?;
        let manifest: Value = serde_json::from_slice(&text).map_err(|_| damaged(&path, "is no manifest"))?;
        let named: Option<Vec<Written>> = serde_json::from_value(manifest["files"].clone()).ok();
        let mut files = BTreeMap::new();
        for file in named.iter().flatten() {
            if !Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(damaged(&path, &format!("names `{}`, which lies outside", file.path)));
            }
            let path = archive.join(&file.path);
            let bytes = read(&path, MOST_BYTES)?;
            if !file.is(&bytes) {
                return Err(damaged(&path, "is damaged: its bytes are not those that its manifest names"));
            }
            files.insert(file.path.clone(), bytes);
        }
        if named.is_none() {
            for table in ["projections", "places", "observations", "scores", "weights", "parameters"] {
                let name = format!("{table}/{of}/part.parquet");
                if archive.join(&name).exists() {
                    files.insert(name.clone(), read(&archive.join(&name), MOST_BYTES)?);
                }
            }
        }
        Ok(Self { root: archive.to_owned(), manifest, files })
    }

    /// The day in the form of a lake: its tables by name, and the files that are taken over.
    fn into_day(mut self, day: Date) -> Result<OldDay, Error> {
        let mut tables = Vec::new();
        for (old, new) in
            [("projections", "projections"), ("places", "counties"), ("observations", "counts"), ("scores", "scores")]
        {
            let name = part(old, day);
            let path = self.root.join(&name);
            let Some(bytes) = self.files.remove(&name) else { continue };
            let frame = parquet::from_bytes(&path, bytes)?;
            let made = match new {
                "projections" => {
                    frames::read_forecasts(&frame).and_then(|forecasts| frames::forecasts(day, &forecasts))
                }
                "counties" => as_counties(&frame).and_then(|frame| by_place(&frame)),
                _ => by_place(&frame),
            };
            tables.push((new, made.map_err(|error| damaged(&path, &format!("is of another layout: {error}")))?));
        }
        if tables.len() < 2 {
            return Err(damaged(&self.root.join(part("projections", day)), "is not there"));
        }
        Ok(OldDay { tables, files: self.files, manifest: self.manifest })
    }
}

/// A day of an archive in the form of a lake.
struct OldDay {
    tables: Vec<(&'static str, DataFrame)>,
    files: BTreeMap<String, Vec<u8>>,
    manifest: Value,
}

/// The places of an archive with the columns of `counties`.
fn as_counties(places: &DataFrame) -> PolarsResult<DataFrame> {
    let nothing = |name: &str| Column::new(name.into(), vec![None::<f64>; places.height()]);
    let phase = |independent: Option<bool>| if independent == Some(true) { "independent" } else { "fallback" };
    let phases: Vec<&str> = places.column("independent")?.bool()?.iter().map(phase).collect();
    let of = |name: &str| places.column(name).cloned();
    let columns = vec![
        of("fips")?,
        Column::new("name".into(), vec![None::<&str>; places.height()]),
        of("population")?,
        Column::new("phase".into(), phases),
        of("rt")?,
        of("rt_lower_90")?,
        of("rt_upper_90")?,
        nothing("doubling_days"),
        nothing("cases_last_week"),
        nothing("cases_next_week"),
    ];
    DataFrame::new(places.height(), columns)
}

/// The rows in the order of their places.
fn by_place(frame: &DataFrame) -> PolarsResult<DataFrame> {
    let places = frame.column("fips")?.str()?;
    let mut order: Vec<u32> = (0..).take(frame.height()).collect();
    order.sort_by_key(|row| places.get(*row as usize));
    frame.take(&IdxCa::from_vec("row".into(), order))
}

impl Lake {
    fn put_day(&self, day: Date, old: OldDay) -> Result<(), Error> {
        let OldDay { mut tables, files, mut manifest } = old;
        // A manifest of a version with other fields stays as it is, and has no row.
        if let Ok(run) = serde_json::from_value(manifest.clone()) {
            tables.push((RUNS, runs::of_day(&run).map_err(|error| parquet::write_error(&self.root, error))?));
        }
        let mut draft = Draft::begin(self, day)?;
        for (name, frame) in tables {
            draft.write(part(name, day), |path| table::write(path, frame))?;
        }
        for (name, bytes) in files {
            draft.write(name, |path| fs::write(path, bytes).map_err(|source| Error::write(path, source)))?;
        }
        draft.commit(|path, files| {
            let text = serde_json::to_value(files).and_then(|files| {
                manifest["files"] = files;
                serde_json::to_vec_pretty(&manifest)
            });
            let written = text.map_err(std::io::Error::other).and_then(|text| fs::write(path, text));
            written.map_err(|source| Error::write(path, source))
        })
    }

    fn put_old_week(&self, archive: &Path, week: Week) -> Result<(), Error> {
        let manifest = opened(&archive.join(format!("{MANIFESTS}/reference_date={week}/run.json")))?;
        let name = part("signals", week);
        let path = archive.join(&name);
        let bytes = Old::read(archive, week.into())?.files.remove(&name);
        let frame = parquet::from_bytes(&path, bytes.ok_or_else(|| damaged(&path, "is not named by its manifest"))?)?;
        self.put_week(week, manifest, frame, None)
    }
}
