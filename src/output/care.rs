//! `care.parquet`: care for other patients, a row for each place and specialty.

use std::path::Path;

use countycast_engine::{Date, Fips};
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};

use super::{days_since_epoch, parquet};
use crate::error::Error;

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct CareRow {
    /// FIPS code.
    pub fips: Fips,
    /// Word of [`crate::capacity::SPECIALTIES`].
    pub specialty: &'static str,
    /// Providers per 100,000 residents.
    pub providers: f64,
    /// Hospital patients of all kinds per 100,000 residents that are expected at the peak.
    pub load: f64,
    /// The relative gap index ([`crate::capacity::gaps`]).
    pub gap_index: f64,
}

/// Writes all rows.
///
/// # Errors
/// [`Error::Io`] where the file cannot be written.
pub fn write(path: &Path, as_of: Date, rows: &[CareRow]) -> Result<(), Error> {
    let frame = frame(days_since_epoch(as_of), rows).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}

fn frame(as_of: i32, rows: &[CareRow]) -> PolarsResult<DataFrame> {
    let number = |name: &str, value: fn(&CareRow) -> f64| {
        let rounded = |row: &CareRow| (value(row) * 1000.0).round() / 1000.0;
        Column::new(name.into(), rows.iter().map(rounded).collect::<Vec<f64>>())
    };
    let as_of = Series::new("as_of".into(), vec![as_of; rows.len()]);
    let columns = vec![
        as_of.cast(&DataType::Date)?.into_column(),
        Column::new("fips".into(), rows.iter().map(|row| row.fips.to_string()).collect::<Vec<String>>()),
        Column::new("specialty".into(), rows.iter().map(|row| row.specialty).collect::<Vec<&str>>()),
        number("providers_per_100k", |row| row.providers),
        number("patients_per_100k", |row| row.load),
        number("gap_index", |row| row.gap_index),
    ];
    DataFrame::new(rows.len(), columns)
}
