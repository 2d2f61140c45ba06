//! A lake for reading alone: the parts of all days of a month in one file, in which the history of a place lies together.
//!
//! `TABLE/month=DATE/part.parquet`, where DATE is the first of the month and the day a column. Beside it, `_parts.json` names the parts
//! with their SHA-256: a month whose parts are the same is left alone, and a killed run goes on. Files are written aside and renamed,
//! and nothing is removed, so that a reader finds the old one or the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use polars::prelude::{Column, DataFrame, DataType, IdxCa, PolarsResult};
use serde::{Deserialize, Serialize};

use super::partition::{Partition, RUNS, SIGNAL_RUNS};
use super::{Lake, archive, days_in, lock, part, week_scores, weeks_in};
use crate::error::Error;
use crate::lake::table;
use crate::output::{apart, days_since_epoch, parquet, regular};

/// Rows of a group of a month's file.
const GROUP: usize = 60_000;
/// Rows of the parts that are put in order together: what memory holds easily.
const TOGETHER: usize = 1_000_000;
/// Name of the note of a month's parts.
const NOTE: &str = "_parts.json";
/// Most bytes of a note.
const MOST_BYTES: u64 = 1 << 20;

/// Tables by day, each with the column by which its rows are ordered; the runs and weights of a day are few.
const OF_DAYS: [(&str, Option<&str>); 7] = [
    ("projections", Some("fips")),
    ("counties", Some("fips")),
    ("counts", Some("fips")),
    ("capacity", Some("fips")),
    ("scores", Some("fips")),
    ("weights", None),
    (RUNS, None),
];
/// Tables by reference week.
const OF_WEEKS: [(&str, Option<&str>); 3] =
    [("signals", Some("area")), (week_scores::TABLE, Some("area")), (SIGNAL_RUNS, None)];

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Months of tables that were written.
    pub written: usize,
    /// Parts of days and weeks that are in them.
    pub parts: usize,
    /// Months of tables whose parts had not changed.
    pub unchanged: usize,
    /// Months that were left as they were, with the reason.
    pub skipped: Vec<String>,
}

/// SHA-256 of a month's parts, by day.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Parts(BTreeMap<Date, String>);

/// A month of a table to be written.
struct Month<'a> {
    table: &'static str,
    place: Option<&'static str>,
    /// Column of the day.
    key: &'static str,
    target: &'a Path,
    files: Vec<(Date, PathBuf)>,
}

impl Lake {
    /// Writes the months of which a part has changed into another folder. The lake itself stays as it is.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be written, [`Error::Request`] for a folder in the lake, and where another run does not
    /// let go of it.
    pub fn compact(&self, into: &Path) -> Result<Compacted, Error> {
        apart((into, "--into"), (&self.root, "the lake"))?;
        archive::refuse(&self.root)?;
        let mut done = Compacted::default();
        let (days, weeks) = (days_in(&self.root.join(RUNS)), weeks_in(&self.root.join(SIGNAL_RUNS)));
        if days.is_empty() && weeks.is_empty() {
            return Err(Error::Request {
                message: format!("{} holds no day or week that a run kept", self.root.display()),
                remedy: "name a folder that `countycast project --lake` fills".to_owned(),
            });
        }
        let of_days = days.into_iter().map(|day| (day, Partition::Day(day)));
        let of_weeks = weeks.into_iter().map(|week| (week.saturday(), Partition::Week(week)));
        for (key, tables, parts) in [
            ("as_of", &OF_DAYS[..], of_days.collect::<Vec<_>>()),
            ("reference_date", &OF_WEEKS[..], of_weeks.collect()),
        ] {
            let months: BTreeSet<Date> = parts.iter().map(|(day, _)| day.first_of_month()).collect();
            for month in months {
                let of_month: BTreeMap<Date, Partition> =
                    parts.iter().filter(|(day, _)| day.first_of_month() == month).copied().collect();
                for (table, place) in tables {
                    let target = into.join(table).join(format!("month={month}"));
                    match self.month(table, *place, key, &of_month, &target, &mut done) {
                        Err(error @ Error::Input(_)) => done.skipped.push(format!("{table}, {month}: {error}")),
                        result => result?,
                    }
                }
            }
        }
        Ok(done)
    }

