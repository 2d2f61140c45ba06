//! Past weeks of a hub: scores by place, date, horizon and season, pictures, and weeks that are used again.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::live::{self, reference};
use common::{files, numbers, program, scratch, succeed, table, texts};
use countycast_engine::Date;
use countycast_engine::weekly::Week;
use serde_json::Value;

/// Five dates, of which every state has twenty tasks.
fn dates() -> Vec<Week> {
    (0..5).map(|place| reference().plus(place - 8)).collect()
}

fn data(folder: &Path) -> std::path::PathBuf {
    let data = folder.join("data");
    live::write(&data, reference().plus(-1));
    live::write_teams(&data, &dates());
    data
}

/// Evaluates into a folder; returns what the summary says.
fn evaluate(data: &Path, out: &Path, more: &[&str]) -> Value {
    let mut command = program(&["evaluate", "--hub", "flusight", "--quiet"]);
    command.args(more).arg("--data").arg(data).arg("--out").arg(out);
    succeed(command);
    serde_json::from_slice(&fs::read(out.join("summary.json")).unwrap()).unwrap()
}

/// What lies under `hub`.
fn under_hub(out: &Path) -> BTreeMap<String, Vec<u8>> {
    files(out).into_iter().filter(|(name, _)| name.starts_with("hub/")).collect()
}

/// The rows of a CSV file, by column.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

/// Relative scores by the rule's words, from a score a model and task: geometric means of the ratios of mean scores over the tasks
/// that two models share, divided by the baseline's.
fn relative(scores: &BTreeMap<String, BTreeMap<String, f64>>, model: &str) -> f64 {
    let mean = |of: &str| {
        let ratio = |other: &BTreeMap<String, f64>| {
            let own = &scores[of];
            let common: Vec<&String> = own.keys().filter(|task| other.contains_key(*task)).collect();
            let sum = |of: &BTreeMap<String, f64>| common.iter().map(|task| of[*task]).sum::<f64>();
            (sum(own) / sum(other)).ln()
        };
        scores.values().map(ratio).sum::<f64>() / scores.len() as f64
    };
    (mean(model) - mean("FluSight-baseline")).exp()
}

#[test]
fn scores_are_told_by_place_date_horizon_and_season_and_drawn() {
    let folder = scratch();
    let (data, out) = (data(folder.path()), folder.path().join("out"));
    let summary = evaluate(&data, &out, &[]);
    let hub = out.join("hub/flusight");

    // Groups of the table of all tasks' scores, by the rule's words.
    let tasks = table(&hub.join("scores.parquet"));
    let [models, locations] = ["model", "location"].map(|name| texts(&tasks, name));
    let days = tasks.column("reference_date").unwrap().cast(&polars::prelude::DataType::Int32).unwrap();
    let date = |days: i32| Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(days)).to_string();
    let days: Vec<String> = days.i32().unwrap().iter().map(|day| date(day.unwrap())).collect();
    let [horizons, wis] = ["horizon", "wis"].map(|name| numbers(&tasks, name));
    let grouped = |by: &str, value: &str| {
        let mut scores: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for row in 0..models.len() {
            let own = match by {
                "location" => locations[row].clone(),
                "reference_date" => days[row].clone(),
                "horizon" => horizons[row].to_string(),
                _ => value.to_owned(),
            };
            if own == value {
                let task = format!("{} {} {}", locations[row], days[row], horizons[row]);
                scores.entry(models[row].clone()).or_default().insert(task, wis[row]);
            }
        }
        scores
    };
    let table = rows(&hub.join("relative.csv"));
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &table {
        let expected = relative(&grouped(&row["by"], &row["value"]), &row["model"]);
        let told: f64 = row["relative_wis"].parse().unwrap();
        assert!((told - expected).abs() < 2e-6, "{row:?}: {expected}");
        if row["model"] == "countycast-blend" {
            groups.entry(&row["by"]).or_default().push(&row["value"]);
        }
    }
    assert_eq!(groups["horizon"], ["0", "1", "2", "3"]);
    assert_eq!(groups["season"], ["2025/26"]);
    assert_eq!(groups["reference_date"], dates().iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!((groups["location"].len(), groups["all"].len()), (12, 1), "the nation is left out");
    let colorado = table.iter().find(|row| row["value"] == "08").unwrap();
    assert_eq!((colorado["name"].as_str(), colorado["tasks"].as_str()), ("Colorado", "20"));

    // The summary has the same, and says where the blend is behind.
    let told = |row: &&Value| row["model"] == "countycast-blend";
    let blend = summary["hubs"][0]["targets"].as_array().unwrap().iter().find(told).unwrap();
    let all = table.iter().find(|row| row["by"] == "all" && row["model"] == "countycast-blend").unwrap();
    assert!((blend["relative_wis"].as_f64().unwrap() - all["relative_wis"].parse::<f64>().unwrap()).abs() < 1e-6);
    let behind = &summary["hubs"][0]["behind"][0];
    let worse = table.iter().filter(|row| {
        row["by"] == "location"
            && row["model"] == "countycast-blend"
            && row["relative_wis"].parse::<f64>().unwrap() > 1.0
    });
    assert_eq!(
        (behind["places"].as_u64(), behind["worse_places"].as_array().unwrap().len()),
        (Some(12), worse.count())
    );

    // Coverage at half is that of the table of tasks.
    let narrowest: Vec<Option<f64>> = tasks.column("narrowest").unwrap().f64().unwrap().iter().collect();
    let own = (0..models.len()).filter(|row| models[*row] == "countycast-blend");
    let held = own.clone().filter(|row| narrowest[*row].is_some_and(|narrowest| narrowest < 0.51)).count();
    let coverage = rows(&hub.join("coverage.csv"));
    let half = coverage
        .iter()
        .find(|row| row["model"] == "countycast-blend" && row["horizon"].is_empty() && row["interval"] == "0.5");
    let told: f64 = half.unwrap()["held"].parse().unwrap();
    assert!((told - held as f64 / own.count() as f64).abs() < 1e-6);

    for chart in ["models", "over_time", "places", "coverage", "fans"] {
        let text = fs::read_to_string(hub.join(format!("pictures/flu-ed_{chart}.svg"))).unwrap();
        assert!(text.contains("FluSight") && text.ends_with("</svg>\n"), "{chart}");
    }
    let places = fs::read_to_string(hub.join("pictures/flu-ed_places.svg")).unwrap();
    assert!(places.contains("Colorado") && places.contains("of 12"));
}

