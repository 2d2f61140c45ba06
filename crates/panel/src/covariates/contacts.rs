//! Contacts between single years of age: matrices without a header, one file per setting.

use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Contacts, YEARS};
use csv::{ByteRecord, ReaderBuilder};

use crate::error::{Error, InputError};
use crate::input::Reader;
use crate::quote::quoted;
use crate::sources::table::number;

/// Files of the settings below the data folder, in the order of [`Contacts::new`], with the mean daily effective
/// contacts of a US resident there (Mistry et al. 2021, *Nature Communications* 12, 323).
const SETTINGS: [(&str, f64); 4] = [
    ("contacts/us_F_household_setting_85.csv", 4.11),
    ("contacts/us_F_school_setting_85.csv", 11.41),
    ("contacts/us_F_work_setting_85.csv", 8.07),
    ("contacts/us_F_community_setting_85.csv", 2.79),
];
/// Greatest share of a setting's contacts with one year of age: the published ones are at most 0.3.
const MOST_CONTACTS: f64 = 10.0;
/// Ages and people behind the matrices.
const PEOPLE: &str = "contacts/us_age_distribution_85.csv";
/// Greatest number of people of one age: the country has 5 million.
const MOST_PEOPLE: f64 = 1e7;

/// Reads the contacts; none if one of the files is missing.
pub(super) fn read(reader: &mut Reader) -> Result<Option<Arc<Contacts>>, Error> {
    let absent = SETTINGS.iter().map(|(path, _)| *path).chain([PEOPLE]).find(|p| !reader.folder().join(p).is_file());
    if let Some(absent) = absent {
        reader.notice(format!("there is no {absent}: engines use their built-in contacts"), 1);
        return Ok(None);
    }
    let mut settings: [Vec<f64>; 4] = Default::default();
    for (matrix, (path, weight)) in settings.iter_mut().zip(SETTINGS) {
        *matrix = rows(path, (YEARS, MOST_CONTACTS), reader)?.iter().flatten().map(|share| weight * share).collect();
    }
    let people = rows(PEOPLE, (2, MOST_PEOPLE), reader)?.iter().map(|row| row[1]).collect();
    let contacts = Contacts::new(settings, people).ok_or_else(|| {
        let remedy = "use the files as published";
        InputError::new(reader.folder().join(PEOPLE), "has an age without people", remedy)
    })?;
    Ok(Some(Arc::new(contacts)))
}

/// Columns of a file, and the greatest number in it.
type Shape = (usize, f64);

/// [`YEARS`] rows of numbers from 0 on.
fn rows(path: &str, shape: Shape, reader: &mut Reader) -> Result<Arc<Vec<Vec<f64>>>, Error> {
    let path = reader.folder().join(path);
    reader.parsed(&path, |bytes| numbers(&path, bytes, shape))
}

fn numbers(path: &Path, bytes: &[u8], (columns, greatest): Shape) -> Result<Vec<Vec<f64>>, Error> {
    let mut text = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let (mut rows, mut record) = (Vec::with_capacity(YEARS), ByteRecord::new());
    while text.read_byte_record(&mut record).map_err(|error| wrong(path, error.to_string()))? {
        let line = rows.len() as u64 + 1;
        if record.len() != columns {
            let problem = format!("{} numbers where there should be {columns}", record.len());
            return Err(wrong(path, problem).on_line(line).into());
        }
        let value = |(column, field): (usize, &[u8])| {
            number(field).filter(|value| (0.0..=greatest).contains(value)).ok_or_else(|| {
                let problem = format!("`{}` is not a number from 0 to {greatest}", quoted(field));
                wrong(path, problem).on_line(line).in_column((column + 1).to_string())
            })
        };
        rows.push(record.iter().enumerate().map(value).collect::<Result<_, _>>()?);
    }
    if rows.len() == YEARS {
        return Ok(rows);
    }
    Err(wrong(path, format!("{} lines where there should be {YEARS}, one per year of age", rows.len())).into())
}

fn wrong(path: &Path, problem: String) -> InputError {
    InputError::new(path, problem, "use the file as published")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of files with homogeneous mixing; `change` may corrupt one.
    fn folder(change: impl Fn(&str, String) -> Option<String>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("contacts")).unwrap();
        let row = vec!["0.5"; YEARS].join(",");
        let matrix = vec![row; YEARS].join("\n");
        let people: String = (0..YEARS).map(|age| format!("{age}.0,100.0\n")).collect();
        for path in SETTINGS.iter().map(|(path, _)| *path).chain([PEOPLE]) {
            let text = if path == PEOPLE { people.clone() } else { matrix.clone() };
            if let Some(text) = change(path, text) {
                std::fs::write(folder.path().join(path), text).unwrap();
            }
        }
        folder
    }

    fn contacts(folder: &tempfile::TempDir) -> (Result<Option<Arc<Contacts>>, Error>, Reader) {
        let mut reader = Reader::new(folder.path()).unwrap();
        (read(&mut reader), reader)
    }

    #[test]
    fn files_become_contacts_a_day_and_an_absent_one_leaves_them_out() {
        let (found, reader) = contacts(&folder(|_, text| Some(text)));
        let groups = found.unwrap().unwrap().between(&[0, 40]);
        assert!((groups.household[0][1] - 4.11 * 0.5 * 45.0).abs() < 1e-9, "{groups:?}");
        assert!((groups.community[1][0] - 2.79 * 0.5 * 40.0).abs() < 1e-9);
        assert_eq!(reader.inputs.len(), 5);

        let (found, reader) = contacts(&folder(|path, text| (!path.contains("work")).then_some(text)));
        assert!(found.unwrap().is_none() && reader.inputs.is_empty());
        assert_eq!(
            reader.notices[0].message,
            "there is no contacts/us_F_work_setting_85.csv: engines use their built-in contacts"
        );
    }

    #[test]
    fn a_wrong_number_is_named_by_file_line_and_column() {
        for (from, to, expected) in [
            ("0.5,0.5\n", "0.5,x\n", "line 1, column `85`: `x` is not a number from 0 to 10"),
            ("0.5,0.5\n", "-1,0.5\n", "line 1, column `84`: `-1` is not a number from 0 to 10"),
            ("0.5,0.5\n", "1e308,0.5\n", "line 1, column `84`: `1e308` is not a number from 0 to 10"),
            ("0.5,0.5\n", "NaN,0.5\n", "line 1, column `84`: `NaN` is not a number from 0 to 10"),
            ("0.5,0.5\n", "inf,0.5\n", "line 1, column `84`: `inf` is not a number from 0 to 10"),
            ("0.5,0.5\n", "0.5\n", "line 1: 84 numbers where there should be 85"),
        ] {
            let spoilt = |path: &str, text: String| {
                Some(if path.contains("school") { text.replacen(from, to, 1) } else { text })
            };
            let error = contacts(&folder(spoilt)).0.unwrap_err();
            assert!(error.to_string().contains(expected) && error.to_string().contains("school"), "{error}");
            assert!(matches!(error, Error::Input(_)), "{error}");
        }
        let short = |_: &str, text: String| Some(text.lines().skip(1).collect::<Vec<_>>().join("\n"));
        let error = contacts(&folder(short)).0.unwrap_err().to_string();
        assert!(error.contains("84 lines where there should be 85"), "{error}");
    }
}
