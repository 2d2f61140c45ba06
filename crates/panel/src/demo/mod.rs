//! A synthetic data folder with the defects of real ones and a known truth.
//!
//! 120 invented counties in three states: only their FIPS codes are those of Iowa, Nebraska and South Dakota. Names are
//! `Demo 1` to `Demo 120`, so that no number is mistaken for a real one. Two waves with each state's own timing,
//! reported late, in part and with a weekday pattern; then dumps, gaps, corrections, and cases without a county.
//! Twenty-one counties have almost no history. The same seed gives the same bytes.

mod covariates;
mod defects;
mod epidemic;
mod places;
mod reports;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::error::Error;

/// First day of the tables, as in JHU's.
pub const FIRST_DAY: Date = Date::constant(2020, 1, 22);
/// Last day of the tables: a Saturday.
pub const AS_OF: Date = Date::constant(2020, 10, 24);
/// Seed of the panel that is built into the program.
pub const SEED: u64 = 20_200_122;
/// Days after [`AS_OF`] with known truth.
pub const DAYS_TO_COME: usize = 28;
/// Days from [`FIRST_DAY`] to [`AS_OF`], both included.
pub(crate) const DAYS: usize = 277;

/// The true epidemic and the defects added to the tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// One entry per county, by FIPS code.
    pub counties: Vec<TrueCounty>,
    /// Every defect that was added, by county and day.
    pub defects: Vec<Defect>,
}

/// One county's truth: a value a day from [`FIRST_DAY`] to [`DAYS_TO_COME`] days after [`AS_OF`].
#[derive(Debug, Clone, PartialEq)]
pub struct TrueCounty {
    /// FIPS code, five digits.
    pub fips: String,
    /// Residents.
    pub population: f64,
    /// Whether it has almost no history.
    pub sparse: bool,
    /// New infections.
    pub infections: Vec<f64>,
    /// Effective reproduction number: infections caused by one infection, given immunity.
    pub reproduction: Vec<f64>,
    /// Expected reported cases, weekday rhythm included.
    pub expected_cases: Vec<f64>,
    /// Expected reported deaths, weekday rhythm included.
    pub expected_deaths: Vec<f64>,
    /// Reported cases before defects were added.
    pub cases: Vec<f64>,
    /// Reported deaths before defects were added.
    pub deaths: Vec<f64>,
}

/// A defect in a county's published cases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Defect {
    /// FIPS code of the county.
    pub fips: String,
    /// The day on which it appears.
    pub date: Date,
    /// Its kind.
    pub kind: DefectKind,
}

/// Kinds of [`Defect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DefectKind {
    /// Cases held back over weeks are published on one day.
    Dump,
    /// Days without a report; the next day has their total.
    Gap,
    /// Cases counted twice are corrected: a negative day.
    Correction,
}

/// Writes the folder: `jhu/`, `counties/`, `geography/` in their publishers' layouts, and `truth.csv`.
///
/// The truth for the [`DAYS_TO_COME`] days after [`AS_OF`] is only in `truth.csv`.
///
/// # Errors
/// [`Error::Write`] where a file cannot be written.
pub fn write(dir: &Path, seed: u64) -> Result<Truth, Error> {
    let places = places::all(seed);
    let courses = epidemic::run(&places);
    let counties = reports::all(&places, &courses, seed);
    let published = defects::publish(&counties, seed);
    for folder in ["jhu", "counties", "geography"] {
        let folder = dir.join(folder);
        fs::create_dir_all(&folder).map_err(|source| Error::write(&folder, source))?;
    }
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for (name, bytes) in [
        ("jhu/time_series_covid19_confirmed_US.csv", tables::confirmed(&places, &published)),
        ("jhu/time_series_covid19_deaths_US.csv", tables::deaths(&places, &published)),
        ("counties/svi_2018.csv", covariates::svi(&places)),
        ("counties/age_sex_2020.csv", covariates::ages(&places)),
        ("counties/beds_covidcaremap.csv", covariates::beds(&places)),
        ("counties/healthcare_services.csv", covariates::services(&places)),
        ("geography/adjacency.csv", covariates::adjacency(&places)),
        ("geography/commuting_acs_2011_2015.csv", covariates::commuting(&places)),
        ("truth.csv", tables::truth(&counties)),
    ] {
        let path = dir.join(name);
        let bytes = bytes.map_err(|source| Error::write(&path, source))?;
        files.push((path, bytes));
    }
    for (path, bytes) in files {
        fs::write(&path, bytes).map_err(|source| Error::write(&path, source))?;
    }
    Ok(Truth { counties, defects: published.defects })
}

#[cfg(test)]
mod tests;
