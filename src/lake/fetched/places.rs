//! `places/counties/as_of=DAY/part-SOURCE.parquet`: counties and their Health Service Areas, as a source told them from a day on.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::Area;
use countycast_signals::County;
use polars::prelude::DataFrame;

use super::observations::{place, wrong};
use crate::error::Error;
use crate::output::{disk, parquet};

/// Counties with the names of their Health Service Areas.
pub(super) type Counties = Vec<(County, String)>;

fn table(root: &Path) -> PathBuf {
    root.join("places").join("counties")
}

fn part(root: &Path, day: Date, source: &str) -> PathBuf {
    table(root).join(format!("as_of={day}")).join(format!("part-{source}.parquet"))
}

/// Writes what a source told of counties, a file for each day on which it told something else. Those of other days go.
pub(super) fn write(root: &Path, source: &str, told: &[(Date, Counties)]) -> Result<(), Error> {
    for day in days(root)?.into_iter().filter(|day| told.iter().all(|(of, _)| of != day)) {
        let path = part(root, day, source);
        disk::remove(&path).map_err(|error| Error::write(&path, error))?;
    }
    for (day, counties) in told {
        let path = part(root, *day, source);
        let columns = vec![
            parquet::text("fips", counties.iter().map(|(county, _)| county.fips)),
            parquet::text("county", counties.iter().map(|(county, _)| &county.name)),
            parquet::text("place", counties.iter().map(|(county, _)| Area::ServiceArea(county.service_area))),
            parquet::text("place_name", counties.iter().map(|(_, name)| name)),
        ];
        let frame = DataFrame::new(counties.len(), columns).map_err(|error| parquet::write_error(&path, error))?;
        place(&path, frame)?;
    }
    Ok(())
}

/// The days from which any source told of counties.
fn days(root: &Path) -> Result<Vec<Date>, Error> {
    let folder = table(root);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.map_err(|error| Error::read(&folder, error))?,
    };
    let day = |name: &str| name.strip_prefix("as_of=")?.parse().ok();
    let mut days: Vec<Date> = entries.flatten().filter_map(|entry| day(&entry.file_name().to_string_lossy())).collect();
    days.sort_unstable();
    Ok(days)
}

/// Reads what a source told of counties, by day.
pub(super) fn read(root: &Path, source: &str) -> Result<Vec<(Date, Counties)>, Error> {
    let mut told = Vec::new();
    for day in days(root)? {
        let path = part(root, day, source);
        if path.exists() {
            let frame = parquet::read(&path)?;
            told.push((day, counties(&frame).map_err(|problem| wrong(&path, problem))?));
        }
    }
    Ok(told)
}

fn counties(frame: &DataFrame) -> Result<Counties, String> {
    let text = |name: &str| frame.column(name).and_then(|column| column.str()).map_err(|error| error.to_string());
    let (codes, names, places, titles) = (text("fips")?, text("county")?, text("place")?, text("place_name")?);
    let mut counties = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        let cell = |column: &polars::prelude::StringChunked| column.get(row).unwrap_or_default().to_owned();
        let (Ok(fips), Ok(Area::ServiceArea(service_area))) = (cell(codes).parse(), cell(places).parse()) else {
            return Err(format!("row {}: no county of a Health Service Area", row + 1));
        };
        let county = County { fips, name: cell(names), service_area, population: 0.0 };
        counties.push((county, cell(titles)));
    }
    Ok(counties)
}
