//! The CSV files of Synthea's exporter, as claims.
//!
//! Synthea tells what was recorded and prescribed, not what was claimed. A condition is a diagnosis at its start, and at each encounter and
//! prescription whose reason it is; a prescription is dispensed as often as `DISPENSES` tells, evenly over its time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewBuilder};

use super::{BATCH, Batches, Place, Raw};
use crate::care::lines::{open, wrong};
use crate::care::week::day_of_text;
use crate::error::{Error, shown};

/// Days of a supply where a prescription has no end.
const SUPPLY: i32 = 30;
/// Days before the last encounter that are read: Synthea records whole lives.
const HISTORY: i32 = 6 * 365;
/// Columns that a folder of Synthea is turned into.
const MADE: [&str; 8] = ["patient", "date", "patient_county", "diagnosis", "drug", "days_supplied", "status", "copay"];

/// A folder of Synthea, as the claims that it tells.
#[derive(Debug)]
pub(in crate::care) struct Folder {
    path: Arc<PathBuf>,
    claims: Vec<[String; 8]>,
}

/// A table: its named columns of each line, and the number of the line.
struct Table {
    path: PathBuf,
    rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    fn read(folder: &Path, name: &str, wanted: &[&str]) -> Result<Self, Error> {
        let path = folder.join(name);
        let (mut reader, columns) = open(&path)?;
        let place = |name: &&str| {
            columns.iter().position(|column| column == name).ok_or_else(|| {
                Error::input(
                    format!("{}: line 1: there is no column {name}", shown(&path)),
                    "export it again with a newer Synthea, exporter.csv.export = true",
                )
            })
        };
        let places: Vec<usize> = wanted.iter().map(place).collect::<Result<_, _>>()?;
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| wrong(&path, &error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let fields = places.iter().map(|at| record.get(*at).unwrap_or_default().to_owned()).collect();
            rows.push((line, fields));
        }
        Ok(Self { path, rows })
    }

    fn refused(&self, line: u64, column: &str, value: &str, remedy: &str) -> Error {
        Error::input(format!("{}: line {line}, column {column}: {value:?} cannot be used", shown(&self.path)), remedy)
    }

    fn day(&self, line: u64, column: &str, value: &str) -> Result<i32, Error> {
        day_of_text(value).ok_or_else(|| self.refused(line, column, value, "write dates as 2020-10-24"))
    }

    fn number(&self, line: u64, column: &str, value: &str) -> Result<f64, Error> {
        let number = value.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.refused(line, column, value, "write a number"))
    }
}

fn date(day: i32) -> String {
    (chrono::NaiveDate::default() + chrono::Duration::days(day.into())).to_string()
}

impl Folder {
    /// Reads a folder with `patients.csv`, `conditions.csv`, `encounters.csv` and `medications.csv`.
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let patients = Table::read(folder, "patients.csv", &["Id", "FIPS"])?;
        let counties: HashMap<&str, &str> =
            patients.rows.iter().map(|(_, row)| (row[0].as_str(), row[1].as_str())).collect();
        let county = |table: &Table, line: u64, patient: &str| {
            let found = counties.get(patient).map(|county| (*county).to_owned());
            found.ok_or_else(|| table.refused(line, "PATIENT", patient, "give the patients.csv of the same export"))
        };
        let mut claims: Vec<(i32, [String; 8])> = Vec::new();
        let mut last = i32::MIN;
        for (name, columns) in
            [("conditions.csv", ["START", "PATIENT", "CODE"]), ("encounters.csv", ["START", "PATIENT", "REASONCODE"])]
        {
            let table = Table::read(folder, name, &columns)?;
            for (line, row) in &table.rows {
                let day = table.day(*line, "START", &row[0])?;
                last = last.max(day);
                let county = county(&table, *line, &row[1])?;
                let status = "paid".to_owned();
                let (none, text) = (String::new, row[2].clone());
                claims.push((day, [row[1].clone(), date(day), county, text, none(), none(), status, none()]));
            }
        }
        let wanted =
            ["START", "STOP", "PATIENT", "DESCRIPTION", "PAYER_COVERAGE", "DISPENSES", "TOTALCOST", "REASONCODE"];
        let table = Table::read(folder, "medications.csv", &wanted)?;
        for (line, row) in &table.rows {
            let start = table.day(*line, "START", &row[0])?;
            let dispenses = table.number(*line, "DISPENSES", &row[5])?.clamp(1.0, 10_000.0);
            let paid = table.number(*line, "PAYER_COVERAGE", &row[4])?;
            let own = ((table.number(*line, "TOTALCOST", &row[6])? - paid) / dispenses).max(0.0);
            #[expect(clippy::cast_possible_truncation, reason = "1 to 10,000")]
            let times = dispenses as i32;
            let supply = match row[1].as_str() {
                "" => SUPPLY,
                stop => ((table.day(*line, "STOP", stop)? - start) / times).clamp(1, 365),
            };
            let county = county(&table, *line, &row[2])?;
            for time in 0..times {
                let day = start + time * supply;
                // Supplies after the last encounter have not been dispensed yet.
                if day > last {
                    break;
                }
                let claim = [
                    row[2].clone(),
                    date(day),
                    county.clone(),
                    row[7].clone(),
                    row[3].clone(),
                    supply.to_string(),
                    "paid".to_owned(),
                    format!("{own:.2}"),
                ];
                claims.push((day, claim));
            }
        }
        let recent = claims.into_iter().filter(|(day, _)| *day > last - HISTORY);
        Ok(Self { path: Arc::new(folder.to_owned()), claims: recent.map(|(_, claim)| claim).collect() })
    }

    /// Names of all drugs.
    pub(super) fn drug_names(&self) -> impl Iterator<Item = &str> {
        self.claims.iter().map(|claim| claim[4].as_str()).filter(|name| !name.is_empty())
    }

    /// The claims.
    pub(super) fn read(self: &Arc<Self>) -> Batches {
        let (folder, mut at) = (Arc::clone(self), 0);
        Box::new(std::iter::from_fn(move || {
            let claims = folder.claims.get(at..)?;
            let claims = &claims[..claims.len().min(BATCH)];
            if claims.is_empty() {
                return None;
            }
            let columns = MADE.into_iter().enumerate().map(|(column, name)| {
                let mut builder = StringViewBuilder::new();
                claims.iter().for_each(|claim| builder.append_value(&claim[column]));
                let array: ArrayRef = Arc::new(builder.finish());
                (name, array)
            });
            let first = at as u64 + 1;
            at += claims.len();
            let batch = RecordBatch::try_from_iter(columns)
                .map_err(|error| Error::input(error.to_string(), "report this as a fault"));
            Some(batch.map(|batch| Raw { batch, file: Arc::clone(&folder.path), place: Place::Row(first) }))
        }))
    }
}