    /// Writes a month of a table, if its parts are others than those it was made of.
    fn month(
        &self,
        name: &'static str,
        place: Option<&'static str>,
        key: &'static str,
        of_month: &BTreeMap<Date, Partition>,
        target: &Path,
        done: &mut Compacted,
    ) -> Result<(), Error> {
        // No day is put in place meanwhile.
        let _lock = lock::shared(&self.root)?;
        let (mut parts, mut files) = (Parts::default(), Vec::new());
        for (day, of) in of_month {
            let file_name = part(name, *of);
            let told = self.told(*of).map(|told| told.files).unwrap_or_default();
            if let Some(file) = told.into_iter().find(|file| file.path == file_name) {
                files.push((*day, self.located(*of, &file_name)));
                parts.0.insert(*day, file.sha256);
            }
        }
        if files.is_empty() {
            return Ok(());
        }
        let note = target.join(NOTE);
        let known = regular::bytes(&note, MOST_BYTES).ok().and_then(|text| serde_json::from_slice::<Parts>(&text).ok());
        if known.as_ref() == Some(&parts) && target.join("part.parquet").is_file() {
            done.unchanged += 1;
            return Ok(());
        }
        for (day, _) in &files {
            self.bytes(of_month[day], &part(name, of_month[day]))?;
        }
        let count = files.len();
        Month { table: name, place, key, target, files }.write(TOGETHER)?;
        let text =
            serde_json::to_vec_pretty(&parts).map_err(|error| Error::write(&note, std::io::Error::other(error)))?;
        table::replace(&note, |new| fs::write(new, &text).map_err(|source| Error::write(&note, source)))?;
        done.written += 1;
        done.parts += count;
        Ok(())
    }
}

impl Month<'_> {
    /// Writes the file, some places after the others: so many that they have about `together` rows.
    fn write(&self, together: usize) -> Result<(), Error> {
        let path = self.target.join("part.parquet");
        let fail = |error| parquet::write_error(&path, error);
        let cuts = self.cuts(together)?;
        table::replace(&path, |new| {
            let mut writer = None;
            for number in 0..cuts.iter().map(Vec::len).max().unwrap_or(0) {
                let mut rows: Option<DataFrame> = None;
                for ((day, file), cuts) in self.files.iter().zip(&cuts) {
                    let read = parquet::rows(file, cuts[number].clone())?;
                    let read = with_day(read, self.key, *day).map_err(fail)?;
                    match &mut rows {
                        Some(rows) => {
                            rows.vstack_mut(&read).map_err(|error| self.differs(file, &error.to_string()))?;
                        }
                        None => rows = Some(read),
                    }
                }
                let Some(rows) = rows else { continue };
                let rows = self.ordered(&rows).map_err(fail)?;
                if writer.is_none() {
                    writer = Some(parquet::writer(new, rows.schema())?.batched(rows.schema()).map_err(fail)?);
                }
                for start in (0..rows.height()).step_by(GROUP) {
                    let mut group = rows.slice(start as i64, GROUP);
                    group.rechunk_mut();
                    writer.iter_mut().try_for_each(|writer| writer.write_batch(&group)).map_err(fail)?;
                }
            }
            writer.map(|writer| writer.finish()).transpose().map(drop).map_err(fail)
        })
    }

    /// Where each file is cut, so that pieces of the same number hold the same places and are not too long together.
    fn cuts(&self, most: usize) -> Result<Vec<Vec<Range<usize>>>, Error> {
        let Some(place) = self.place else {
            return self
                .files
                .iter()
                .map(|(_, file)| Ok(std::iter::once(0..parquet::height(file)?).collect()))
                .collect();
        };
        let files = self.files.iter().map(|(_, file)| starts(file, place)).collect::<Result<Vec<_>, _>>()?;
        let mut rows = BTreeMap::<&str, usize>::new();
        for (places, end) in &files {
            let ends = places.iter().skip(1).map(|(_, start)| *start).chain([*end]);
            places.iter().zip(ends).for_each(|((place, start), end)| *rows.entry(place).or_default() += end - start);
        }
        // The first place of each piece but the first.
        let (mut bounds, mut together) = (Vec::new(), 0);
        for (place, rows) in rows {
            if together > 0 && together + rows > most {
                bounds.push(place);
                together = 0;
            }
            together += rows;
        }
        let cut = |(places, end): &(Vec<(String, usize)>, usize)| {
            let start = |bound: &&str| {
                let first = places.partition_point(|(place, _)| place.as_str() < *bound);
                places.get(first).map_or(*end, |(_, start)| *start)
            };
            let starts: Vec<usize> = [0].into_iter().chain(bounds.iter().map(start)).chain([*end]).collect();
            starts.windows(2).map(|ends| ends[0]..ends[1]).collect()
        };
        Ok(files.iter().map(cut).collect())
    }

    /// The rows by place and day; those of a day stay in their order.
    fn ordered(&self, rows: &DataFrame) -> PolarsResult<DataFrame> {
        let Some(place) = self.place else { return Ok(rows.clone()) };
        let places = rows.column(place)?.str()?;
        let mut order: Vec<u32> = (0..).take(rows.height()).collect();
        // Files are in the order of their days, and the sort is stable.
        order.sort_by_key(|row| places.get(*row as usize));
        rows.take(&IdxCa::from_vec("row".into(), order))
    }

    fn differs(&self, file: &Path, problem: &str) -> Error {
        super::told::damaged(
            file,
            &format!("has other columns than the parts of `{}` before it: {problem}", self.table),
        )
    }
}

