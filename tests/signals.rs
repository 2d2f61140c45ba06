//! Weekly signals: forecasts in the hubs' form, from what was known on the day.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use countycast_signals::{Forecasts, Group, Hubs, Selected, Signals, TargetScores, relative_scores};
use serde_json::Value;

use common::live::{reference, share, write};

fn countycast(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("countycast").unwrap();
    command.args(arguments).env_remove("COUNTYCAST_DATA_DIR");
    command
}

/// Forecasts the reference week into a folder; returns the hub's file.
fn project(data: &Path, out: &Path, jobs: &str) -> String {
    let [data, out_name] = [data, out].map(|path| path.to_str().unwrap());
    countycast(&[
        "project",
        "--data",
        data,
        "--signal",
        "flu-ed",
        "--as-of",
        "2026-01-07",
        "--out",
        out_name,
        "--jobs",
        jobs,
        "--quiet",
    ])
    .assert()
    .success();
    fs::read_to_string(out.join("hub/flusight/countycast-blend/2026-01-10-countycast-blend.csv")).unwrap()
}

#[test]
fn forecasts_are_in_the_hubs_form_the_same_at_any_number_of_threads_and_blind_to_later_days() {
    let folder = tempfile::tempdir().unwrap();
    let (data, later) = (folder.path().join("data"), folder.path().join("later"));
    write(&data, reference().plus(-1));
    write(&later, reference().plus(2));
    let file = project(&data, &folder.path().join("one"), "1");
    assert!(file == project(&data, &folder.path().join("two"), "2"), "the number of threads moves no byte");
    assert!(file == project(&later, &folder.path().join("three"), "2"), "a later report moves no byte");

    // Thirteen areas, five horizons, 23 levels.
    assert_eq!(file.lines().count(), 1 + 13 * 5 * 23);
    let row = |start: &str| -> Vec<f64> {
        let rows = file.lines().filter(|line| line.starts_with(start));
        rows.map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect()
    };
    // The week before was published at 1/1.05 of what it will be; that is foreseen.
    let week = reference().plus(-1);
    let published = row("2026-01-10,wk inc flu prop ed visits,-1,2026-01-03,06,quantile,");
    let last = share(4, week);
    assert!((published[11] / last - 1.0).abs() < 0.015, "{} for {last}", published[11]);
    let next = row("2026-01-10,wk inc flu prop ed visits,1,2026-01-17,06,quantile,");
    assert!(next.is_sorted() && next[0] >= 0.0 && next[22] <= 1.0);
    assert!(next[22] - next[0] > published[22] - published[0], "what lies ahead is less certain");
    let truth = share(4, reference().plus(1));
    assert!(next[0] < truth && truth < next[22], "{next:?} for {truth}");

    // What was written is what the hub takes; a warning names the states that are not in the data.
    let hub_file = folder.path().join("one/hub/flusight/countycast-blend/2026-01-10-countycast-blend.csv");
    let checked = countycast(&["hub", "check", hub_file.to_str().unwrap(), "--hub", "flusight", "--format", "json"]);
    let found: Value = serde_json::from_slice(&{ checked }.assert().success().get_output().stdout).unwrap();
    assert_eq!(found["errors"], 0);
    assert!(found["findings"][0]["message"].as_str().unwrap().contains("40 locations are missing"), "{found}");
}

