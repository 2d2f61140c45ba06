//! Forecasts of weekly signals: `signals/reference_date=DATE/part.parquet`, with a manifest for each week.

use std::fs;
use std::path::PathBuf;

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use polars::prelude::{DataFrame, PolarsResult};

use super::draft::{self, Draft};
use super::partition::SIGNAL_RUNS;
use super::week_manifest::{WeekManifest, opened, sealed};
use super::week_scores::{self, WeekScore};
use super::{Lake, archive, lock, manifest_name, part, runs, weeks_in};
use crate::error::Error;
use crate::identity::Identity;
use crate::lake::table;
use crate::output::{parquet, signals};
use crate::weekly::Forecast;

/// Table of the weeks' forecasts.
const TABLE: &str = "signals";

/// A week to be kept.
#[derive(Debug)]
pub struct WeekEntry<'a> {
    /// The week of horizon 0.
    pub reference: Week,
    /// The last day whose publications were used.
    pub as_of: Date,
    /// Program, settings and files that determine the forecasts.
    pub identity: &'a Identity,
    /// The signals that were asked for.
    pub signals: &'a [Signal],
    /// The forecasts of all models.
    pub forecasts: &'a [Forecast],
    /// How earlier forecasts did in the week before.
    pub scores: &'a [WeekScore],
    /// What was noticed.
    pub notices: &'a [String],
}

/// A week as it was kept.
#[derive(Debug)]
pub struct KeptWeek {
    /// What made it.
    pub manifest: WeekManifest,
    path: PathBuf,
    table: DataFrame,
}

impl KeptWeek {
    /// The forecasts of one model.
    ///
    /// # Errors
    /// [`Error::Input`] where the table has other columns, as one of another version may.
    pub fn of(&self, model: &'static str) -> Result<Vec<Forecast>, Error> {
        signals::of_model(&self.table, model).map_err(|problem| parquet::wrong(&self.path, problem.to_string()))
    }
}

impl Lake {
    /// Stores a week's forecasts as a whole; those of an earlier run for the same week are replaced.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written; the earlier week then stays.
    pub fn keep_week(&self, entry: &WeekEntry<'_>) -> Result<(), Error> {
        let mut forecasts: Vec<&Forecast> = entry.forecasts.iter().collect();
        forecasts.sort_by_cached_key(|forecast| forecast.area.to_string());
        let fail = |error| parquet::write_error(&self.root, error);
        let table = signals::frame(entry.reference, &forecasts).map_err(fail)?;
        let scores = (!entry.scores.is_empty()).then(|| week_scores::frame(entry.scores)).transpose().map_err(fail)?;
        let manifest = WeekManifest {
            reference_date: entry.reference.saturday(),
            as_of: entry.as_of,
            identity: entry.identity.clone(),
            signals: entry.signals.iter().map(ToString::to_string).collect(),
            notices: entry.notices.to_vec(),
            files: Vec::new(),
        };
        self.put_week(entry.reference, manifest, table, scores)
    }

    /// Puts a week in place.
    pub(super) fn put_week(
        &self,
        reference: Week,
        manifest: WeekManifest,
        forecasts: DataFrame,
        scores: Option<DataFrame>,
    ) -> Result<(), Error> {
        // Tables are made and read in parallel, and a thread that waits for others takes up other work, which may be another week's:
        // no lock is held meanwhile, for which that would wait for ever.
        let tables = || {
            let mut tables = vec![(TABLE, forecasts.drop("reference_date")?), (SIGNAL_RUNS, runs::of_week(&manifest)?)];
            tables.extend(scores.map(|scores| (week_scores::TABLE, scores)));
            tables
                .into_iter()
                .map(|(name, frame)| Ok((name, table::to_bytes(frame)?)))
                .collect::<PolarsResult<Vec<_>>>()
        };
        let tables = tables().map_err(|error| parquet::write_error(&self.root, error))?;
        let mut draft = Draft::begin(self, reference)?;
        for (name, bytes) in tables {
            draft.write(part(name, reference), |path| {
                fs::write(path, bytes).map_err(|source| Error::write(path, source))
            })?;
        }
        draft.commit(|path, files| {
            let text =
                sealed(&WeekManifest { files, ..manifest }).and_then(|fields| serde_json::to_vec_pretty(&fields));
            let written = text.map_err(std::io::Error::other).and_then(|text| fs::write(path, text));
            written.map_err(|source| Error::write(path, source))
        })
    }

    /// The reference weeks from `first` to the one before `end` of which something is kept, oldest first.
    ///
    /// # Errors
    /// [`Error::Request`] where another run does not let go of the lake.
    pub fn weeks(&self, first: Week, end: Week) -> Result<Vec<Week>, Error> {
        archive::refuse(&self.root)?;
        let _lock = lock::shared(&self.root)?;
        let mut weeks = draft::pending_weeks(&self.root);
        weeks.extend([TABLE, SIGNAL_RUNS].iter().flat_map(|table| weeks_in(&self.root.join(table))));
        weeks.retain(|week| (first..end).contains(week));
        weeks.sort_unstable();
        weeks.dedup();
        Ok(weeks)
    }

