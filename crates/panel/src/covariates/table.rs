//! Reading one covariate file.

use std::collections::BTreeMap;

use countycast_engine::{Covariates, Fips};
use csv::ByteRecord;
use jiff::civil::Date;

use super::files::{File, How};
use crate::error::Error;
use crate::geography::codes;
use crate::input::Reader;
use crate::sources::table::{Table, number};

/// A column's covariate, its meaning and its position.
struct Wanted {
    name: &'static str,
    how: How,
    column: usize,
    whole: Option<usize>,
}

/// The rows of one county: sum of values and sum of weights, a pair for each column read.
type Sums = Vec<(f64, f64)>;

/// Reads one file, if it exists, into the covariates of the counties.
pub(super) fn read(
    file: &File,
    as_of: Date,
    facts: &mut BTreeMap<Fips, Covariates>,
    reader: &mut Reader,
) -> Result<(), Error> {
    let Some((path, bytes)) = reader.optional(&[file.path], "its covariates are missing")? else { return Ok(()) };
    let mut table = Table::new(&path, &bytes)?;
    let fips = table.column(file.fips)?;
    let residents = file.residents.and_then(|name| table.position(name));
    let wanted = wanted(file, as_of, &table, reader);
    let (mut counties, mut unknown) = (BTreeMap::<Fips, Sums>::new(), 0);
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let Some(county) = code(&record, fips).and_then(codes::county) else {
            unknown += 1;
            continue;
        };
        // A row without residents is still used if it is the only one of its county.
        let weight = residents.and_then(|column| known(&record, column)).filter(|n| *n > 0.0).unwrap_or(1e-6);
        let sums = counties.entry(county).or_insert_with(|| vec![(0.0, 0.0); wanted.len()]);
        for (sum, wanted) in sums.iter_mut().zip(&wanted) {
            let Some(value) = value(&record, wanted) else { continue };
            let weight = if wanted.how == How::Sum { 1.0 } else { weight };
            *sum = (sum.0 + weight * value, sum.1 + weight);
        }
    }
    reader.notice(format!("{}: rows without a county, skipped", file.path), unknown);
    for (county, sums) in &counties {
        let covariates = facts.entry(*county).or_default();
        for (wanted, (sum, weight)) in wanted.iter().zip(sums).filter(|(_, (_, weight))| *weight > 0.0) {
            covariates.set(wanted.name, if wanted.how == How::Sum { *sum } else { sum / weight });
        }
        if let Some(name) = file.listed {
            covariates.set(name, 1.0);
        }
    }
    if !file.unlisted.is_empty() {
        for county in codes::counties().filter(|county| !counties.contains_key(county)) {
            let covariates = facts.entry(county).or_default();
            file.unlisted.iter().for_each(|(name, value)| covariates.set(*name, *value));
        }
    }
    Ok(())
}

/// The columns to read: those that exist and were published.
fn wanted(file: &File, as_of: Date, table: &Table<'_>, reader: &mut Reader) -> Vec<Wanted> {
    let mut wanted = Vec::with_capacity(file.columns.len());
    for column in file.columns {
        if column.known_from.is_some_and(|day| as_of < day) {
            reader.notice(format!("{}: `{}` was not yet published on {as_of}", file.path, column.name), 1);
            continue;
        }
        let whole = match column.how {
            How::ShareOf(whole) => table.position(whole).map(Some),
            _ => Some(None),
        };
        match table.position(column.column).zip(whole) {
            Some((place, whole)) => wanted.push(Wanted { name: column.name, how: column.how, column: place, whole }),
            None => reader.notice(format!("{}: there is no column `{}`", file.path, column.column), 1),
        }
    }
    wanted
}

fn value(record: &ByteRecord, wanted: &Wanted) -> Option<f64> {
    let value = known(record, wanted.column)?;
    match wanted.how {
        How::Value | How::Sum => Some(value),
        How::Percent => Some(value / 100.0),
        How::ShareOf(_) => Some(value / wanted.whole.and_then(|whole| known(record, whole)).filter(|w| *w > 0.0)?),
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
    use super::*;
    use crate::covariates::files::Column;
    use jiff::civil::date;

    const FILE: File = File {
        path: "f.csv",
        fips: "FIPS",
        residents: Some("people"),
        columns: &[
            Column { column: "poor", name: "poverty", how: How::Percent, known_from: None },
            Column { column: "old", name: "age_65_plus", how: How::ShareOf("people"), known_from: None },
            Column { column: "beds", name: "staffed_beds", how: How::Sum, known_from: Some(date(2020, 7, 1)) },
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
        assert!((bedford.get("poverty").unwrap() - 0.11).abs() < 1e-12);
        assert!((bedford.get("age_65_plus").unwrap() - 0.11).abs() < 1e-12);
        assert_eq!(bedford.get("staffed_beds"), Some(7.0));
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
