//! The files of the site.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::projections::PlaceForecast;
use super::{Built, Run};
use crate::error::Error;
use crate::panel::{Panel, Place};

const PAGE: &str = include_str!("assets/index.html");
const SCRIPT: &str = include_str!("assets/site.js");
const STYLE: &str = include_str!("assets/site.css");
/// Counties and states in the Albers projection, 975 × 610; `us-atlas` 3.0.1, ISC.
const BORDERS: &str = include_str!("assets/counties-albers-10m.json");
const BORDERS_LICENCE: &str = include_str!("assets/LICENSE-us-atlas");

/// Writes all files; the page comes last, so that it is never there without its data.
pub(super) fn write(
    folder: &Path,
    run: &Run,
    panel: &Panel,
    forecasts: &BTreeMap<String, PlaceForecast>,
) -> Result<Built, Error> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("data/borders.js".to_owned(), format!("countycast.borders({BORDERS});\n"));
    files.insert("data/LICENSE-us-atlas".to_owned(), BORDERS_LICENCE.to_owned());
    files.insert("data/summary.js".to_owned(), format!("countycast.summary({});\n", summary(run, panel)));
    let mut groups: BTreeMap<&str, serde_json::Map<String, Value>> = BTreeMap::new();
    for row in &run.places {
        let Some(place) = row.fips.parse().ok().and_then(|fips| panel.place(fips)) else { continue };
        let group = groups.entry(row.fips.get(..2).unwrap_or("US")).or_default();
        group.insert(row.fips.clone(), details(place, forecasts.get(&row.fips)));
    }
    for (code, places) in groups {
        let text = format!("countycast.places(\"{code}\",{});\n", Value::Object(places));
        files.insert(format!("data/{code}.js"), text);
    }
    files.insert("site.css".to_owned(), STYLE.to_owned());
    files.insert("site.js".to_owned(), SCRIPT.to_owned());
    for (name, text) in &files {
        write_file(&folder.join(name), text)?;
    }
    let page = folder.join("index.html");
    write_file(&page, PAGE)?;
    let bytes = files.values().map(String::len).sum::<usize>() + PAGE.len();
    Ok(Built { page, places: run.places.len(), bytes: bytes as u64 })
}

fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).and_then(|()| fs::write(path, text)).map_err(|source| Error::write(path, source))
}

/// What map, tables and search need of every place.
fn summary(run: &Run, panel: &Panel) -> Value {
    let place = |row: &super::projections::PlaceRow| {
        let place = row.fips.parse().ok().and_then(|fips| panel.place(fips));
        let weeks = place.map(|place| place.history.cases().weekly()).unwrap_or_default();
        let back = |n: usize| weeks.len().checked_sub(n).map(|index| weeks[index].round());
        json!({
            "fips": row.fips, "name": row.name, "state": place.and_then(|p| p.state).map(|s| s.abbreviation),
            "population": row.population, "phase": row.phase, "rt": row.reproduction,
            "lastWeek": back(1), "weekBefore": back(2),
            "reportedIn": place.and_then(|p| p.reported_in.as_deref()),
        })
    };
    json!({
        "asOf": run.as_of.to_string(), "firstDay": panel.first_day().to_string(), "synthetic": run.synthetic,
        "version": run.version, "horizonDays": run.horizon_days,
        "places": run.places.iter().map(place).collect::<Vec<_>>(),
    })
}

/// One place's past and future.
fn details(place: &Place, forecast: Option<&PlaceForecast>) -> Value {
    let round = |days: &[f64]| days.iter().map(|v| (v * 10.0).round() / 10.0).collect::<Vec<_>>();
    json!({
        "cases": round(place.history.cases().cleaned()),
        "deaths": round(place.history.deaths().cleaned()),
        "forecast": forecast,
    })
}
