//! Reading one covariate file.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::{Covariates, Fips};
use csv::ByteRecord;
use jiff::civil::Date;

use super::files::{Column, File, How};
use crate::error::Error;
use crate::geography::codes;
use crate::input::Reader;
use crate::sources::table::{Table, number};

/// The rows of one county: sum of values and sum of weights, a pair for each of the file's columns.
type Sums = Vec<(f64, f64)>;

/// A whole covariate file.
#[derive(Debug)]
struct Parsed {
    /// For each column whether the file has it.
    there: Vec<bool>,
    counties: BTreeMap<Fips, Sums>,
    /// Rows without a county.
    unknown: usize,
}

/// Reads one file, if it exists, into the covariates of the counties. Columns not yet published are left out.
pub(super) fn read(
    file: &File,
    as_of: Date,
    facts: &mut BTreeMap<Fips, Covariates>,
    reader: &mut Reader,
) -> Result<(), Error> {
    let Some(path) = reader.optional(&[file.path], "its covariates are missing") else { return Ok(()) };
    let Parsed { there, counties, unknown } = &*reader.parsed(&path, |bytes| parse(file, &path, bytes))?;
    let known: Vec<bool> = file.columns.iter().map(|column| column.known_from.is_none_or(|day| as_of >= day)).collect();
    for ((column, known), there) in file.columns.iter().zip(&known).zip(there) {
        if !known {
            reader.notice(format!("{}: `{}` was not yet published on {as_of}", file.path, column.covariate), 1);
        } else if !there {
            reader.notice(format!("{}: there is no column `{}`", file.path, column.column), 1);
        }
    }
    reader.notice(format!("{}: rows without a county, skipped", file.path), *unknown);
    for (county, sums) in counties {
        let covariates = facts.entry(*county).or_default();
        let sums = file.columns.iter().zip(sums).zip(&known);
        for ((column, (sum, weight)), _) in sums.filter(|((_, (_, weight)), known)| **known && *weight > 0.0) {
            covariates.set(column.covariate, if column.how == How::Sum { *sum } else { sum / weight });
        }
        if let Some(flag) = file.listed {
            covariates.set(flag, 1.0);
        }
    }
    if !file.unlisted.is_empty() {
        for county in codes::counties().filter(|county| !counties.contains_key(county)) {
            let covariates = facts.entry(county).or_default();
            file.unlisted.iter().for_each(|(covariate, value)| covariates.set(*covariate, *value));
        }
    }
    Ok(())
}

/// Position of a column and, for a share, that of its denominator.
type Position = (usize, Option<usize>);

fn parse(file: &File, path: &Path, bytes: &[u8]) -> Result<Parsed, Error> {
    let mut table = Table::new(path, bytes)?;
    let fips = table.column(file.fips)?;
    let residents = file.residents.and_then(|name| table.position(name));
    let position = |column: &Column| -> Option<Position> {
        let whole = match column.how {
            How::ShareOf(whole) => Some(table.position(whole)?),
            _ => None,
        };
        Some((table.position(column.column)?, whole))
    };
    let positions: Vec<Option<Position>> = file.columns.iter().map(position).collect();
    let (mut counties, mut unknown) = (BTreeMap::<Fips, Sums>::new(), 0);
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let Some(county) = code(&record, fips).and_then(codes::county) else {
            unknown += 1;
            continue;
        };
        // A row without residents is still used if it is the only one of its county.
        let weight = residents.and_then(|column| known(&record, column)).filter(|n| *n > 0.0).unwrap_or(1e-6);
        let sums = counties.entry(county).or_insert_with(|| vec![(0.0, 0.0); file.columns.len()]);
        for ((sum, column), position) in sums.iter_mut().zip(file.columns).zip(&positions) {
            let Some(value) = position.and_then(|position| value(&record, column.how, position)) else { continue };
            let weight = if column.how == How::Sum { 1.0 } else { weight };
            *sum = (sum.0 + weight * value, sum.1 + weight);
        }
    }
    Ok(Parsed { there: positions.iter().map(Option::is_some).collect(), counties, unknown })
}

fn value(record: &ByteRecord, how: How, (column, whole): Position) -> Option<f64> {
    let value = known(record, column)?;
    match how {
        How::Value | How::Sum => Some(value),
        How::Percent => Some(value / 100.0),
        How::ShareOf(_) => Some(value / whole.and_then(|whole| known(record, whole)).filter(|w| *w > 0.0)?),
    }
}

/// A number, if there is one; -999 is the CDC's code for a missing value.
fn known(record: &ByteRecord, column: usize) -> Option<f64> {
    number(record.get(column)?).filter(|value| *value != -999.0)
}

/// A FIPS number; none for what is not one, such as `City1`.
fn code(record: &ByteRecord, column: usize) -> Option<u32> {
    let code = number(record.get(column)?)?;
    // Checked to be an integer in range, so nothing is truncated.
    (code.fract() == 0.0 && (0.0..100_000.0).contains(&code)).then_some(code as u32)
}

#[cfg(test)]
mod tests {
    use countycast_engine::Covariate;
    use jiff::civil::date;

    use super::*;

    static FILE: File = File {
        path: "f.csv",
        fips: "FIPS",
        residents: Some("people"),
        columns: &[
            Column { column: "poor", covariate: Covariate::Poverty, how: How::Percent, known_from: None },
            Column { column: "old", covariate: Covariate::Age65Plus, how: How::ShareOf("people"), known_from: None },
            Column {
                column: "beds",
                covariate: Covariate::StaffedBeds,
                how: How::Sum,
                known_from: Some(date(2020, 7, 1)),
            },
        ],
        unlisted: &[],
        listed: None,
    };

    fn facts(text: &str, as_of: Date) -> (BTreeMap<Fips, Covariates>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("f.csv"), text).unwrap();
        let mut reader = Reader::new(folder.path()).unwrap();
        let mut facts = BTreeMap::new();
        read(&FILE, as_of, &mut facts, &mut reader).unwrap();
        (facts, reader.notices.into_iter().map(|n| format!("{} ({})", n.message, n.count)).collect())
    }

    #[test]
    fn counties_that_became_one_are_weighted_and_missing_values_stay_missing() {
        let text =
            "FIPS,people,poor,old,beds\n51019,900,10,90,5\n51515,100,20,20,2\n1001.0,50,-999,NA,\nCity1,1,1,1,1\n";
        let (facts, notices) = facts(text, date(2020, 8, 1));
        let bedford = &facts[&"51019".parse().unwrap()];
        assert!((bedford.get(Covariate::Poverty).unwrap() - 0.11).abs() < 1e-12);
        assert!((bedford.get(Covariate::Age65Plus).unwrap() - 0.11).abs() < 1e-12);
        assert_eq!(bedford.get(Covariate::StaffedBeds), Some(7.0));
        assert_eq!(facts[&"01001".parse().unwrap()].iter().count(), 0);
        assert_eq!(notices, ["f.csv: rows without a county, skipped (1)"]);
    }

    #[test]
    fn what_was_not_known_yet_or_is_not_there_is_said() {
        let (facts, notices) = facts("FIPS,poor,beds\n01001,10,3\n", date(2020, 6, 1));
        assert_eq!(facts[&"01001".parse().unwrap()].iter().count(), 1);
        assert_eq!(notices.len(), 2, "{notices:?}");
    }
}
