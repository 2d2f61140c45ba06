//! CMS, National Plan and Provider Enumeration System: everyone who bills for care, by NPI (`npidata_pfile_*.csv`).

use std::collections::BTreeSet;
use std::path::Path;

use super::super::table::{self, Names};
use super::{Kind, List, Provider, Rows, has, postal_code};

/// Taxonomy codes of a row.
const TAXONOMIES: usize = 15;
/// Columns before the taxonomy codes.
const COLUMNS: [Names<'static>; 14] = [
    &["NPI"],
    &["Entity Type Code"],
    &["Provider Organization Name (Legal Business Name)"],
    &["Provider Last Name (Legal Name)"],
    &["Provider First Name"],
    &["Provider First Line Business Practice Location Address"],
    &["Provider Business Practice Location Address City Name"],
    &["Provider Business Practice Location Address State Name"],
    &["Provider Business Practice Location Address Postal Code"],
    &["Healthcare Provider Taxonomy Code_1"],
    &["Provider Business Practice Location Address Telephone Number"],
    &["Last Update Date"],
    &["NPI Deactivation Date"],
    &["NPI Reactivation Date"],
];

/// Whether a table is this list.
pub(super) fn is(header: &[String]) -> bool {
    has(header, "NPI") && table::has(header, COLUMNS[9])
}

/// Practices and people in one of these specialties whose number is in force.
pub(super) fn read(path: &Path, specialties: &BTreeSet<&str>) -> Rows {
    let further: Vec<String> = (2..=TAXONOMIES).map(|n| format!("Healthcare Provider Taxonomy Code_{n}")).collect();
    let further: Vec<[&str; 1]> = further.iter().map(|name| [name.as_str()]).collect();
    let mut columns: Vec<Names<'_>> = COLUMNS.to_vec();
    columns.extend(further.iter().map(|name| &name[..]));
    let mut all = Vec::new();
    table::each_row(path, &columns, 10, |row| {
        let taxonomies = std::iter::once(9).chain(COLUMNS.len()..columns.len()).map(|column| row.text(column));
        let taxonomies: Vec<String> = taxonomies.filter(|code| specialties.contains(code)).map(str::to_owned).collect();
        let ended = !row.text(12).is_empty() && row.text(13).is_empty();
        if taxonomies.is_empty() || ended {
            return Ok(());
        }
        let number = row.text(0);
        if number.len() != 10 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(row.wrong(0, "an NPI of ten digits"));
        }
        let name = match row.text(1) {
            "1" => format!("{} {}", row.text(4), row.text(3)).trim().to_owned(),
            _ => row.text(2).to_owned(),
        };
        all.push(Provider {
            number: number.to_owned(),
            list: List::Nppes,
            name,
            address: row.text(5).to_owned(),
            city: row.text(6).to_owned(),
            state: row.text(7).to_owned(),
            postal_code: postal_code(row.text(8)),
            county: String::new(),
            telephone: row.text(10).to_owned(),
            kind: Kind::Practice,
            taxonomies,
            emergency: None,
            beds: None,
            as_of: iso(row.text(11)),
            place: None,
        });
        Ok(())
    })?;
    Ok(all)
}

/// A day of the list, `07/09/2007`, as `2007-07-09`.
fn iso(day: &str) -> String {
    match day.split('/').collect::<Vec<_>>()[..] {
        [month, day, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => day.to_owned(),
    }
}
