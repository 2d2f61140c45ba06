//! Tables of places.

use countycast_engine::Fips;
use countycast_engine::weekly::Area;
use countycast_panel::{InputError, State};

use super::{Signals, Table};
use crate::geography::County;

/// Counties with the number of their Health Service Area and residents.
pub(super) fn crosswalk(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [fips, area, people] = [table.column("fips")?, table.column("hsa_nci_id")?, table.column("pop2024")?];
    let (county, title) = (table.find("county"), table.find("hsa"));
    for row in 0..table.rows() {
        let Some(service_area) = table.number(row, area)?.filter(|number| (1.0..=9_999.0).contains(number)) else {
            continue;
        };
        let service_area = service_area as u16;
        let code = table.text(row, fips);
        let fips: Fips = format!("{code:0>5}")
            .parse()
            .map_err(|_| table.wrong(row, fips, "is not the FIPS code of a county", "write five digits"))?;
        let population = table.number(row, people)?.unwrap_or(0.0);
        let name = match (county.map(|column| table.text(row, column)), State::of(fips)) {
            (Some(county), Some(state)) => format!("{county}, {}", state.abbreviation),
            _ => fips.to_string(),
        };
        if let Some(title) = title {
            into.geography.add_name(Area::ServiceArea(service_area), &table.text(row, title));
        }
        into.geography.add_county(County { fips, name, service_area, population });
    }
    Ok(())
}

/// States with residents.
pub(super) fn states(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [code, name, people] = [table.column("location")?, table.column("location_name")?, table.column("population")?];
    for row in 0..table.rows() {
        if let Ok(area) = table.text(row, code).parse::<Area>() {
            into.geography.add_name(area.clone(), &table.text(row, name));
            into.geography.add_area(area, table.number(row, people)?, None);
        }
    }
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
        into.geography.add_area(area, table.number(row, people)?, state);
    }
    Ok(())
}
