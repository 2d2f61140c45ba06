//! Reading one covariate file.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use countycast_engine::{Covariates, Fips};
use csv::ByteRecord;
use jiff::civil::Date;

use super::cell::cell;
use super::faults::{Faults, words};
use super::files::{Column, File, How, RESIDENTS};
use crate::error::{Error, InputError};
use crate::geography::codes;
use crate::input::Reader;
use crate::listed;
use crate::quote::quoted;
use crate::sources::table::{Table, line, number};

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
    /// Codes that are on two lines, in words.
    repeated: Vec<String>,
    /// Of each column.
    faults: Vec<Faults>,
}

/// A row of the file, as published under one code.
struct Row {
    county: Fips,
    line: u64,
    /// Residents, as far as they are known.
    weight: f64,
    values: Vec<Option<f64>>,
}

/// Reads one file, if it exists, into the covariates of the counties. Columns not yet published are left out.
///
/// # Errors
/// Text where a number should be, and numbers that the file as a whole cannot mean.
pub(super) fn read(
    file: &File,
    as_of: Date,
    facts: &mut BTreeMap<Fips, Covariates>,
    reader: &mut Reader,
) -> Result<(), Error> {
    let Some(path) = reader.optional(&[file.path], "its covariates are missing") else { return Ok(()) };
    let parsed = reader.parsed(&path, |bytes| parse(file, &path, bytes))?;
    let known: Vec<bool> = file.columns.iter().map(|column| column.known_from.is_none_or(|day| as_of >= day)).collect();
    for ((column, known), there) in file.columns.iter().zip(&known).zip(&parsed.there) {
        if !known {
            reader.notice(format!("{}: `{}` was not yet published on {as_of}", file.path, column.covariate), 1);
        } else if !there {
            reader.notice(format!("{}: there is no column `{}`", file.path, column.column), 1);
        }
    }
    reader.notice(format!("{}: rows without a county, skipped", file.path), parsed.unknown);
    let twice = format!("{}: rows of one county under one code, counted once", file.path);
    reader.notices.extend(listed::notice(&twice, &parsed.repeated));
    not_all_shares(file, &path, &parsed)?;
    let columns = file.columns.iter().zip(&parsed.faults).zip(&known);
    columns
        .filter(|(_, known)| **known)
        .try_for_each(|((column, faults), _)| faults.report(file.path, column, reader))?;
    merge(file, &parsed, &known, facts);
    Ok(())
}

/// # Errors
/// Where most columns of percentages hold shares.
fn not_all_shares(file: &File, path: &Path, parsed: &Parsed) -> Result<(), InputError> {
    let columns = || file.columns.iter().zip(&parsed.faults).zip(&parsed.there);
    let percentages = columns().filter(|((column, _), there)| **there && column.how == How::Percent).count();
    let small = || columns().filter_map(|((column, faults), _)| faults.is_small(column).then_some(column));
    match small().next() {
        Some(first) if small().count() > 1 && small().count() * 2 > percentages => {
            let problem = format!("no value is above 1 in {} of {percentages} columns of percentages", small().count());
            Err(InputError::new(path, problem, "write percentages from 0 to 100, not shares").in_column(first.column))
        }
        _ => Ok(()),
    }
}

