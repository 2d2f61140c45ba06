//! Forecasts of weekly signals in the archive: `signals/reference_date=DATE/part.parquet`, a table of its own beside those of
//! days.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use countycast_engine::weekly::Week;

use super::{Archive, lock};
use crate::error::Error;
use crate::output::{disk, signals};
use crate::weekly::Forecast;

/// Table of the weeks' forecasts.
const TABLE: &str = "signals";
/// Name of a file that is not complete.
const NEW: &str = "part.parquet.new";

impl Archive {
    /// Stores a week's forecasts of all models; those of an earlier run for the same week are replaced.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written; the earlier file then stays.
    pub fn keep_week(&self, reference: Week, forecasts: &[&Forecast]) -> Result<(), Error> {
        let _lock = lock::exclusive(&self.root)?;
        let folder = self.week(reference);
        fs::create_dir_all(&folder).map_err(|source| Error::write(&folder, source))?;
        let (new, done) = (folder.join(NEW), part(&folder));
        signals::write(&new, reference, forecasts)?;
        let placed = File::open(&new)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&new, &done))
            .and_then(|()| disk::sync(&folder));
        placed.map_err(|source| Error::write(&done, source))
    }

    /// The reference weeks from `first` to the one before `end` of which forecasts are kept, oldest first.
    #[must_use]
    pub fn weeks(&self, first: Week, end: Week) -> Vec<Week> {
        let Ok(entries) = fs::read_dir(self.root.join(TABLE)) else { return Vec::new() };
        let week = |name: &str| Week::ending(name.strip_prefix("reference_date=")?.parse().ok()?);
        let found = entries.flatten().filter_map(|entry| week(&entry.file_name().to_string_lossy()));
        let mut weeks: Vec<Week> =
            found.filter(|week| (first..end).contains(week) && part(&self.week(*week)).exists()).collect();
        weeks.sort_unstable();
        weeks
    }

    /// A week's forecasts by one model.
    ///
    /// # Errors
    /// [`Error::Input`] or [`Error::Io`] where the file is damaged.
    pub fn read_week(&self, reference: Week, model: &str) -> Result<Vec<signals::Kept>, Error> {
        let _lock = lock::shared(&self.root)?;
        signals::read(&part(&self.week(reference)), model)
    }

    fn week(&self, reference: Week) -> PathBuf {
        self.root.join(TABLE).join(format!("reference_date={reference}"))
    }
}

fn part(folder: &Path) -> PathBuf {
    folder.join("part.parquet")
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;
    use countycast_engine::weekly::Area;

    #[test]
    fn a_week_is_read_back_replaced_and_found_among_others() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let reference = Week::of(Date::constant(2026, 1, 10));
        let forecast = |value: f32, model: &'static str| Forecast {
            signal: "flu-ed".parse().unwrap(),
            area: Area::ServiceArea(278),
            model,
            last: reference.plus(-1),
            rows: vec![[value; 23]; 5],
        };
        archive.keep_week(reference, &[&forecast(0.5, "flat")]).unwrap();
        archive.keep_week(reference, &[&forecast(0.25, "flat"), &forecast(0.125, "blend")]).unwrap();
        archive.keep_week(reference.plus(2), &[&forecast(0.5, "blend")]).unwrap();
        assert_eq!(archive.weeks(reference.plus(-9), reference.plus(2)), [reference]);
        assert_eq!(archive.weeks(reference, reference.plus(3)), [reference, reference.plus(2)]);
        let kept = archive.read_week(reference, "blend").unwrap();
        assert_eq!(kept.len(), 5);
        assert_eq!(
            (&kept[0].area, kept[0].week, kept[0].row[11]),
            (&Area::ServiceArea(278), reference.plus(-1), 0.125)
        );
        fs::write(part(&archive.week(reference)), b"torn").unwrap();
        assert!(archive.read_week(reference, "blend").is_err());
        assert!(archive.days_since(Date::constant(2020, 1, 1)).unwrap().is_empty(), "weeks are no days");
    }
}