#[test]
fn every_mistake_in_a_hub_file_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Dept-blend").join("2026-01-10-Dept-blend.csv");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let levels = ["0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.975"];
    let mut good =
        "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value\n".to_owned();
    for horizon in 0..4 {
        let end = reference().plus(horizon);
        for (place, level) in levels.iter().enumerate() {
            let value = 1.0 + place as f64 / 10.0;
            writeln!(good, "2026-01-10,Flu ED visits pct,{horizon},{end},denver,quantile,{level},{value}").unwrap();
        }
    }
    let check = |text: &str| -> (i32, Vec<String>) {
        fs::write(&path, text).unwrap();
        let found = countycast(&["hub", "check", path.to_str().unwrap(), "--hub", "metrocast"]).assert();
        let output = found.get_output();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        // Findings may run over several lines.
        let joined = text.replace("\n   ", "");
        (output.status.code().unwrap(), joined.lines().map(|line| line.trim().to_owned()).collect())
    };
    let (code, found) = check(&good);
    assert_eq!((code, found.len()), (0, 1), "{found:?}");
    assert!(found[0].starts_with("warning: `Flu ED visits pct`: 75 locations are missing"), "{found:?}");
    let first = "2026-01-10,Flu ED visits pct,0,2026-01-10,denver,quantile,0.025,1\n";
    assert!(good.contains(first));
    for (wrong, expected) in [
        (
            "2026-01-10,Flu ED visits pct,0,2026-01-17,denver,quantile,0.025,1\n",
            "error: line 2: target_end_date 2026-01-17 is 7 days off",
        ),
        (
            "2026-01-09,Flu ED visits pct,0,2026-01-10,denver,quantile,0.025,1\n",
            "error: line 2: reference_date 2026-01-09 is no Saturday",
        ),
        ("2026-01-10,Flu ED visits,0,2026-01-10,denver,quantile,0.025,1\n", "error: line 2: target `Flu ED visits`"),
        ("2026-01-10,Flu ED visits pct,4,2026-02-07,denver,quantile,0.025,1\n", "error: line 2: horizon `4`"),
        (
            "2026-01-10,Flu ED visits pct,0,2026-01-10,Denver,quantile,0.025,1\n",
            "error: line 2: location `Denver` is not taken; write `denver`",
        ),
        (
            "2026-01-10,Flu ED visits pct,0,2026-01-10,denver,quantile,0.42,1\n",
            "error: line 2: output_type_id `0.42` is none of the 9 levels",
        ),
        (
            "2026-01-10,Flu ED visits pct,0,2026-01-10,denver,quantile,0.025,many\n",
            "error: line 2: value `many` is not a number",
        ),
        ("2026-01-10,Flu ED visits pct,0,2026-01-10,denver,quantile,0.025,-1\n", "error: line 2: value -1 is negative"),
        (
            "2026-01-10,Flu ED visits pct,0,2026-01-10,denver,quantile,0.025,101\n",
            "error: line 2: value 101 is above 100",
        ),
        (
            "2026-01-10,Flu ED visits pct,0,2026-01-10,denver,quantile,0.025,1.15\n",
            "error: line 2: denver, `Flu ED visits pct`, horizon 0: quantiles cross",
        ),
        ("", "error: line 2: denver, `Flu ED visits pct`, horizon 0: 1 of 9 levels are missing"),
        (&first.repeat(2), "error: line 3: level 0.025 of this task stands twice"),
        ("2026-01-10,Flu ED visits pct,0,2026-01-10,denver,mean,0.025,1\n", "error: line 2: output_type `mean`"),
    ] {
        let (code, found) = check(&good.replace(first, wrong));
        assert_eq!(code, 2, "{wrong}");
        assert!(found.iter().any(|line| line.starts_with(expected)), "{expected} in {found:#?}");
    }
    let (code, found) =
        check(&good.lines().filter(|line| !line.contains(",3,")).map(|l| l.to_owned() + "\n").collect::<String>());
    assert!(code == 2 && found.iter().any(|line| line.contains("horizons 3 are required and missing")), "{found:?}");
    let (code, found) = check(&good.replace("output_type_id", "level"));
    assert!(code == 2 && found.iter().any(|line| line.contains("there is no column `output_type_id`")), "{found:?}");
}

#[test]
fn what_cannot_be_forecast_is_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    write(&data, reference().plus(-1));
    let out = folder.path().join("out");
    let refuse = |arguments: &[&str], expected: &[&str]| {
        let mut all = vec!["project", "--data", data.to_str().unwrap(), "--out", out.to_str().unwrap()];
        all.extend(arguments);
        let found = countycast(&all).assert().code(2);
        let text = String::from_utf8(found.get_output().stderr.clone()).unwrap();
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        expected.iter().for_each(|part| assert!(joined.contains(part), "{part} in {text}"));
        assert!(!out.exists(), "nothing is written");
    };
    refuse(&["--signal", "flu"], &["`flu` is not a weekly signal", "flu-ed", "covid-admissions"]);
    refuse(&["--signal", "rsv-admissions"], &["nothing is known of rsv-admissions"]);
    refuse(&["--signal", "flu-ed", "--horizon", "28"], &["cannot be used with"]);
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let found = countycast(&[
        "project",
        "--signal",
        "flu-ed",
        "--data",
        empty.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]);
    let found = { found }.assert().code(2);
    assert!(String::from_utf8_lossy(&found.get_output().stderr).contains("no file holds a weekly signal"));
}