/// Adds the file's known columns to the covariates of the counties.
fn merge(file: &File, parsed: &Parsed, known: &[bool], facts: &mut BTreeMap<Fips, Covariates>) {
    for (county, sums) in &parsed.counties {
        let covariates = facts.entry(*county).or_default();
        let sums = file.columns.iter().zip(sums).zip(known);
        for ((column, (sum, weight)), _) in sums.filter(|((_, (_, weight)), known)| **known && *weight > 0.0) {
            covariates.set(column.covariate, if column.how == How::Sum { *sum } else { sum / weight });
        }
        if let Some(flag) = file.listed {
            covariates.set(flag, 1.0);
        }
    }
    if !file.unlisted.is_empty() {
        for county in codes::counties().filter(|county| !parsed.counties.contains_key(county)) {
            let covariates = facts.entry(county).or_default();
            file.unlisted.iter().for_each(|(covariate, value)| covariates.set(*covariate, *value));
        }
    }
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
    let mut faults: Vec<Faults> = file.columns.iter().map(|_| Faults::default()).collect();
    let (mut rows, mut unknown, mut repeated) = (Vec::<Row>::new(), 0, Vec::new());
    let mut first = HashMap::new();
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let Some((code, county)) = code(&record, fips).and_then(|code| Some((code, codes::county(code)?))) else {
            unknown += 1;
            continue;
        };
        let weight = match residents {
            Some(column) => cell(&table, &record, column)?.filter(|people| RESIDENTS.holds(*people)),
            None => None,
        };
        let mut row = Row { county, line: line(&record), weight: weight.unwrap_or(1e-6), values: Vec::new() };
        for ((column, position), faults) in file.columns.iter().zip(&positions).zip(&mut faults) {
            row.values.push(position.and_then(|position| value(&table, &record, column, position, county, faults)));
        }
        match first.entry(code) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(rows.len());
                rows.push(row);
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                repeated.push(again(&mut rows[*entry.get()], &row, code, &mut faults));
            }
        }
    }
    let there = positions.iter().map(Option::is_some).collect();
    Ok(Parsed { there, counties: by_county(file, &rows), unknown, repeated, faults })
}

/// Compares a row with an earlier one of the same code, which keeps what both say; returns both lines in words.
fn again(earlier: &mut Row, row: &Row, code: u32, faults: &mut [Faults]) -> String {
    let lines = format!("{code:05} on lines {} and {}", earlier.line, row.line);
    for ((value, other), faults) in earlier.values.iter_mut().zip(&row.values).zip(faults) {
        if value != other {
            *value = None;
            faults.differ(lines.clone());
        }
    }
    lines
}

/// Adds up the rows of each county: some counties were counted apart under older codes.
fn by_county(file: &File, rows: &[Row]) -> BTreeMap<Fips, Sums> {
    let mut counties = BTreeMap::<Fips, Sums>::new();
    for row in rows {
        let sums = counties.entry(row.county).or_insert_with(|| vec![(0.0, 0.0); file.columns.len()]);
        for ((sum, column), value) in sums.iter_mut().zip(file.columns).zip(&row.values) {
            let Some(value) = value else { continue };
            // A row without residents is still used if it is the only one of its county.
            let weight = if column.how == How::Sum { 1.0 } else { row.weight };
            *sum = (sum.0 + weight * value, sum.1 + weight);
        }
    }
    counties
}

