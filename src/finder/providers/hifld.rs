//! Homeland Infrastructure Foundation-Level Data: hospitals with their points.

use std::path::Path;

use super::super::postal::Point;
use super::super::table::{self, Names};
use super::{Kind, List, Located, Provider, Rows, has, postal_code};

const COLUMNS: [Names<'static>; 14] = [
    &["ID"],
    &["NAME"],
    &["ADDRESS"],
    &["CITY"],
    &["STATE"],
    &["ZIP"],
    &["TYPE"],
    &["STATUS"],
    &["LATITUDE"],
    &["LONGITUDE"],
    &["COUNTY"],
    &["TELEPHONE"],
    &["BEDS"],
    &["SOURCEDATE"],
];

/// Whether a table is this list.
pub(super) fn is(header: &[String]) -> bool {
    ["ID", "NAME", "TYPE", "LATITUDE", "LONGITUDE"].iter().all(|name| has(header, name))
}

/// Hospitals that are open.
pub(super) fn read(path: &Path) -> Rows {
    let mut all = Vec::new();
    table::each_row(path, &COLUMNS, 10, |row| {
        if row.text(7) == "CLOSED" {
            return Ok(());
        }
        let kind = match row.text(6) {
            "GENERAL ACUTE CARE" | "CRITICAL ACCESS" => Kind::General,
            "CHILDREN" => Kind::Children,
            "PSYCHIATRIC" => Kind::Psychiatric,
            "MILITARY" => Kind::Military,
            _ => Kind::Other,
        };
        let point = row.number(8)?.zip(row.number(9)?).and_then(|(north, east)| Point::new(north, east));
        let point = point.ok_or_else(|| row.wrong(8, "a point in degrees north and east"))?;
        // -999 stands for unknown.
        let beds = row.number(12)?.filter(|beds| *beds >= 0.0).map(|beds| beds as u32);
        let told = |column: usize| if row.text(column) == "NOT AVAILABLE" { "" } else { row.text(column) };
        all.push(Provider {
            number: row.text(0).to_owned(),
            list: List::Hifld,
            name: row.text(1).to_owned(),
            address: row.text(2).to_owned(),
            city: row.text(3).to_owned(),
            state: row.text(4).to_owned(),
            postal_code: postal_code(row.text(5)),
            county: told(10).to_owned(),
            telephone: told(11).to_owned(),
            kind,
            taxonomies: Vec::new(),
            emergency: None,
            beds,
            as_of: row.text(13).chars().take(10).collect(),
            place: Some((point, Located::Point)),
        });
        Ok(())
    })?;
    Ok(all)
}
