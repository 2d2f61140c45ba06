//! A county's projection in a few lines: files → panel → plan → quantiles.
//!
//! `cargo run --release --example one_county` takes a county of the demonstration panel; `-- DATA FIPS` one of a data
//! folder. It prints the quantiles of weekly new cases.

use std::env;
use std::error::Error;

use countycast::config::Config;
use countycast::panel::{self, Request, demo};
use countycast::pipeline::Selection;
use countycast::project;
use countycast::scores::quantiles::{COUNTY_LEVELS, LEVELS};
use countycast_engine::Target;

fn main() -> Result<(), Box<dyn Error>> {
    let synthetic = tempfile::tempdir()?;
    demo::write(synthetic.path(), demo::SEED)?;
    let data = env::args().nth(1).map_or(synthetic.path().to_owned(), Into::into);
    let county = env::args().nth(2).as_deref().unwrap_or("19001").parse()?;

    let config = Config::default();
    let panel = panel::load(&Request { data, as_of: None, vintage: false }, &config.panel)?;
    let plan = project::plan(&config, std::thread::available_parallelism()?.get())?;
    let projected = project::in_memory(&panel, plan, Selection::Places([county].into()), &())?;

    let blend =
        projected.iter().find_map(|place| place.blend.as_ref()?.target(Target::Cases)).ok_or("no projection")?;
    println!("new cases in {county}, weeks after {}", panel.as_of());
    println!("week{}", COUNTY_LEVELS.map(|level| format!("{:>8}%", 100.0 * LEVELS[level])).concat());
    for (week, row) in (1..).zip(&blend.week) {
        println!("{week:>4}{}", COUNTY_LEVELS.map(|level| format!("{:>9.0}", row[level])).concat());
    }
    Ok(())
}
