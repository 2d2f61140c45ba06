//! CMS, Hospital General Information: a row for each hospital that bills Medicare.

use std::path::Path;

use super::super::table::{self, Names};
use super::{Kind, List, Provider, Rows, has, postal_code};

/// Columns, with their names in earlier editions.
const COLUMNS: [Names<'static>; 10] = [
    &["Facility ID", "Provider ID"],
    &["Facility Name", "Hospital Name"],
    &["Address"],
    &["City/Town", "City"],
    &["State"],
    &["ZIP Code"],
    &["Hospital Type"],
    &["County/Parish", "County Name"],
    &["Telephone Number", "Phone Number"],
    &["Emergency Services"],
];

/// Whether a table is this list.
pub(super) fn is(header: &[String]) -> bool {
    has(header, "Hospital Type") && table::has(header, COLUMNS[0])
}

/// All hospitals. The number is text: that of 010001 begins with a zero, others have letters.
pub(super) fn read(path: &Path) -> Rows {
    let mut all = Vec::new();
    table::each_row(path, &COLUMNS, 7, |row| {
        let number = row.text(0);
        if number.len() < 6 || !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(row.wrong(0, "a CMS certification number of six digits and letters"));
        }
        let kind = match row.text(6) {
            "Acute Care Hospitals" | "Critical Access Hospitals" | "Rural Emergency Hospital" => Kind::General,
            "Childrens" => Kind::Children,
            "Psychiatric" => Kind::Psychiatric,
            "Acute Care - Veterans Administration" => Kind::Veterans,
            "Acute Care - Department of Defense" => Kind::Military,
            _ => Kind::Other,
        };
        all.push(Provider {
            number: number.to_owned(),
            list: List::Cms,
            name: row.text(1).to_owned(),
            address: row.text(2).to_owned(),
            city: row.text(3).to_owned(),
            state: row.text(4).to_owned(),
            postal_code: postal_code(row.text(5)),
            county: row.text(7).to_owned(),
            telephone: row.text(8).to_owned(),
            kind,
            taxonomies: Vec::new(),
            emergency: match row.text(9) {
                "Yes" => Some(true),
                "No" => Some(false),
                _ => None,
            },
            beds: None,
            as_of: String::new(),
            place: None,
        });
        Ok(())
    })?;
    Ok(all)
}
