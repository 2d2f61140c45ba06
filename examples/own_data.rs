//! A panel from arrays: counts of one's own, from a register or another simulation, without files.
//!
//! `cargo run --release --example own_data` makes up three counties of Nebraska with a wave each, and prints their observed
//! and projected weekly cases, by engines that need no training on many places.

use std::error::Error;

use countycast::config::Config;
use countycast::panel::{CountyData, Panel};
use countycast::pipeline::Selection;
use countycast::project;
use countycast::scores::quantiles::MEDIAN;
use countycast_engine::{Date, Level, Target};

/// Daily counts of a wave that peaks on a day.
fn wave(peak: f64, height: f64) -> Vec<f64> {
    (0..150).map(|day| (height * (-0.5 * ((f64::from(day) - peak) / 25.0).powi(2)).exp()).round()).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut counties = Vec::new();
    for (fips, name, peak, residents) in [
        ("31055", "Douglas", 100.0, 571_000.0),
        ("31109", "Lancaster", 130.0, 319_000.0),
        ("31153", "Sarpy", 160.0, 187_000.0),
    ] {
        let (cases, deaths) = (wave(peak, residents / 4e3), wave(peak + 20.0, residents / 4e5));
        let population = Some(residents);
        counties.push(CountyData { population, ..CountyData::new(fips.parse()?, name, cases, deaths) });
    }
    let engine_names = ["flat", "trend", "curve"].map(str::to_owned).to_vec();
    let config = Config { engine_names, ..Config::default() };
    let panel = Panel::from_counties(Date::constant(2020, 6, 1), counties, &config.panel)?;

    let projected = project::in_memory(&panel, project::plan(&config, 2)?, Selection::All, &())?;
    println!("{:<16}{:>12}{:>40}", "", "last week", format!("medians of the weeks after {}", panel.as_of()));
    for place in projected.iter().filter(|place| place.fips.level() == Level::County) {
        let history = panel.history(place.fips).ok_or("no history")?;
        let observed = history.cases().weekly().pop().ok_or("no week")?;
        let cases = place.blend.as_ref().and_then(|blend| blend.target(Target::Cases)).ok_or("no projection")?;
        let medians: String = cases.week.iter().map(|row| format!("{:>10.0}", row[MEDIAN])).collect();
        println!("{:<16}{observed:>12.0}{medians}", history.location().name);
    }
    Ok(())
}
