//! Areas and counties of a run, from `areas.parquet` and `crosswalk.parquet`.

use std::path::Path;

use countycast_engine::Fips;
use countycast_engine::weekly::Area;
use polars::prelude::{DataFrame, PolarsResult};

use crate::error::Error;
use crate::output::parquet::{self, parsed};

/// An area.
pub(super) struct Place {
    pub(super) area: Area,
    pub(super) name: String,
    /// The state in which it lies; none for the nation.
    pub(super) state: Option<Fips>,
    pub(super) population: Option<f64>,
}

/// A county, and the Health Service Area of which it is a part.
pub(super) struct County {
    pub(super) fips: Fips,
    pub(super) name: String,
    pub(super) population: f64,
    pub(super) area: Area,
}

/// All areas, in the order of the file.
pub(super) fn read(path: &Path) -> Result<Vec<Place>, Error> {
    places(&parquet::read(path)?).map_err(|error| parquet::wrong(path, error.to_string()))
}

fn places(frame: &DataFrame) -> PolarsResult<Vec<Place>> {
    let text = |name: &str| frame.column(name)?.str();
    let (area, name, state) = (text("area")?, text("name")?, text("state")?);
    let population = frame.column("population")?.f64()?;
    let place = |row: usize| {
        Ok(Place {
            area: parsed(area.get(row))?,
            name: name.get(row).unwrap_or_default().to_owned(),
            state: state.get(row).map(|state| parsed(Some(state))).transpose()?,
            population: population.get(row),
        })
    };
    (0..frame.height()).map(place).collect()
}

/// All counties, by FIPS code.
pub(super) fn counties(path: &Path) -> Result<Vec<County>, Error> {
    of_counties(&parquet::read(path)?).map_err(|error| parquet::wrong(path, error.to_string()))
}

fn of_counties(frame: &DataFrame) -> PolarsResult<Vec<County>> {
    let text = |name: &str| frame.column(name)?.str();
    let (fips, name, area) = (text("fips")?, text("name")?, text("area")?);
    let population = frame.column("population")?.f64()?;
    let county = |row: usize| {
        Ok(County {
            fips: parsed(fips.get(row))?,
            name: name.get(row).unwrap_or_default().to_owned(),
            population: population.get(row).unwrap_or_default(),
            area: parsed(area.get(row))?,
        })
    };
    (0..frame.height()).map(county).collect()
}
