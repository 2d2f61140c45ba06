//! The site of weekly signals says what the run's files say, and the files what was known.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::live::{self, reference, share};
use serde_json::{Value, json};

/// Runs of two weeks into one folder; the folder.
fn run(folder: &Path) -> PathBuf {
    let (data, out) = (folder.join("data"), folder.join("out"));
    live::write(&data, reference().plus(-1));
    live::write_areas(&data, reference().plus(-1));
    for day in ["2025-12-31", "2026-01-07"] {
        let mut project = common::program(&["project", "--quiet", "--signal", "flu-ed", "--as-of", day]);
        project.arg("--data").arg(&data).arg("--out").arg(&out);
        common::succeed(project);
    }
    out
}

/// The site of the run in `out`.
fn site(out: &Path) -> PathBuf {
    let site = out.with_file_name("site");
    let mut report = common::program(&["report", "--quiet"]);
    report.arg(out).arg("--site").arg(&site);
    common::succeed(report);
    site
}

/// The JSON values that a data file hands to the page.
fn arguments(file: &Path, call: &str) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    serde_json::from_str(&format!("[{}]", text.strip_prefix(call).unwrap().strip_suffix(");\n").unwrap())).unwrap()
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let digits = 10_f64.powi(decimals);
    (value * digits).round() / digits
}

/// The blend's quantile of an area at a horizon, in per cent.
fn quantile(file: &Path, area: &str, horizon: f64, level: f64) -> f64 {
    let table = common::table(file);
    let [areas, models] = ["area", "model"].map(|name| common::texts(&table, name));
    let [horizons, levels, values] = ["horizon", "quantile", "value"].map(|name| common::numbers(&table, name));
    let is = |row: &usize| {
        areas[*row] == area && models[*row] == "blend" && horizons[*row] == horizon && levels[*row] == level
    };
    100.0 * values[(0..areas.len()).find(is).unwrap()]
}