/// A cell's value in the covariate's unit; none where it is missing or cannot be, which is noted.
fn value(
    table: &Table<'_>,
    record: &ByteRecord,
    column: &Column,
    (position, denominator): Position,
    county: Fips,
    faults: &mut Faults,
) -> Option<f64> {
    let mut number = |position| cell(table, record, position).map_err(|error| faults.refuse(error)).ok().flatten();
    let (found, whole) = (number(position)?, denominator.map(&mut number));
    let value = match (column.how, whole) {
        (How::Percent, _) => found / 100.0,
        (How::ShareOf(_), Some(people)) if RESIDENTS.holds(people?) => found / people?,
        (How::ShareOf(_), _) => f64::NAN,
        _ => found,
    };
    if column.range.holds(value) {
        faults.keep(value);
        return Some(value);
    }
    let field = |column: usize| quoted(record.get(column).unwrap_or_default().trim_ascii());
    let mut shown = field(position);
    if let (How::ShareOf(name), Some(denominator)) = (column.how, denominator) {
        shown = format!("{shown} of {} `{name}`", field(denominator));
    }
    let problem = format!("{shown} is not {}", words(column.how, column.range));
    let remedy = "correct the values, or leave those blank that are not known";
    let words = format!("{shown} in {county} on line {}", line(record));
    faults.exclude(table.wrong(record, position, problem, remedy), words);
    None
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
    use crate::covariates::files::Range;

    const fn column(
        column: &'static str,
        covariate: Covariate,
        how: How,
        greatest: f64,
        known_from: Option<Date>,
    ) -> Column {
        Column { column, covariate, how, range: Range { least: 0.0, greatest }, known_from }
    }

    static FILE: File = File {
        path: "f.csv",
        fips: "FIPS",
        residents: Some("people"),
        columns: &[
            column("poor", Covariate::Poverty, How::Percent, 1.0, None),
            column("crowded", Covariate::Crowding, How::Percent, 1.0, None),
            column("old", Covariate::Age65Plus, How::ShareOf("people"), 1.0, None),
            column("beds", Covariate::StaffedBeds, How::Sum, 1e5, Some(date(2020, 7, 1))),
        ],
        unlisted: &[],
        listed: None,
    };

    type Found = (BTreeMap<Fips, Covariates>, Vec<String>);

    fn try_facts(text: &str, as_of: Date) -> Result<Found, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("f.csv"), text).unwrap();
        let mut reader = Reader::new(folder.path()).unwrap();
        let mut facts = BTreeMap::new();
        read(&FILE, as_of, &mut facts, &mut reader).map_err(|error| {
            assert!(matches!(error, Error::Input(_)), "{error}");
            error.to_string().replace(&format!("{}/", folder.path().display()), "")
        })?;
        Ok((facts, reader.notices.iter().map(ToString::to_string).collect()))
    }

    fn facts(text: &str, as_of: Date) -> Found {
        try_facts(text, as_of).unwrap()
    }

    const HEADER: &str = "FIPS,people,poor,crowded,old,beds\n";

    fn known(facts: &BTreeMap<Fips, Covariates>, county: &str) -> [Option<f64>; 4] {
        let known = &facts[&county.parse().unwrap()];
        [Covariate::Poverty, Covariate::Crowding, Covariate::Age65Plus, Covariate::StaffedBeds].map(|c| known.get(c))
    }

    #[test]
    fn counties_that_became_one_are_weighted_and_missing_values_stay_missing() {
        let text = "51019,900,10,2,90,5\n51515,100,20,2,20,2\n1001.0,50,-999,,NA,\nCity1,1,1,1,1,1\n";
        let (facts, notices) = facts(&format!("{HEADER}{text}"), date(2020, 8, 1));
        let bedford = &facts[&"51019".parse().unwrap()];
        assert!((bedford.get(Covariate::Poverty).unwrap() - 0.11).abs() < 1e-12);
        assert!((bedford.get(Covariate::Age65Plus).unwrap() - 0.11).abs() < 1e-12);
        assert_eq!(bedford.get(Covariate::StaffedBeds), Some(7.0));
        assert_eq!(facts[&"01001".parse().unwrap()].iter().count(), 0);
        assert_eq!(notices, ["f.csv: rows without a county, skipped"]);
    }

    #[test]
    fn what_was_not_known_yet_or_is_not_there_is_said() {
        let (facts, notices) = facts("FIPS,poor,beds\n01001,10,3\n", date(2020, 6, 1));
        assert_eq!(facts[&"01001".parse().unwrap()].iter().count(), 1);
        assert_eq!(notices.len(), 3, "{notices:?}");
    }

    #[test]
    fn what_a_county_cannot_have_is_missing_there_and_named() {
        let good = [Some(0.1), Some(0.02), Some(0.2), Some(5.0)];
        for (row, missing, notice) in [
            ("900,99999999,2,180,5", 0, "`poor` is not 0 to 100, left out: 99999999 in 01001 on line 2"),
            ("900,-10,2,180,5", 0, "`poor` is not 0 to 100, left out: -10 in 01001 on line 2"),
            ("900,10,100.1,180,5", 1, "`crowded` is not 0 to 100, left out: 100.1 in 01001 on line 2"),
            ("900,10,2,901,5", 2, "`old` is not 0 to 1, left out: 901 of 900 `people` in 01001 on line 2"),
            ("0,10,2,180,5", 2, "`old` is not 0 to 1, left out: 180 of 0 `people` in 01001 on line 2"),
            ("1e-300,10,2,180,5", 2, "`old` is not 0 to 1, left out: 180 of 1e-300 `people` in 01001 on line 2"),
            ("1e300,10,2,180,5", 2, "`old` is not 0 to 1, left out: 180 of 1e300 `people` in 01001 on line 2"),
            ("900,10,2,180,1e308", 3, "`beds` is not 0 to 100000, left out: 1e308 in 01001 on line 2"),
            ("900,10,2,180,-1", 3, "`beds` is not 0 to 100000, left out: -1 in 01001 on line 2"),
        ] {
            let (facts, notices) = facts(&format!("{HEADER}01001,{row}\n01003,900,10,2,180,5\n"), date(2020, 8, 1));
            let mut expected = good;
            expected[missing] = None;
            assert_eq!(known(&facts, "01001"), expected, "{row}");
            assert_eq!(known(&facts, "01003"), good, "{row}: another county is not concerned");
            assert!(notices.len() == 1 && notices[0].ends_with(notice), "{row}: {notices:?}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_place() {
        let twice = |row: &str| (1..=4).map(|i| format!("0100{},{row}\n", 2 * i - 1)).collect::<String>();
        let five = |row: &str| (1..=5).map(|i| format!("0100{},{row}\n", 2 * i - 1)).collect::<String>();
        for (rows, expected) in [
            ("01001,900,10,2,180,\"1,180\"\n".to_owned(), "line 2, column `beds`: `1,180` is not a number"),
            ("01001,900,12.5%,2,180,5\n".to_owned(), "line 2, column `poor`: `12.5%` is not a number"),
            ("01001,900,10,2,many,5\n".to_owned(), "line 2, column `old`: `many` is not a number"),
            ("01001,\"1,900\",10,2,180,5\n".to_owned(), "line 2, column `people`: `1,900` is not a number"),
            ("01001,900,10,2,180,inf\n".to_owned(), "line 2, column `beds`: `inf` is not a number"),
            (twice("900,1000,2,180,5"), "line 2, column `poor`: 1000 is not 0 to 100, and so are 4 of 4 values"),
            (twice("900,10,2,180,-5"), "line 2, column `beds`: -5 is not 0 to 100000, and so are 4 of 4 values"),
            (five("900,0.1,0.02,180,5"), ", column `poor`: no value is above 1 in 2 of 2 columns of percentages"),
        ] {
            let error = try_facts(&format!("{HEADER}{rows}"), date(2020, 8, 1)).unwrap_err();
            assert!(error.starts_with("f.csv,") && error.contains(expected), "{error}");
        }
        // A column of later days cannot stop a run of an earlier one.
        let (facts, _) = facts(&format!("{HEADER}01001,900,10,2,180,\"1,180\"\n"), date(2020, 6, 1));
        assert_eq!(known(&facts, "01001"), [Some(0.1), Some(0.02), Some(0.2), None]);
        let (_, notices) = super::tests::facts(&format!("{HEADER}{}", five("900,0.1,2,180,5")), date(2020, 8, 1));
        assert_eq!(notices, ["f.csv: no value of `poor`, in percent, is above 1: are they shares?"]);
    }

    #[test]
    fn a_county_that_is_there_twice_counts_once() {
        for (again, poor, beds, notices) in [
            (
                "1001,900,10,2,180,5",
                Some(0.1),
                Some(5.0),
                &["f.csv: rows of one county under one code, counted once: 01001 on lines 2 and 3"][..],
            ),
            (
                "01001.0,900,30,2,180,5",
                None,
                Some(5.0),
                &[
                    "f.csv: rows of one county under one code, counted once: 01001 on lines 2 and 3",
                    "f.csv: `poor` differs between two rows of one county, left out: 01001 on lines 2 and 3",
                ],
            ),
            ("01003,900,10,2,180,7", Some(0.1), Some(5.0), &[]),
        ] {
            let (facts, found) = facts(&format!("{HEADER}01001,900,10,2,180,5\n{again}\n"), date(2020, 8, 1));
            let known = known(&facts, "01001");
            assert_eq!((known[0], known[3]), (poor, beds), "{again}");
            assert_eq!(found, notices, "{again}");
        }
    }
}
