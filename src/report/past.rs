//! Projections of earlier runs: the blend's hub files, as published.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::{Date, Fips, Series, Target};
use jiff::{Span, ToSpan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::numbers::number;
use super::projections::{Fan, set_level, slot, told};
use crate::error::{Error, InputError};
use crate::output::regular;

/// Runs shown, a week or more apart: a quarter of a year.
pub(super) const RUNS: usize = 13;

/// Most weeks ahead in a hub file: a year, which is also the longest run.
const MOST_WEEKS: i64 = 53;

/// Weekly new cases of each place as one run projected them.
#[derive(Debug, PartialEq)]
pub(super) struct PastRun {
    /// Last day of its data.
    pub(super) as_of: Date,
    /// Its projections.
    pub(super) weeks: BTreeMap<Fips, Fan>,
}

/// One run's projection of a place, with observed counts.
#[derive(Debug, PartialEq)]
pub(super) struct Told<'a> {
    as_of: String,
    /// Days from that run's as-of day to this one's.
    days_ago: usize,
    weeks: &'a Fan,
    /// Observed new cases of these weeks; none for an incomplete week.
    truth: Vec<Option<f64>>,
}

/// A row of a hub file.
#[derive(Deserialize)]
struct Row {
    target: Target,
    horizon: i64,
    location: Fips,
    output_type_id: f64,
    value: f64,
}

/// The last [`RUNS`] runs before `as_of` whose hub files lie in these folders, oldest first.
pub(super) fn read(hubs: &[PathBuf], as_of: Date) -> Result<Vec<PastRun>, Error> {
    let mut runs = Vec::new();
    let mut before = as_of;
    for (day, path) in files(hubs).into_iter().rev() {
        if runs.len() < RUNS && day <= before.saturating_sub(1.week()) {
            runs.push(PastRun { as_of: day, weeks: weeks(&path)? });
            before = day;
        }
    }
    runs.reverse();
    Ok(runs)
}

/// Hub files by as-of day, in these folders and those in them, named `DATE-TEAM-MODEL.csv`. A missing folder has none.
fn files(hubs: &[PathBuf]) -> BTreeMap<Date, PathBuf> {
    let within = |folder: &PathBuf| -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let file = |path: PathBuf| {
        let (day, _) = path.file_name()?.to_str()?.strip_suffix(".csv")?.split_at_checked(10)?;
        Some((day.parse().ok()?, path))
    };
    let folders = hubs.iter().flat_map(within);
    folders.flat_map(|path| if path.is_dir() { within(&path) } else { vec![path] }).filter_map(file).collect()
}

fn weeks(path: &Path) -> Result<BTreeMap<Fips, Fan>, Error> {
    let fail = |error: csv::Error| {
        Error::from(InputError::new(path, error.to_string(), "leave the file out, or run `countycast project` again"))
    };
    let mut reader = csv::Reader::from_reader(regular::open(path).map_err(|source| Error::read(path, source))?);
    let header = reader.headers().map_err(fail)?.clone();
    let mut places = BTreeMap::<Fips, Fan>::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(fail)? {
        let row: Row = record.deserialize(Some(&header)).map_err(fail)?;
        if row.horizon > MOST_WEEKS {
            let problem = format!("horizon {}: at most {MOST_WEEKS} weeks", row.horizon);
            let line = record.position().map_or(0, csv::Position::line);
            return Err(InputError::new(path, problem, "leave the file out").on_line(line).in_column("horizon").into());
        }
        let Some(slot) = slot(row.horizon, row.output_type_id).filter(|_| row.target == Target::Cases) else {
            continue;
        };
        set_level(places.entry(row.location).or_default(), slot, row.value);
    }
    Ok(places)
}

/// The last run before `as_of`, if its hub file lies in these folders: that of yesterday, where one is made each day.
pub(super) fn before(hubs: &[PathBuf], as_of: Date) -> Result<Option<PastRun>, Error> {
    let last = files(hubs).into_iter().rev().find(|(day, _)| *day < as_of);
    last.map(|(day, path)| Ok(PastRun { as_of: day, weeks: weeks(&path)? })).transpose()
}

impl Told<'_> {
    /// As the page reads it.
    pub(super) fn json(&self) -> Value {
        let truth: Vec<Value> = self.truth.iter().map(|count| count.map_or(Value::Null, number)).collect();
        json!({ "asOf": self.as_of, "daysAgo": self.days_ago, "weeks": told(self.weeks), "truth": truth })
    }
}

