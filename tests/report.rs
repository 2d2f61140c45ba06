//! The site says what the run's files say.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn site_of_the_demonstration_panel_stands_alone_and_shows_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let (out, site) = (folder.path().join("out"), folder.path().join("site"));
    assert!(program(&["project", "--quiet", "--engines", "flat", "--out"]).arg(&out).status().unwrap().success());
    assert!(program(&["report", "--quiet"]).arg(&out).arg("--site").arg(&site).status().unwrap().success());

    let summary = &arguments(&site.join("data/summary.js"), "countycast.summary(")[0];
    let run: Value = serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(summary["asOf"], run["as_of"]);
    assert_eq!(summary["synthetic"], true);

    let county = summary["places"].as_array().unwrap().iter().find(|p| p["fips"].as_str().unwrap().len() == 5).unwrap();
    let fips = county["fips"].as_str().unwrap();
    let state = &fips[..2];
    let places = &arguments(&site.join(format!("data/{state}.js")), "countycast.places(")[1];
    let cases: Vec<f64> = serde_json::from_value(places[fips]["cases"].clone()).unwrap();
    let last_week: f64 = cases.iter().rev().take(7).sum();
    assert!((last_week - county["lastWeek"].as_f64().unwrap()).abs() < 1.5);

    // The weekly median of the hub file, which the same run wrote its own way, is the one the page draws.
    let hub = std::fs::read_to_string(
        out.join(format!("hub/countycast-blend/{}-countycast-blend.csv", run["as_of"].as_str().unwrap())),
    )
    .unwrap();
    let median = places[fips]["forecast"]["weeks"]["blend"][0][3].as_f64().unwrap();
    let row = hub.lines().map(|line| line.split(',').collect::<Vec<_>>()).find(|cells| {
        cells.contains(&fips) && cells.contains(&"inc case") && cells.contains(&"1") && cells.contains(&"0.5")
    });
    let told: f64 = row.expect("the hub file has the county's first week").last().unwrap().parse().unwrap();
    assert!((told - median).abs() <= 0.51, "hub {told}, page {median}");

    // Beds and the care gap are the run's, place by place.
    let capacity = common::table(&out.join("capacity.parquet"));
    let word = |name: &str| common::texts(&capacity, name);
    let number = |name: &str, row: usize| capacity.column(name).unwrap().f64().unwrap().get(row);
    let (codes, models, beds, areas) = (word("fips"), word("model"), word("bed"), word("area"));
    let rows: Vec<usize> = (0..codes.len())
        .filter(|&row| models[row] == "blend" && beds[row] == "icu" && areas[row] == "catchment")
        .collect();
    assert!(rows.len() > 50, "{} counties have a catchment", rows.len());
    for row in rows {
        let shown = summary["places"].as_array().unwrap().iter().find(|place| place["fips"] == codes[row].as_str());
        let icu = &shown.unwrap()["icu"];
        let told = [0, 2, 3, 4, 6, 7].map(|at| icu[at].as_f64());
        let names = ["beds", "peak_q50", "peak_q90", "overflow_probability", "gap_q50", "gap_q90"];
        assert_eq!(told, names.map(|name| number(name, row)), "{}", codes[row]);
    }
    let care = common::table(&out.join("care.parquet"));
    let index = care.column("gap_index").unwrap().f64().unwrap();
    let at = common::texts(&care, "fips").iter().position(|code| code == fips).unwrap();
    let told = places[fips]["care"][0][2].as_f64();
    assert_eq!(told, index.get(at).map(|index| (index * 100.0).round() / 100.0));

    for name in ["index.html", "page.js", "frame.js", "charts.js", "site.js", "site.css"] {
        let text = std::fs::read_to_string(site.join(name)).unwrap().replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("http://") && !text.contains("https://"), "{name} loads from a network");
    }
}

#[test]
fn a_folder_without_a_run_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let status = program(&["report"]).arg(folder.path()).arg("--site").arg(&site).status().unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(!site.exists());
}

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countycast"));
    command.args(args).env_remove("COUNTYCAST_DATA_DIR").env_remove("HOME").env_remove("XDG_CACHE_HOME");
    command
}

/// The JSON values that a data file hands to the page.
fn arguments(file: &Path, call: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    serde_json::from_str(&format!("[{}]", text.strip_prefix(call).unwrap().strip_suffix(");\n").unwrap())).unwrap()
}
