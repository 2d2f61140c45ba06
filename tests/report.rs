//! The site says what the run's files say.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

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
    let hub =
        std::fs::read_to_string(out.join(format!("hub/{}-countycast.csv", run["as_of"].as_str().unwrap()))).unwrap();
    let median = places[fips]["forecast"]["weeks"]["blend"][0][3].as_f64().unwrap();
    let row = hub.lines().map(|line| line.split(',').collect::<Vec<_>>()).find(|cells| {
        cells.contains(&fips) && cells.contains(&"inc case") && cells.contains(&"1") && cells.contains(&"0.5")
    });
    let told: f64 = row.expect("the hub file has the county's first week").last().unwrap().parse().unwrap();
    assert!((told - median).abs() <= 0.51, "hub {told}, page {median}");

    for name in ["index.html", "site.js", "charts.js", "site.css"] {
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
    command.args(args).env_remove("COUNTYCAST_DATA_DIR");
    command
}

/// The JSON values that a data file hands to the page.
fn arguments(file: &Path, call: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    serde_json::from_str(&format!("[{}]", text.strip_prefix(call).unwrap().strip_suffix(");\n").unwrap())).unwrap()
}
