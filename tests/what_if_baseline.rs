//! The baseline of a what-if is the projection of `project`, and what changes nothing leaves it as it is.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{demo, files, numbers, program, scratch, succeed, table, texts};

/// Two mechanistic engines would take long where one tells as much.
const ENGINES: &str = "flat,trend,seir";
const DAYS: &str = "30";

/// The program with settings that both commands share.
fn run(command: &str, folder: &Path, out: &str, more: &[&str]) -> Command {
    fs::write(folder.join("config.toml"), "draws = 100\n[blend]\nhindcast_weeks = 0\n").unwrap();
    let mut program = program(&[command, "--quiet", "--horizon", DAYS, "--data"]);
    program.arg(demo()).arg("--config").arg(folder.join("config.toml")).arg("--out").arg(folder.join(out)).args(more);
    program
}

/// Target, resolution, horizon and thousandths of the quantile level, in one line.
type Key = String;

/// Values of the blend in a place, under a scenario where there are several.
fn blend(file: &Path, fips: &str, scenario: Option<&str>) -> BTreeMap<Key, f64> {
    let table = table(file);
    let [of, model, target, resolution] = ["fips", "model", "target", "resolution"].map(|column| texts(&table, column));
    let [horizon, level, value] = ["horizon", "quantile", "value"].map(|column| numbers(&table, column));
    let under = scenario.map(|name| (texts(&table, "scenario"), name));
    let wanted = |i: &usize| {
        of[*i] == fips && model[*i] == "blend" && under.as_ref().is_none_or(|(names, name)| names[*i] == *name)
    };
    let row = |i: usize| (format!("{} {} {} {}", target[i], resolution[i], horizon[i], level[i]), value[i]);
    let found: BTreeMap<Key, f64> = (0..value.len()).filter(wanted).map(row).collect();
    assert!(found.len() > 1_000, "{} rows of {fips} in {}", found.len(), file.display());
    found
}

/// A county that its own engines project, one that falls back on its state, and that state.
fn places(counties: &Path) -> [String; 3] {
    let table = table(counties);
    let (fips, phase) = (texts(&table, "fips"), texts(&table, "phase"));
    let first = |wanted: &str| {
        let mut all = fips.iter().zip(&phase).filter(|(fips, phase)| fips.len() == 5 && *phase == wanted);
        all.next().unwrap().0.clone()
    };
    let fallback = first("fallback");
    let state = fallback[..2].to_owned();
    [first("independent"), fallback, state]
}

#[test]
fn the_baseline_is_the_projection_of_project_and_no_change_changes_nothing() {
    let folder = scratch();
    succeed(run("project", folder.path(), "run", &["--engines", ENGINES]));
    let projections = folder.path().join("run/projections.parquet");
    let places = places(&folder.path().join("run/counties.parquet"));
    let asked = places.join(",");
    let settings = ["--engines", ENGINES, "--fips", &asked, "--set", "masks.strength=[0,0.8]"];
    succeed(run("what-if", folder.path(), "asked", &settings));
    let scenarios = folder.path().join("asked/projections.parquet");
    for place in &places {
        let baseline = blend(&scenarios, place, Some("baseline"));
        assert_eq!(baseline, blend(&projections, place, None), "{place}");
        assert_eq!(baseline, blend(&scenarios, place, Some("masks 0")), "{place}: masks that nobody wears");
        let masks = blend(&scenarios, place, Some("masks 0.8"));
        let total = format!("cum case day {DAYS} 0.5");
        assert!(masks[&total] < baseline[&total], "{place}: {} of {}", masks[&total], baseline[&total]);
    }
}

#[test]
fn a_states_baseline_does_not_depend_on_what_is_asked_beside_it() {
    let folder = scratch();
    succeed(run("project", folder.path(), "run", &["--engines", ENGINES, "--state", "NE"]));
    succeed(run(
        "what-if",
        folder.path(),
        "asked",
        &["--engines", ENGINES, "--state", "NE", "--set", "masks.strength=1"],
    ));
    let baseline = blend(&folder.path().join("asked/projections.parquet"), "31", Some("baseline"));
    assert_eq!(baseline, blend(&folder.path().join("run/projections.parquet"), "31", None));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = scratch();
    let settings = ["--engines", ENGINES, "--fips", "31005,19001,31", "--set", "stay_at_home.strength=0.5"];
    let run = |out: &str, jobs: &str| {
        succeed(run("what-if", folder.path(), out, &[&settings[..], &["--jobs", jobs]].concat()));
        files(&folder.path().join(out))
    };
    common::assert_same(&run("one", "1"), &run("three", "3"));
}

#[test]
fn with_a_lake_nothing_is_trained_and_the_baseline_is_that_of_the_run_which_filled_it() {
    let folder = scratch();
    let lake: PathBuf = folder.path().join("lake");
    let learning = ["--learn", "--lake", lake.to_str().unwrap(), "--engines", "flat,learner,seir"];
    succeed(run("project", folder.path(), "run", &learning));
    let before = files(&lake);
    let more = ["--fips", "31005", "--format", "json", "--set", "masks.strength=0.8"];
    succeed(run("what-if", folder.path(), "asked", &[&learning[..], &more].concat()));
    common::assert_same(&before, &files(&lake));
    let baseline = blend(&folder.path().join("asked/projections.parquet"), "31005", Some("baseline"));
    assert_eq!(baseline, blend(&folder.path().join("run/projections.parquet"), "31005", None));
    let told = fs::read_to_string(folder.path().join("asked/effects.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let (notices, as_of) = (told["notices"].to_string(), told["as_of"].as_str().unwrap());
    for engine in ["learner", "seir"] {
        assert!(notices.contains(&format!("lake: {engine} as trained on {as_of}")), "{notices}");
    }
    let nowhere = folder.path().join("nowhere");
    let settings = ["--learn", "--lake", nowhere.to_str().unwrap(), "--set", "masks.strength=1"];
    let refused = run("what-if", folder.path(), "none", &settings).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(!nowhere.exists() && common::text(&refused.stderr).contains("no such folder"));
}