#[test]
fn the_site_of_weekly_signals_says_what_the_files_say() {
    let folder = common::scratch();
    let out = run(folder.path());
    let site = site(&out);
    let summary = &arguments(&site.join("data/summary.js"), "countycast.summary(")[0];
    let manifest = common::manifest(&out);
    assert_eq!(summary["referenceDate"], "2026-01-10");
    assert_eq!((&summary["asOf"], &summary["notices"]), (&manifest["as_of"], &manifest["notices"]));
    assert!(summary["notices"].as_array().unwrap().iter().any(|notice| notice.as_str().unwrap().contains("H711")));

    // The week before the reference week is week 53 of 2025, and the next is week 1, of the same season.
    let (weeks, now) = (summary["weeks"].as_array().unwrap(), summary["reference"].as_u64().unwrap() as usize);
    assert_eq!(weeks[now - 2..=now], [json!([2025, 52, 2025]), json!([2025, 53, 2025]), json!([2026, 1, 2025])]);

    // Numbers of the map and tables are those of the forecasts, and what was published that of the history.
    let areas = summary["areas"].as_array().unwrap();
    let area = |code: &str| areas.iter().find(|area| area["area"] == code).unwrap();
    let forecasts = out.join("signals.parquet");
    for code in ["US", "08", "H688", "H154"] {
        let cells = area(code)["outlook"]["flu-ed"].as_array().unwrap();
        assert_eq!(cells[0], now - 1, "{code}: the last published week");
        for (place, horizon) in (2..7).zip([-1.0, 0.0, 1.0, 2.0, 3.0]) {
            let median = rounded(quantile(&forecasts, code, horizon, 0.5), 2);
            assert_eq!(cells[place].as_f64(), Some(median), "{code} at horizon {horizon}");
        }
        let rise: Vec<f64> = cells[7..11].iter().map(|cell| cell.as_f64().unwrap()).collect();
        let marked: Vec<f64> = cells[11..15].iter().map(|cell| cell.as_f64().unwrap()).collect();
        assert!(rise.iter().zip(&marked).all(|(rise, marked)| marked <= rise && *rise <= 99.0), "{code}: {cells:?}");
    }
    assert_eq!(area("08")["name"], "Colorado");
    assert_eq!(area("H688")["name"], "Denver (Denver), CO - Jefferson, CO");
    assert_eq!((&area("H688")["state"], &area("H688")["population"]), (&json!("08"), &json!(1_271_992)));
    let last = area("H711")["outlook"]["flu-ed"][0].as_u64().unwrap() as usize;
    assert_eq!(last, now - 53, "the area that fell silent says since when");
    // Its forecast is its state's, and is told as such; no other's is.
    assert_eq!((&area("H711")["follows"], &area("H688")["follows"]), (&json!({ "flu-ed": "08" }), &json!({})));
    assert_eq!(area("H711")["outlook"]["flu-ed"].as_array().unwrap().len(), 15);

    // A 0 that is taken for a missing report is no last week.
    assert_eq!(
        (&area("H795")["doubted"], &area("H795")["outlook"]["flu-ed"][0]),
        (&json!(["flu-ed"]), &json!(now - 2))
    );
    assert_eq!(area("H688")["doubted"], json!([]));

    // A county is a part of its area, whether anything is published for that or not.
    let counties = summary["counties"].as_array().unwrap();
    let county = |fips: &str| counties.iter().find(|county| county[0] == fips).unwrap();
    assert_eq!((&county("08001")[1], &county("08001")[2]), (&json!("Adams, CO"), &json!("H688")));
    assert_eq!(county("01001")[2], "H151");
    assert!(!areas.iter().any(|area| ["H151", "H760"].contains(&area["area"].as_str().unwrap())));

    // A page has all quantiles, what was published first and is now, and what the week before forecast.
    let state = &arguments(&site.join("data/08.js"), "countycast.places(")[1];
    let course = &state["08"]["flu-ed"];
    let levels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
    for (week, horizon) in [(0, -1.0), (1, 0.0), (4, 3.0)] {
        let told = levels.map(|level| rounded(quantile(&forecasts, "08", horizon, level), 3));
        assert_eq!(course["fan"][week], json!(told), "horizon {horizon}");
    }
    let published = course["published"].as_array().unwrap();
    let first = course["first"].as_array().unwrap();
    let week = reference().plus(-2);
    assert_eq!(published[published.len() - 2].as_f64().unwrap(), rounded(100.0 * share(5, week), 2));
    let earlier = &first[first.len() - 2];
    assert_eq!((&earlier[0], &earlier[2]), (&json!(now - 2), &json!("2025-12-31")));
    assert_eq!(earlier[1].as_f64().unwrap(), rounded(100.0 * share(5, week) / 1.05, 2));
    let told = course["told"].as_array().unwrap();
    assert_eq!((told.len(), &told[0][0]), (1, &json!(now - 1)));
    let before = quantile(&out.join("past/2026-01-03.parquet"), "08", 0.0, 0.5);
    assert_eq!(told[0][1][1][3].as_f64().unwrap(), rounded(before, 3));
    assert!(state.get("H688").is_some() && state.get("H154").is_none(), "areas are with their state");
    assert_eq!(state["H711"]["flu-ed"]["published"].as_array().unwrap().len(), 160 - 52);
    let fan = |area: &str| state[area]["flu-ed"]["fan"][1].as_array().unwrap().clone();
    let wide = |fan: &[Value]| (fan[6].as_f64().unwrap() - fan[0].as_f64().unwrap()) / fan[3].as_f64().unwrap();
    assert!(wide(&fan("H711")) > wide(&fan("H688")), "what was reported long ago is less certain");
}

#[test]
fn what_is_not_a_run_over_weekly_signals_as_it_was_written_is_refused() {
    let folder = common::scratch();
    let out = run(folder.path());
    let refuse = |arguments: &[&str], expected: &str| {
        let mut command = common::program(arguments);
        command.arg(&out);
        let found = command.output().unwrap();
        let text = common::text(&found.stderr);
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert_eq!(found.status.code(), Some(2), "{text}");
        assert!(joined.contains(expected), "{expected} in {text}");
    };
    let site = folder.path().join("none");
    let site = site.to_str().unwrap();
    refuse(&["report", "--site", site, "--data", site], "no data folder is read");
    refuse(&["show", "US", "--out"], "holds forecasts of weekly signals");
    let file = out.join("history.parquet");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    refuse(&["report", "--site", site], "is damaged, or of another run");
    assert!(!Path::new(site).exists());
}
