//! `areas.parquet` and `crosswalk.parquet`: the areas of a run, and the counties of which Health Service Areas consist.

use std::path::Path;

use countycast_engine::weekly::Area;
use countycast_signals::{County, Geography};
use polars::prelude::{Column, DataFrame};

use crate::error::Error;
use crate::output::parquet;

/// Writes areas: `area`, `name`, `state` (two digits; empty for the nation) and `population` (empty where unknown).
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub fn write(path: &Path, areas: &[&Area], geography: &Geography) -> Result<(), Error> {
    let state = |area: &&Area| geography.state(area).map(|fips| fips.to_string());
    let columns = vec![
        parquet::text("area", areas.iter()),
        parquet::text("name", areas.iter().map(|area| geography.name(area))),
        Column::new("state".into(), areas.iter().map(state).collect::<Vec<_>>()),
        Column::new("population".into(), areas.iter().map(|area| geography.population(area)).collect::<Vec<_>>()),
    ];
    let frame = DataFrame::new(areas.len(), columns).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}

/// Writes counties: `fips`, `name`, `population` (0 where unknown) and `area`, the Health Service Area of which the county is a
/// part.
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub fn write_counties(path: &Path, counties: &[County]) -> Result<(), Error> {
    let columns = vec![
        parquet::text("fips", counties.iter().map(|county| county.fips)),
        parquet::text("name", counties.iter().map(|county| &county.name)),
        Column::new("population".into(), counties.iter().map(|county| county.population).collect::<Vec<_>>()),
        parquet::text("area", counties.iter().map(|county| Area::ServiceArea(county.service_area))),
    ];
    let frame = DataFrame::new(counties.len(), columns).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}
