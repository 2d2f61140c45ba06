//! The library's projections in memory are those that the program writes.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Projection, demo, projections, scratch, succeed};
use countycast::config::Config;
use countycast::panel::{self, Panel, Request};
use countycast::pipeline::{Projected, Selection};
use countycast::project::{in_memory, plan};
use countycast::scores::quantiles::{LEVELS, Row};
use countycast_engine::Fips;

fn config() -> Config {
    toml::from_str(common::QUICK).unwrap()
}

fn panel() -> Panel {
    let request = Request { data: demo().to_owned(), as_of: None, vintage: false };
    panel::load(&request, &config().panel).unwrap()
}

/// Place, model, target, resolution, horizon and position of the quantile level.
type Key = (String, String, String, String, u32, usize);

/// Quantiles of single days and weeks with two decimals.
fn in_hundredths(projected: &[Projected]) -> BTreeMap<Key, i64> {
    let mut found = BTreeMap::new();
    for place in projected {
        let members = place.members.iter().map(|(model, forecast)| (*model, forecast));
        for (model, forecast) in members.chain(place.blend.iter().map(|blend| ("blend", blend))) {
            for (target, quantiles) in &forecast.targets {
                let mut add = |resolution: &str, rows: &[Row]| {
                    for (horizon, row) in (1..).zip(rows) {
                        for (level, value) in row.iter().enumerate() {
                            let key = (place.fips.to_string(), model.to_owned(), target.to_string());
                            let key = (key.0, key.1, key.2, resolution.to_owned(), horizon, level);
                            found.insert(key, (f64::from(*value) * 100.0).round() as i64);
                        }
                    }
                };
                add("week", &quantiles.week);
                // Of engines the file has no single days.
                if model == "blend" {
                    add("day", &quantiles.day);
                }
            }
        }
    }
    found
}

#[test]
fn its_quantiles_are_those_in_the_file() {
    let folder = scratch();
    succeed(common::project(demo(), folder.path(), "out", &["--state", "IA"]));
    let wanted: BTreeSet<Fips> = ["19", "19001", "19003"].map(|fips| fips.parse().unwrap()).into();

    let found = in_memory(&panel(), plan(&config(), 2).unwrap(), Selection::Places(wanted.clone()), &()).unwrap();

    assert_eq!(found.iter().map(|place| place.fips).collect::<BTreeSet<Fips>>(), wanted);
    let row = |row: Projection| {
        let level = LEVELS.iter().position(|level| *level == row.quantile).unwrap();
        let key = (row.fips, row.model, row.target, row.resolution, row.horizon, level);
        (key, (row.value * 100.0).round() as i64)
    };
    let incident = |row: &Projection| row.resolution != "span" && !row.target.starts_with("cum");
    let here = |row: &Projection| row.fips.parse().is_ok_and(|fips| wanted.contains(&fips));
    let written = projections(&folder.path().join("out")).into_iter().filter(|row| incident(row) && here(row));
    let written: BTreeMap<Key, i64> = written.map(row).collect();
    assert!(written.len() > 3 * 23 * 2 * 16, "{} rows", written.len());
    assert!(written == in_hundredths(&found), "the file has other quantiles");
}

#[test]
fn a_place_that_the_panel_lacks_is_an_error() {
    let selection = Selection::Places([Fips::from_county(36_061).unwrap()].into());
    let error = in_memory(&panel(), plan(&config(), 2).unwrap(), selection, &()).unwrap_err();
    assert_eq!(error.to_string(), "the panel has no place 36061");
}
