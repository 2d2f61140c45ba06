//! `countycast evaluate`: past days are projected, kept and scored.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{QUICK, demo, files, program, scratch, succeed, text};

fn evaluate(folder: &Path, out: &str, to: &str, more: &[&str]) -> Command {
    let mut command = program(&["evaluate", "--quiet", "--from", "2020-09-19", "--to", to, "--data"]);
    command.arg(demo()).arg("--out").arg(folder.join(out)).arg("--config").arg(folder.join("quick.toml")).args(more);
    command
}

fn summary(out: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(out.join("summary.json")).unwrap()).unwrap()
}

#[test]
fn days_side_by_side_are_scored_as_one_after_the_other() {
    let folder = scratch();
    succeed(evaluate(folder.path(), "one", "2020-10-03", &["--jobs", "1"]));
    succeed(evaluate(folder.path(), "eight", "2020-10-03", &["--jobs", "8"]));
    let [one, eight] = ["one", "eight"].map(|out| {
        let mut found = files(&folder.path().join(out));
        found.retain(|path, _| !path.ends_with("run.json"));
        found
    });
    for name in ["scores.parquet", "summary.json", "score_over_time.svg", "coverage.svg", "fans.svg"] {
        assert!(one.contains_key(name), "{name} is not among {:?}", one.keys());
    }
    common::assert_same(&one, &eight);
}

#[test]
fn more_days_make_only_those_that_are_missing() {
    let folder = scratch();
    let made = |day: &str| std::fs::metadata(folder.path().join("out/runs").join(day).join("run.json")).unwrap();
    succeed(evaluate(folder.path(), "out", "2020-09-26", &[]));
    let first = made("2020-09-19").modified().unwrap();
    succeed(evaluate(folder.path(), "out", "2020-10-03", &[]));
    assert_eq!(made("2020-09-19").modified().unwrap(), first);
    let days = ["2020-09-19", "2020-09-26", "2020-10-03"];
    assert_eq!(summary(&folder.path().join("out"))["as_of"], serde_json::json!(days));
    // Other settings: what is there is not what was asked for.
    succeed(evaluate(folder.path(), "out", "2020-09-19", &["--engines", "flat,trend"]));
    assert!(made("2020-09-19").modified().unwrap() > first);
}

#[test]
fn an_ablation_scores_the_blend_without_each_member_and_the_learner_without_each_group() {
    let folder = scratch();
    let models = |out: &str| -> std::collections::BTreeSet<String> {
        let summary = summary(&folder.path().join(out));
        let rows = summary["ablation"].as_array().unwrap().clone();
        rows.iter().map(|row| row["model"].as_str().unwrap().to_owned()).collect()
    };
    succeed(evaluate(folder.path(), "plain", "2020-09-19", &[]));
    assert!(models("plain").is_empty());
    succeed(evaluate(folder.path(), "members", "2020-09-19", &["--ablate"]));
    let members = ["blend", "blend, without curve", "blend, without flat", "blend, without trend"];
    assert_eq!(models("members"), members.map(str::to_owned).into());
    let small = format!("{QUICK}[engines.learner]\ntrees = 10\nrough_trees = 5\ndepth = 3\nerror_weeks = 2\n");
    std::fs::write(folder.path().join("quick.toml"), small).unwrap();
    succeed(evaluate(folder.path(), "learner", "2020-09-19", &["--ablate", "--engines", "flat,learner"]));
    let found = models("learner");
    for name in ["learner", "learner, without nation", "learner, without place", "learner, from half of the past days"]
    {
        assert!(found.contains(name), "{name} is not among {found:?}");
    }
}

#[test]
fn dates_that_cannot_be_are_refused() {
    let folder = scratch();
    let output = evaluate(folder.path(), "out", "2020-09-01", &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("2020-09-19") && !folder.path().join("out").exists(),
        "{}",
        text(&output.stderr)
    );
}