/// What the independent program finds of a hub's teams.
fn found_by_the_scorer(shared: &str, hub: &str, range: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let [exact, json] = ["score_hub.py", "found.json"].map(|name| folder.path().join(name));
    // The program prints three digits: its text is run as it stands, but for the rounding.
    let text = fs::read_to_string(Path::new(shared).join("../score/score_hub.py")).unwrap();
    assert!(text.contains(".round(3)"), "the scorer rounds elsewhere now");
    fs::write(&exact, text.replace(".round(3)", "")).unwrap();
    let status = std::process::Command::new("python3")
        .arg(exact)
        .args(["--live", &format!("{shared}/live"), "--hub", hub, "--json", json.to_str().unwrap()])
        .args(range)
        .stdout(std::process::Stdio::null())
        .status();
    assert!(status.unwrap().success());
    // Python writes what is not a number as no JSON.
    serde_json::from_str(&fs::read_to_string(json).unwrap().replace("NaN", "null")).unwrap()
}

/// How many numbers of a group of tasks are those of the independent program; fails where one differs.
fn compared(target: &TargetScores, group: &Group, expected: &Value) -> usize {
    let mut compared = 0;
    for model in group.models.iter().filter(|model| model.share >= 0.25) {
        let theirs = &expected[format!("{}|all", target.target)][&model.model];
        let held = |interval: f64| target.held(model, interval);
        let own = [("all", model.relative), ("log", model.relative_log), ("share", Some(model.share))];
        let of_all = ["h0", "h1", "h2", "h3"].into_iter().zip(target.by_horizon(&model.model));
        let horizons = of_all.filter(|_| group.value.is_empty());
        for (column, ours) in own.into_iter().chain(horizons).chain([("c50", held(0.5)), ("c95", held(0.95))]) {
            if let (Some(ours), Some(theirs)) = (ours, theirs[column].as_f64()) {
                let off = (ours - theirs).abs();
                assert!(off <= 1e-6, "{} {} {column}: {ours} for {theirs}", target.target, model.model);
                compared += 1;
            }
        }
    }
    compared
}

/// Scores of every hub and model, and of a season, agree with those of an independent program.
#[test]
#[ignore = "needs the live hubs' data: COUNTYCAST_DATA with a folder `live`, and the scorer beside it"]
fn relative_scores_agree_with_the_independent_scorer() {
    let shared = std::env::var("COUNTYCAST_DATA").unwrap();
    let live = Path::new(&shared).join("live");
    let hubs = Hubs::parse(include_str!("../config/hubs.toml")).unwrap();
    let read = Signals::read(&live, &hubs).unwrap();
    for name in ["metrocast", "flusight", "covid", "rsv"] {
        let hub = hubs.find(name).unwrap();
        let teams = Forecasts::read_teams(&live.join(format!("forecasts_{name}.parquet")), hub).unwrap();
        let scores = relative_scores(hub, &teams, &read, Selected::default());
        let expected = found_by_the_scorer(&shared, name, &[]);
        let numbers: usize = scores.iter().map(|target| compared(target, &target.all, &expected)).sum();
        assert!(numbers >= 50, "{name}: {numbers} numbers compared");
        if name == "flusight" {
            let expected = found_by_the_scorer(&shared, name, &["--from", "2024-08-03", "--to", "2025-07-26"]);
            let season = scores[0].seasons.iter().find(|season| season.value == "2024/25").unwrap();
            assert!(compared(&scores[0], season, &expected) >= 20);
        }
    }
}