/// The places of a file with the row at which each begins, and its number of rows.
fn starts(file: &Path, place: &str) -> Result<(Vec<(String, usize)>, usize), Error> {
    let column = parquet::column(file, place)?;
    let places = column.str().map_err(|error| super::told::damaged(file, &error.to_string()))?;
    let mut starts: Vec<(String, usize)> = Vec::new();
    for (row, place) in places.iter().enumerate() {
        let place = place.unwrap_or_default();
        match starts.last() {
            Some((last, _)) if last == place => {}
            Some((last, _)) if last.as_str() > place => {
                return Err(super::told::damaged(file, &format!("is not ordered by `{place}`")));
            }
            _ => starts.push((place.to_owned(), row)),
        }
    }
    Ok((starts, column.len()))
}

/// A table with its day as the first column.
fn with_day(table: DataFrame, key: &str, day: Date) -> PolarsResult<DataFrame> {
    let days = Column::new(key.into(), vec![days_since_epoch(day); table.height()]).cast(&DataType::Date)?;
    let mut columns = vec![days];
    columns.extend(table.columns().iter().cloned());
    DataFrame::new(table.height(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_some_places_make_the_same_file_as_all_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let day = Date::constant(2020, 10, 1);
        // The second day has a place less and one more.
        let days = [vec!["01", "01001", "01001", "19", "US"], vec!["01", "01", "19001", "19001", "US", "US"]];
        let files = days.iter().zip(0..).map(|(places, number)| {
            let path = folder.path().join(format!("{number}.parquet"));
            let values: Vec<i32> = (0..).take(places.len()).map(|value| value + 10 * number).collect();
            let columns = vec![Column::new("fips".into(), places.clone()), Column::new("value".into(), values)];
            table::write(&path, DataFrame::new(places.len(), columns).unwrap()).unwrap();
            (day.saturating_add(jiff::ToSpan::days(i64::from(number))), path)
        });
        let files: Vec<(Date, PathBuf)> = files.collect();
        let written = |together: usize| {
            let target = folder.path().join(format!("of-{together}"));
            let (table, place, key, files) = ("scores", Some("fips"), "as_of", files.clone());
            let month = Month { table, place, key, target: &target, files };
            month.write(together).unwrap();
            assert_eq!(month.cuts(together).unwrap()[0].len() > 1, together < 11);
            parquet::read(&target.join("part.parquet")).unwrap()
        };
        let whole = written(1_000);
        let values: Vec<i32> = whole.column("value").unwrap().i32().unwrap().iter().map(Option::unwrap).collect();
        assert_eq!(values, [0, 10, 11, 1, 2, 3, 12, 13, 4, 14, 15], "by place, then by day, then as they were");
        for together in [1, 3, 5] {
            assert!(written(together).equals(&whole), "{together}");
        }
        let backwards = folder.path().join("backwards.parquet");
        let places = Column::new("fips".into(), ["19", "01"]);
        table::write(&backwards, DataFrame::new(2, vec![places]).unwrap()).unwrap();
        assert!(starts(&backwards, "fips").unwrap_err().to_string().contains("is not ordered"));
    }
}