impl PastRun {
    /// Days from its as-of day to that of a later run.
    pub(super) fn age(&self, as_of: Date) -> Option<usize> {
        self.as_of.until(as_of).ok().as_ref().map(Span::get_days).and_then(|days| usize::try_from(days).ok())
    }

    /// The run's projection of a place, with the counts known as of `as_of`, the last day of `cases`.
    pub(super) fn told(&self, fips: Fips, cases: &Series, as_of: Date) -> Option<Told<'_>> {
        let weeks = self.weeks.get(&fips)?;
        let counts = cases.reported();
        let age = self.age(as_of)?;
        let first = counts.len().checked_sub(age)?;
        let week = |index: usize| counts.get(first + 7 * index..first + 7 * (index + 1));
        let truth =
            (0..weeks.len()).map(|index| week(index).map(|days| days.iter().sum::<f64>().max(0.0).round())).collect();
        Some(Told { as_of: self.as_of.to_string(), days_ago: age, weeks, truth })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::hub::HEADER;

    fn hub(folder: &Path, day: &str) {
        let levels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
        let rows = levels.iter().enumerate().flat_map(|(i, level)| {
            (1..=2)
                .map(move |week| format!("{day},inc case,{week},2020-01-01,01001,quantile,{level},{}\n", 10 * week + i))
        });
        let death = format!("{day},inc death,1,2020-01-01,01001,quantile,0.5,7\n");
        let text = HEADER.to_owned() + &rows.collect::<String>() + &death;
        let model = folder.join("countycast-blend");
        fs::create_dir_all(&model).unwrap();
        fs::write(model.join(format!("{day}-countycast-blend.csv")), text).unwrap();
    }

    #[test]
    fn runs_a_week_apart_are_read_and_told_beside_what_came_true() {
        let folder = tempfile::tempdir().unwrap();
        for day in ["2020-08-28", "2020-08-29", "2020-08-22", "2020-09-05"] {
            hub(folder.path(), day);
        }
        fs::write(folder.path().join("notes.csv"), "something else").unwrap();
        let as_of: Date = "2020-09-05".parse().unwrap();
        let runs = read(&[folder.path().to_owned(), folder.path().join("none")], as_of).unwrap();
        assert_eq!(runs.iter().map(|run| run.as_of.to_string()).collect::<Vec<_>>(), ["2020-08-22", "2020-08-29"]);

        let cases = Series::from_counts((0..60).map(f64::from).collect()).unwrap();
        let told = runs[1].told("01001".parse().unwrap(), &cases, as_of).unwrap();
        assert_eq!(told.weeks[1], [20.0, 21.0, 22.0, 23.0, 24.0, 25.0, 26.0]);
        // The last seven of 0 … 59 are 53 … 59; the week after is incomplete.
        assert_eq!(told.truth, [Some(392.0), None]);
        assert_eq!(runs[0].told("01001".parse().unwrap(), &cases, as_of).unwrap().truth, [Some(343.0), Some(392.0)]);
        assert_eq!(runs[0].told("01003".parse().unwrap(), &cases, as_of), None);

        // The last one may be of yesterday.
        let last = |day: &str| {
            before(&[folder.path().to_owned()], day.parse().unwrap()).unwrap().map(|run| run.as_of.to_string())
        };
        assert_eq!([last("2020-08-29"), last("2020-08-22")], [Some("2020-08-28".to_owned()), None]);
    }

    #[test]
    fn a_damaged_hub_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("2020-08-22-countycast.csv");
        fs::write(&path, format!("{HEADER}2020-08-22,inc case,one,2020-08-29,01001,quantile,0.5,7\n")).unwrap();
        let error = read(&[folder.path().to_owned()], "2020-09-05".parse().unwrap()).unwrap_err();
        assert!(error.to_string().contains("2020-08-22-countycast.csv"), "{error}");
        // A row would need memory for as many weeks.
        fs::write(&path, format!("{HEADER}2020-08-22,inc case,40000000,2020-08-29,01001,quantile,0.5,7\n")).unwrap();
        let error = read(&[folder.path().to_owned()], "2020-09-05".parse().unwrap()).unwrap_err();
        assert!(error.to_string().contains("line 2, column `horizon`: horizon 40000000: at most 53"), "{error}");
    }
}
