//! Single tables as they were fetched on a day.

use std::path::Path;

use countycast_engine::Date;
use countycast_panel::{InputError, Notice};

use super::layouts::{Layout, columns};
use super::{Signals, Table, parquet, places, too_early};
use crate::geography::{County, Geography};
use crate::hubs::Hubs;
use crate::vintages::Vintages;

/// What a table is of use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It holds weekly signals.
    Signals,
    /// It names places or counts residents.
    Places,
}

/// What a table of weekly signals holds.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Its values, with the days on which they became known: that of the fetch where the table has none of its own, and no later
    /// one.
    pub vintages: Vintages,
    /// Counties with the names of their Health Service Areas, if it tells them; without residents.
    pub counties: Vec<(County, String)>,
    /// What was noticed in reading.
    pub notices: Vec<Notice>,
}

/// What a table is of use for, told by its columns; none where it is of no use for weekly signals.
///
/// # Errors
/// Where it cannot be read.
pub fn use_of(path: &Path, hubs: &Hubs) -> Result<Option<Use>, InputError> {
    if is_census(path)? {
        return Ok(Some(Use::Places));
    }
    let layout = Layout::of_file(path, hubs)?;
    Ok(layout.map(|layout| if layout.order() == 0 { Use::Places } else { Use::Signals }))
}

fn is_census(path: &Path) -> Result<bool, InputError> {
    let columns = columns(path)?;
    Ok(places::CENSUS.iter().all(|name| columns.iter().any(|column| column == name)))
}

/// Reads tables of places. `counties` are those that a table of emergency visits names; those of a crosswalk hold before them.
/// Residents are taken from a crosswalk, else from the Census Bureau's table.
///
/// # Errors
/// Where a table cannot be read, or a cell cannot be what it must be.
pub fn read_places(tables: &[&Path], counties: &[(County, String)], hubs: &Hubs) -> Result<Geography, InputError> {
    let mut found = Signals::default();
    let mut residents = Vec::new();
    for path in tables {
        if is_census(path)? {
            residents.push(places::residents(path)?);
        } else if let Some(layout) = Layout::of_file(path, hubs)?.filter(|layout| layout.order() == 0) {
            layout.add(&Table::read(path)?, hubs, &mut found)?;
        }
    }
    for (county, area) in counties {
        found.geography.add_named_county(county.clone(), area);
    }
    for counted in residents {
        found.geography.add_residents(&counted);
    }
    found.geography.finish();
    Ok(found.geography)
}

/// Reads a table of weekly signals as it was fetched on a day.
///
/// # Errors
/// Where it cannot be read, or a cell cannot be what it must be.
pub fn read_published(path: &Path, day: Date, geography: &Geography, hubs: &Hubs) -> Result<Published, InputError> {
    let Some(layout) = Layout::of_file(path, hubs)?.filter(|layout| layout.order() > 0) else {
        return Ok(Published::default());
    };
    let table = Table::read(path)?.published_on(day);
    let mut found = Signals { geography: geography.clone(), ..Signals::default() };
    layout.add(&table, hubs, &mut found)?;
    let counties = if layout == Layout::Emergency { places::counties(&table)? } else { Vec::new() };
    let vintages = std::mem::take(&mut found.vintages).known_by(day).sorted();
    found.notices.extend(too_early(&vintages));
    Ok(Published { vintages, counties, notices: found.notices })
}

/// Names of the columns of a Parquet file, and its rows.
///
/// # Errors
/// Where it is none, or damaged.
pub fn parquet_shape(path: &Path) -> Result<(Vec<String>, u64), InputError> {
    parquet::shape(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hubs::shipped;
    use countycast_engine::Fips;
    use countycast_engine::weekly::{Area, Signal, Week};

    const NSSP: &str = "week_end,geography,county,percent_visits_influenza,hsa,hsa_nci_id,fips\n\
        2026-01-03T00:00:00.000,United States,All,5.0,All,All,0\n\
        2026-01-03T00:00:00.000,Colorado,Adams,4.0,\"Denver (Denver), CO\",688,8001\n\
        2026-01-03T00:00:00.000,Colorado,Denver,4.0,\"Denver (Denver), CO\",688,08031\n";

    #[test]
    fn a_table_is_known_from_the_day_of_its_fetch_and_names_its_counties() {
        let folder = tempfile::tempdir().unwrap();
        let hubs = shipped();
        // A date in the name says nothing here.
        let path = folder.path().join("nssp_2026-01-09.csv");
        std::fs::write(&path, NSSP).unwrap();
        assert_eq!(use_of(&path, &hubs).unwrap(), Some(Use::Signals));
        let day = Date::constant(2026, 1, 7);
        let found = read_published(&path, day, &Geography::default(), &hubs).unwrap();
        let signal: Signal = "flu-ed".parse().unwrap();
        let week = Week::of(Date::constant(2026, 1, 3));
        assert_eq!(found.vintages.known(signal, &Area::ServiceArea(688), week, day), Some(0.04));
        assert_eq!(found.vintages.last_day(), Some(day));
        let names: Vec<&str> = found.counties.iter().map(|(county, _)| county.name.as_str()).collect();
        assert_eq!(names, ["Adams, CO", "Denver, CO"]);

        let census = folder.path().join("co-est2024-alldata.csv");
        let text = b"SUMLEV,REGION,STATE,COUNTY,CTYNAME,POPESTIMATE2024\n040,4,08,000,Colorado,5957493\n\
            050,4,08,001,Adams,542973\n050,4,8,31,Do\xf1a,729019\n";
        std::fs::write(&census, text).unwrap();
        let locations = folder.path().join("locations.csv");
        std::fs::write(&locations, "abbreviation,location,location_name,population\nCO,8,Colorado,5957493\n").unwrap();
        assert_eq!(use_of(&census, &hubs).unwrap(), Some(Use::Places));
        let places = read_places(&[&census, &locations], &found.counties, &hubs).unwrap();
        let state = Area::state(Fips::from_state(8).unwrap()).unwrap();
        assert_eq!(places.population(&Area::ServiceArea(688)), Some(542_973.0 + 729_019.0));
        assert_eq!(
            (places.population(&state), places.state(&Area::ServiceArea(688))),
            (Some(5_957_493.0), Fips::from_state(8))
        );
        assert_eq!(places.name(&Area::ServiceArea(688)), "Denver (Denver), CO");
        let other = folder.path().join("other.csv");
        std::fs::write(&other, "a,b\n1,2\n").unwrap();
        assert_eq!(use_of(&other, &hubs).unwrap(), None);
    }
}
