//! Histories of invented places.

use std::sync::Arc;

use countycast_engine::{Date, Fips, History, Location, Region, Series};

/// A county with these daily counts, from `first_day` on, without a region around it.
///
/// # Panics
/// If the FIPS code is invalid, or the counts differ in length, are negative or not finite.
#[must_use]
pub fn county(fips: &str, population: f64, first_day: Date, cases: Vec<f64>, deaths: Vec<f64>) -> History {
    let location = Arc::new(place(fips, population));
    History::new(location, first_day, series(cases), series(deaths), None).expect("cases and deaths of the same days")
}

/// The same county within a state of ten times its population that has ten times its counts.
///
/// # Panics
/// As [`county`].
#[must_use]
pub fn county_in_region(fips: &str, population: f64, first_day: Date, cases: Vec<f64>, deaths: Vec<f64>) -> History {
    let ten = |counts: &[f64]| series(counts.iter().map(|c| 10.0 * c).collect());
    let region = Region { location: place(&fips[..2], 10.0 * population), cases: ten(&cases), deaths: ten(&deaths) };
    let location = Arc::new(place(fips, population));
    History::new(location, first_day, series(cases), series(deaths), Some(Arc::new(region)))
        .expect("cases and deaths of the same days")
}

fn place(fips: &str, population: f64) -> Location {
    let fips: Fips = fips.parse().expect("a FIPS code");
    let mut location = Location::new(fips, format!("Test {fips}"));
    location.population = Some(population);
    location
}

fn series(counts: Vec<f64>) -> Series {
    Series::from_counts(counts).expect("counts are finite and not negative")
}
