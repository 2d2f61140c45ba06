//! Tables of places.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use countycast_engine::Fips;
use countycast_engine::weekly::Area;
use countycast_panel::{InputError, State, opened};

use super::{Signals, Table};
use crate::geography::County;

/// Numbers of residents that a county or a larger place can have.
const RESIDENTS: RangeInclusive<f64> = 1.0..=4.0e8;

/// The notice about others.
const IMPOSSIBLE: &str = "numbers of residents that no place has are left out";

/// The residents of a row's place; none where they are not known, or no place has so many.
fn residents_of(table: &Table, row: usize, column: usize, impossible: &mut usize) -> Result<Option<f64>, InputError> {
    let people = table.number(row, column)?;
    let possible = people.filter(|people| RESIDENTS.contains(people));
    *impossible += usize::from(possible.is_none() && people.is_some_and(|people| people != 0.0));
    Ok(possible)
}

/// Counties with the number of their Health Service Area and residents.
pub(super) fn crosswalk(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [fips, area, people] = [table.column("fips")?, table.column("hsa_nci_id")?, table.column("pop2024")?];
    let (county, title) = (table.find("county"), table.find("hsa"));
    let mut impossible = 0;
    for row in 0..table.rows() {
        let Some(service_area) = table.number(row, area)?.filter(|number| (1.0..=9_999.0).contains(number)) else {
            continue;
        };
        let service_area = service_area as u16;
        let code = table.text(row, fips);
        let fips: Fips = format!("{code:0>5}")
            .parse()
            .map_err(|_| table.wrong(row, fips, "is not the FIPS code of a county", "write five digits"))?;
        let population = residents_of(table, row, people, &mut impossible)?.unwrap_or(0.0);
        let name = match (county.map(|column| table.text(row, column)), State::of(fips)) {
            (Some(county), Some(state)) => format!("{county}, {}", state.abbreviation),
            _ => fips.to_string(),
        };
        if let Some(title) = title {
            into.geography.add_name(Area::ServiceArea(service_area), &table.text(row, title));
        }
        into.geography.add_county(County { fips, name, service_area, population });
    }
    into.notice(table, IMPOSSIBLE, impossible);
    Ok(())
}

/// States with residents.
pub(super) fn states(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [code, name, people] = [table.column("location")?, table.column("location_name")?, table.column("population")?];
    let mut impossible = 0;
    for row in 0..table.rows() {
        // FluSight's table has been published with `1` for Alabama.
        if let Ok(area) = format!("{:0>2}", table.text(row, code)).parse::<Area>() {
            into.geography.add_name(area.clone(), &table.text(row, name));
            into.geography.add_area(area, residents_of(table, row, people, &mut impossible)?, None);
        }
    }
    into.notice(table, IMPOSSIBLE, impossible);
    Ok(())
}

/// A hub's names for Health Service Areas, states and its own regions.
pub(super) fn slugs(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let title = table.find("location_name");
    let [slug, code, kind, people, state] = [
        table.column("location")?,
        table.column("original_location_code")?,
        table.column("location_type")?,
        table.column("population")?,
        table.column("state_abb")?,
    ];
    let mut impossible = 0;
    for row in 0..table.rows() {
        let location = table.text(row, slug);
        let state = State::named(&table.text(row, state)).map(State::fips);
        let code = table.text(row, code);
        let area = match (table.text(row, kind).as_ref(), code.parse::<u16>()) {
            (_, Err(_)) if code == "All" => state.and_then(Area::state),
            ("hsa_nci_id", Ok(number)) => Some(Area::ServiceArea(number)),
            _ => location.parse().ok(),
        };
        let Some(area) = area else {
            return Err(table.wrong(row, slug, "names no area", "use the hub's `locations.csv` as published"));
        };
        if let (Area::Region(_), Some(title)) = (&area, title) {
            into.geography.add_name(area.clone(), &table.text(row, title));
        }
        into.geography.add_slug(&location, area.clone());
        into.geography.add_area(area, residents_of(table, row, people, &mut impossible)?, state);
    }
    into.notice(table, IMPOSSIBLE, impossible);
    Ok(())
}

/// Counties with their Health Service Areas, as the CDC's table of emergency visits names them, and the areas' names. It has no
/// residents.
pub(super) fn counties(table: &Table) -> Result<Vec<(County, String)>, InputError> {
    let columns = ["fips", "geography", "county", "hsa_nci_id", "hsa"].map(|name| table.find(name));
    let [Some(code), Some(state), Some(county), Some(number), Some(title)] = columns else { return Ok(Vec::new()) };
    let mut found: BTreeMap<Fips, (County, String)> = BTreeMap::new();
    for row in 0..table.rows() {
        if matches!(table.text(row, county).as_ref(), "All" | "") {
            continue;
        }
        let Some(number) = table.number(row, number)?.filter(|number| (1.0..=9_999.0).contains(number)) else {
            continue;
        };
        let Ok(fips) = format!("{:0>5}", table.text(row, code)).parse::<Fips>() else { continue };
        found.entry(fips).or_insert_with(|| {
            let state = State::named(&table.text(row, state)).map_or("", |state| state.abbreviation);
            let name = format!("{}, {state}", table.text(row, county));
            (County { fips, name, service_area: number as u16, population: 0.0 }, table.text(row, title).into_owned())
        });
    }
    Ok(found.into_values().collect())
}

/// Columns of the Census Bureau's table of residents, with those of the newest year that is known here.
pub(super) const CENSUS: [&str; 4] = ["SUMLEV", "STATE", "COUNTY", "POPESTIMATE2024"];

/// Residents of counties from the Census Bureau's table, whose names are in Latin-1.
pub(super) fn residents(path: &Path) -> Result<BTreeMap<Fips, f64>, InputError> {
    let wrong = |problem: String| InputError::new(path, problem, "download the file again");
    let text = opened(path).map_err(|error| InputError::unreadable(path, &error))?;
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.byte_headers().map_err(|error| wrong(error.to_string()))?;
    let column = |name: &str| header.iter().position(|cell| cell == name.as_bytes());
    let columns = CENSUS.map(|name| column(name).ok_or_else(|| wrong(format!("there is no column `{name}`"))));
    let [level, state, county, people] = columns;
    let (level, state, county, people) = (level?, state?, county?, people?);
    let mut residents = BTreeMap::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| wrong(error.to_string()))? {
        let cell =
            |column: usize| std::str::from_utf8(record.get(column).unwrap_or_default()).unwrap_or_default().trim();
        // Level 50 is a county's row, 40 a state's.
        if cell(level).trim_start_matches('0') != "50" {
            continue;
        }
        let fips = format!("{:0>2}{:0>3}", cell(state), cell(county)).parse::<Fips>();
        let (Ok(fips), Ok(people)) = (fips, cell(people).parse::<f64>()) else {
            let line = record.position().map_or(1, csv::Position::line);
            return Err(wrong("no county with residents".to_owned()).on_line(line));
        };
        if RESIDENTS.contains(&people) {
            residents.insert(fips, people);
        }
    }
    Ok(residents)
}