    /// A week; none where nothing is kept of it.
    ///
    /// # Errors
    /// [`Error::Input`] for one that is damaged or not complete, [`Error::Io`] where its file cannot be read,
    /// [`Error::Request`] where another run does not let go of the lake.
    pub fn week(&self, reference: Week) -> Result<Option<KeptWeek>, Error> {
        let lock = lock::shared(&self.root)?;
        let table = part(TABLE, reference);
        let [manifest, path] = [&manifest_name(reference), &table].map(|name| self.located(reference, name));
        if !manifest.exists() && !path.exists() {
            return Ok(None);
        }
        let manifest = opened(&manifest)?;
        let bytes = self.bytes(reference, &table)?;
        drop(lock);
        let table = parquet::from_bytes(&path, bytes)?;
        Ok(Some(KeptWeek { manifest, path, table }))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use countycast_engine::weekly::Area;

    fn reference() -> Week {
        Week::of(Date::constant(2026, 1, 10))
    }

    fn forecast(value: f32, model: &'static str) -> Forecast {
        Forecast {
            signal: "flu-ed".parse().unwrap(),
            area: Area::ServiceArea(278),
            model,
            last: reference().plus(-3),
            follows: true,
            rows: vec![[value; 23]; 5],
        }
    }

    fn keep(lake: &Lake, reference: Week, forecasts: &[Forecast]) {
        let identity = Identity { build: "1".to_owned(), settings: "2".to_owned(), inputs: "3".to_owned() };
        let (as_of, notices) = (reference.wednesday(), ["late".to_owned()]);
        let signals = ["flu-ed", "flu-admissions"].map(|name| name.parse().unwrap());
        let entry = WeekEntry {
            reference,
            as_of,
            identity: &identity,
            signals: &signals,
            forecasts,
            scores: &[],
            notices: &notices,
        };
        lake.keep_week(&entry).unwrap();
    }

    #[test]
    fn a_week_is_read_back_replaced_and_found_among_others() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path()).unwrap();
        let reference = reference();
        assert!(lake.week(reference).unwrap().is_none());
        keep(&lake, reference, &[forecast(0.5, "flat")]);
        let both = [forecast(0.25, "flat"), forecast(0.125, "blend")];
        keep(&lake, reference, &both);
        keep(&lake, reference.plus(2), &both);
        assert_eq!(lake.weeks(reference.plus(-9), reference.plus(2)).unwrap(), [reference]);
        assert_eq!(lake.weeks(reference, reference.plus(3)).unwrap(), [reference, reference.plus(2)]);
        let kept = lake.week(reference).unwrap().unwrap();
        assert_eq!(kept.of("blend").unwrap(), both[1..]);
        assert_eq!(kept.of("flat").unwrap(), both[..1]);
        let WeekManifest { reference_date, signals, notices, files, .. } = kept.manifest;
        assert_eq!((reference_date, notices.as_slice()), (reference.saturday(), &["late".to_owned()][..]));
        assert_eq!(signals.iter().collect::<Vec<_>>(), ["flu-admissions", "flu-ed"], "as asked for");
        assert_eq!(files[0].path, "signals/reference_date=2026-01-10/part.parquet");
        assert!(lake.days_since(Date::constant(2020, 1, 1)).unwrap().is_empty(), "weeks are no days");
        assert!(!folder.path().join(".pending").exists());
    }

    #[test]
    fn a_damaged_or_unfinished_week_is_refused_and_found() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path()).unwrap();
        let reference = reference();
        let [manifest, table] = [manifest_name(reference), part(TABLE, reference)].map(|name| folder.path().join(name));
        let refused = || lake.week(reference).unwrap_err().to_string();
        keep(&lake, reference, &[forecast(0.5, "blend")]);
        let whole = fs::read_to_string(&manifest).unwrap();
        // Each field is under the seal, and what is no JSON has none.
        for (from, to) in [("late", "lame"), ("\"2\"", "\"4\""), ("2026-01-07", "2026-01-06"), ("{", "")] {
            assert!(whole.contains(from), "{from} in {whole}");
            fs::write(&manifest, whole.replacen(from, to, 1)).unwrap();
            assert!(refused().contains("not as it was written"), "{from}");
        }
        fs::write(&manifest, &whole).unwrap();
        let bytes = fs::read(&table).unwrap();
        fs::write(&table, &bytes[..bytes.len() - 1]).unwrap();
        assert!(refused().contains("is damaged"));
        fs::remove_file(&table).unwrap();
        assert!(refused().contains("part.parquet"));
        // What a killed run had not completed has no manifest.
        fs::write(&table, &bytes).unwrap();
        fs::remove_file(&manifest).unwrap();
        let said = refused();
        assert!(said.contains("run.json") && said.contains("cannot be read"), "{said}");
        assert_eq!(lake.weeks(reference, reference.plus(1)).unwrap(), [reference]);
    }

    #[test]
    fn a_week_that_is_complete_and_not_yet_in_place_is_read_and_then_put_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path()).unwrap();
        let reference = reference();
        keep(&lake, reference, &[forecast(0.5, "blend")]);
        // As a run leaves it that is killed after the step that completes the week.
        let pending = folder.path().join(".pending/reference_date=2026-01-10");
        for table in [TABLE, SIGNAL_RUNS] {
            fs::create_dir_all(pending.join(table)).unwrap();
            let week = Path::new(table).join("reference_date=2026-01-10");
            fs::rename(folder.path().join(&week), pending.join(&week)).unwrap();
        }
        assert_eq!(lake.weeks(reference, reference.plus(1)).unwrap(), [reference]);
        assert!(lake.week(reference).unwrap().is_some());
        Lake::open(folder.path()).unwrap();
        assert!(!pending.exists() && lake.week(reference).unwrap().is_some());
    }
}