#[test]
fn weeks_of_the_same_program_settings_and_files_are_used_again_and_a_damaged_one_is_told_and_made_again() {
    let folder = scratch();
    let (data, out) = (data(folder.path()), folder.path().join("out"));
    let [first, last] = [dates()[0], dates()[1]].map(|week| week.to_string());
    let range = ["--from", first.as_str(), "--to", last.as_str()];
    let lake = folder.path().join("kept");
    let wednesday = dates()[0].wednesday().to_string();
    let mut project = program(&["project", "--quiet", "--signal", "all", "--as-of", &wednesday]);
    project.arg("--data").arg(&data).arg("--out").arg(folder.path().join("run")).arg("--lake").arg(&lake);
    succeed(project);
    let kept = files(&lake);

    // A week of `project` is that of the evaluation, and its lake is only read.
    let lakes = ["--lake", lake.to_str().unwrap()];
    let summary = evaluate(&data, &out, &[&range[..], &lakes[..]].concat());
    assert_eq!(summary["reused"], 1);
    assert_eq!(files(&lake), kept);
    let other = folder.path().join("other");
    assert_eq!(evaluate(&data, &other, &range)["reused"], 0);
    let whole = under_hub(&other);
    assert_eq!(under_hub(&out), whole, "forecast or used again, the result is the same");
    let again = evaluate(&data, &other, &range);
    assert_eq!((&again["reused"], under_hub(&other) == whole), (&Value::from(2), true));

    // A damaged week is told.
    let part = other.join(format!("lake/signals/reference_date={last}/part.parquet"));
    let mut bytes = fs::read(&part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&part, bytes).unwrap();
    let summary = evaluate(&data, &other, &range);
    assert_eq!((&summary["reused"], under_hub(&other) == whole), (&Value::from(1), true));
    let notices = summary["notices"].to_string();
    assert!(notices.contains(&format!("lake: the kept week of {last} is made again")), "{notices}");
    assert!(notices.contains("is damaged"), "{notices}");
    assert_eq!(evaluate(&data, &other, &range)["reused"], 2);

    // Other settings are other weeks.
    let settings = folder.path().join("settings.toml");
    fs::write(&settings, "seed = 1\n").unwrap();
    let seeded = ["--config", settings.to_str().unwrap()];
    assert_eq!(evaluate(&data, &other, &[&range[..], &seeded[..]].concat())["reused"], 0);
}

#[test]
fn a_damaged_week_of_a_lake_is_told_and_left_out_by_runs_and_sites() {
    let folder = scratch();
    let data = folder.path().join("data");
    live::write(&data, reference().plus(-1));
    let [lake, site] = ["lake", "site"].map(|name| folder.path().join(name));
    let project = |day: &str, out: &str| {
        let mut project = program(&["project", "--quiet", "--signal", "flu-ed", "--as-of", day]);
        project.arg("--data").arg(&data).arg("--out").arg(folder.path().join(out)).arg("--lake").arg(&lake);
        succeed(project);
        common::manifest(&folder.path().join(out))
    };
    for day in ["2025-12-17", "2025-12-24", "2025-12-31"] {
        project(day, "earlier");
    }
    let week = lake.join("signal_runs/reference_date=2025-12-27/_run.json");
    let text = fs::read_to_string(&week).unwrap();
    fs::write(&week, text.replacen("2025-12-24", "2025-12-23", 1)).unwrap();
    let told = "lake: skipped the week of 2025-12-27";
    let manifest = project("2026-01-07", "out");
    assert!(manifest["notices"].to_string().contains(told), "{}", manifest["notices"]);
    // Two weeks are left: of 13 areas, horizons 0 to 2 of the one and 0 of the other are published.
    assert_eq!(manifest["held"]["flu-ed"]["weeks"], 13 * 4);

    let mut report = program(&["report", "--quiet"]);
    report.arg(folder.path().join("out")).arg("--past").arg(&lake).arg("--site").arg(&site);
    succeed(report);
    let summary = fs::read_to_string(site.join("data/summary.js")).unwrap();
    assert!(summary.contains(told), "the site says so");
    let nation = fs::read_to_string(site.join("data/US.js")).unwrap();
    let nation = nation.strip_prefix("countycast.places(\"US\",").unwrap().strip_suffix(");\n").unwrap();
    let nation: Value = serde_json::from_str(nation).unwrap();
    assert_eq!(nation["US"]["flu-ed"]["told"].as_array().unwrap().len(), 2, "what the lake has of earlier weeks");
}
