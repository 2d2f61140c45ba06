//! `countycast evaluate`: past days are projected, kept and scored.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{QUICK, demo, demo_copy, files, program, scratch, succeed, text};

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
fn days_that_are_reused_are_scored_as_when_they_were_new() {
    let folder = scratch();
    let run = || {
        let mut command = program(&["evaluate", "--from", "2020-09-19", "--to", "2020-10-03", "--data"]);
        command.arg(demo()).arg("--out").arg(folder.path().join("out"));
        command.arg("--config").arg(folder.path().join("quick.toml"));
        let output = succeed(command);
        let (mut summary, files) = (summary(&folder.path().join("out")), files(&folder.path().join("out")));
        let reused = summary.as_object_mut().unwrap().remove("reused").unwrap();
        (text(&output.stdout), reused, summary, files["scores.parquet"].clone(), files["fans.svg"].clone())
    };
    // New runs go to the scores from memory, reused ones from their files.
    let (told, reused, summary, scores, fans) = run();
    assert!(!told.contains("reused") && reused == 0, "{told}");
    let again = run();
    assert!(again.0.contains("reused 3 days") && again.1 == 3, "{}", again.0);
    assert!(again.2 == summary && again.3 == scores && again.4 == fans, "scores differ");
}

#[test]
fn days_of_other_files_are_not_reused() {
    let folder = scratch();
    let data = folder.path().join("data");
    demo_copy(&data);
    let reused = || {
        let mut command = program(&["evaluate", "--quiet", "--from", "2020-09-19", "--to", "2020-09-19", "--data"]);
        command.arg(&data).arg("--out").arg(folder.path().join("out"));
        command.arg("--config").arg(folder.path().join("quick.toml"));
        succeed(command);
        summary(&folder.path().join("out"))["reused"].clone()
    };
    assert_eq!([reused(), reused()], [0, 1]);
    let path = data.join("counties/svi_2018.csv");
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + "\n").unwrap();
    assert_eq!([reused(), reused()], [0, 1], "a covariate's file has another hash");
    // A file that no run reads is no reason.
    std::fs::write(data.join("notes.txt"), "nothing").unwrap();
    assert_eq!(reused(), 1);
}

#[test]
fn after_a_day_that_is_new_all_that_learn_from_it_are_new() {
    let folder = scratch();
    let learn = ["--learn"];
    let reused = |to: &str| {
        succeed(evaluate(folder.path(), "out", to, &learn));
        summary(&folder.path().join("out"))["reused"].clone()
    };
    assert_eq!([reused("2020-09-26"), reused("2020-10-03")], [0, 2]);
    std::fs::remove_dir_all(folder.path().join("out/runs/2020-09-26")).unwrap();
    assert_eq!(reused("2020-10-03"), 1);
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
