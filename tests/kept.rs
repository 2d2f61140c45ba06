//! The lake: filled by hindcasts, the same after a repeated day, unharmed by what is damaged or by two runs at once.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{bytes, demo, files, manifest, numbers, scratch, succeed, table, text, texts};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tempfile::TempDir;

/// Two weeks of hindcasts.
const SETTINGS: &str =
    "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"trend\"]\n[blend]\nhindcast_weeks = 2\n";

fn folder() -> TempDir {
    let folder = scratch();
    fs::write(folder.path().join("quick.toml"), SETTINGS).unwrap();
    folder
}

fn project(folder: &Path, out: &str, as_of: &str, more: &[&str]) -> Command {
    let lake = folder.join("lake").display().to_string();
    let arguments = [&["--learn", "--lake", lake.as_str(), "--as-of", as_of], more].concat();
    common::project(demo(), folder, out, &arguments)
}

fn days(folder: &Path, name: &str) -> Vec<String> {
    let mut days: Vec<String> = fs::read_dir(folder.join("lake").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    days.sort();
    days
}

fn notices(out: &Path) -> Vec<String> {
    let notices = manifest(out)["notices"].clone();
    notices.as_array().unwrap().iter().map(|notice| notice.as_str().unwrap().to_owned()).collect()
}

/// Files of the lake; of run reports only that they are there, as they hold times.
fn kept(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(&folder.join("lake"));
    files.iter_mut().filter(|(name, _)| name.ends_with("run.json")).for_each(|(_, bytes)| bytes.clear());
    files
}

#[test]
fn an_empty_lake_is_filled_and_a_repeated_day_changes_nothing() {
    let folder = folder();
    let folder = folder.path();
    succeed(project(folder, "out", "2020-10-24", &[]));
    let found = notices(&folder.join("out"));
    let told = "lake: 2 past days from 2020-10-10 to 2020-10-17 were projected now";
    assert!(found.contains(&told.to_owned()), "{found:?}");
    assert_eq!(manifest(&folder.join("out"))["learned_from_days"], 2);
    let expected = ["as_of=2020-10-10", "as_of=2020-10-17", "as_of=2020-10-24"];
    for name in ["projections", "counties", "counts", "scores", "runs"] {
        assert_eq!(days(folder, name), expected, "{name}");
    }
    let scores = table(&folder.join("lake/scores/as_of=2020-10-24/part.parquet"));
    // Truth of the week before: the first week of one hindcast, the second of the other.
    assert_eq!(numbers(&scores, "horizon").iter().map(|h| *h as u8).collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
    let shares: f64 = {
        let weights = table(&folder.join("lake/weights/as_of=2020-10-24/part.parquet"));
        let of_region =
            |i: &usize| texts(&weights, "stratum")[*i] == "region" && texts(&weights, "target")[*i] == "inc case";
        (0..weights.height()).filter(of_region).map(|i| numbers(&weights, "share")[i]).sum()
    };
    assert!((shares - 1.0).abs() < 1e-9);

    let (before, first) = (kept(folder), bytes(&folder.join("out")));
    succeed(project(folder, "again", "2020-10-24", &[]));
    assert!(kept(folder) == before, "a repeated day changed the lake");
    assert!(!notices(&folder.join("again")).iter().any(|notice| notice.starts_with("lake: ")));
    let mut again = bytes(&folder.join("again"));
    // Only the notice of hindcasts tells the runs apart.
    let (one, two) = (first["projections.parquet"].clone(), again.remove("projections.parquet").unwrap());
    assert!(one == two, "projections differ");
}

#[test]
fn a_run_that_does_not_learn_is_kept_and_says_the_same_as_without_a_lake() {
    let folder = folder();
    let folder = folder.path();
    let lake = folder.join("lake");
    let keep = |out: &str, as_of: &str| {
        let arguments = ["--lake", lake.to_str().unwrap(), "--as-of", as_of];
        succeed(common::project(demo(), folder, out, &arguments));
    };
    keep("first", "2020-10-17");
    keep("kept", "2020-10-24");
    succeed(common::project(demo(), folder, "alone", &["--as-of", "2020-10-24"]));
    common::assert_same(&bytes(&folder.join("kept")), &bytes(&folder.join("alone")));
    let tables = ["capacity", "counties", "counts", "projections", "runs", "scores"];
    assert_eq!(common::names(&lake), tables, "no weights, parameters or models of a run that does not learn");
    let part = |name: &str| lake.join(format!("{name}/as_of=2020-10-24/part.parquet"));
    let [kept, scores, counties] = ["projections", "scores", "counties"].map(|name| table(&part(name)));
    // What the lake says of the blend is what the run says, and places are in the order of their texts.
    let places = texts(&kept, "fips");
    assert!(places.is_sorted() && places.first().unwrap() < places.last().unwrap());
    let said = common::projections(&folder.join("kept"));
    let (models, targets) = (texts(&kept, "model"), texts(&kept, "target"));
    let [resolutions, medians] = [texts(&kept, "resolution"), texts(&kept, "fips")];
    let [horizons, ends, values] = ["horizon", "target_end_date", "q0.5"].map(|name| numbers(&kept, name));
    let mut found = 0;
    for i in (0..kept.height()).filter(|i| models[*i] == "blend" && medians[*i] == "19001") {
        let same = |p: &&common::Projection| {
            (&p.fips, &p.model, &p.target, &p.resolution) == (&places[i], &models[i], &targets[i], &resolutions[i])
                && (p.target_end_date as f64, p.quantile) == (ends[i], 0.5)
                && (f64::from(p.horizon) == horizons[i] || resolutions[i] != "week")
        };
        let said = said.iter().find(same).unwrap();
        assert!((said.value - values[i]).abs() < 0.01, "{} and {}", said.value, values[i]);
        found += 1;
    }
    assert!(found >= 4, "{found} medians of a county");
    assert!(texts(&scores, "model").iter().any(|model| model == "blend"), "the blend is scored, too");
    assert_eq!(counties.height(), table(&folder.join("kept/counties.parquet")).height());
    // What an earlier run of the day had, and this one has not, goes.
    succeed(project(folder, "learned", "2020-10-24", &[]));
    assert!(part("weights").exists());
    keep("kept", "2020-10-24");
    assert!(!part("weights").exists() && !part("parameters").exists());
}

#[test]
fn what_is_damaged_is_named_and_left_where_it_is() {
    let folder = folder();
    let folder = folder.path();
    succeed(project(folder, "out", "2020-10-24", &[]));
    let part: PathBuf = folder.join("lake/projections/as_of=2020-10-17/part.parquet");
    let whole = fs::read(&part).unwrap();
    fs::write(&part, &whole[..whole.len() / 2]).unwrap();
    succeed(project(folder, "out", "2020-10-24", &[]));
    let found = notices(&folder.join("out"));
    let named = |notice: &String| notice.starts_with("lake: skipped") && notice.contains("as_of=2020-10-17");
    assert!(found.iter().any(named), "{found:?}");
    assert_eq!(manifest(&folder.join("out"))["learned_from_days"], 1);
    assert_eq!(fs::read(&part).unwrap(), whole[..whole.len() / 2]);
}

#[test]
fn two_runs_at_once_leave_a_whole_lake() {
    let folder = folder();
    let folder = folder.path();
    let start = |out: &str| project(folder, out, "2020-10-24", &[]).stderr(Stdio::piped()).spawn().unwrap();
    let children = [start("one"), start("two")];
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let [one, two] = ["one", "two"].map(|out| bytes(&folder.join(out)).remove("projections.parquet").unwrap());
    assert!(one == two, "the runs say different things");
    for name in files(&folder.join("lake")).keys() {
        assert!(name.ends_with("/part.parquet") || name.ends_with("/_run.json"), "{name} was left behind");
        if name.ends_with(".parquet") {
            table(&folder.join("lake").join(name));
        }
    }
    succeed(project(folder, "three", "2020-10-24", &[]));
    assert!(!notices(&folder.join("three")).iter().any(|notice| notice.starts_with("lake: ")));
}

#[test]
fn a_run_of_some_places_learns_and_adds_nothing() {
    let folder = folder();
    let folder = folder.path();
    succeed(project(folder, "out", "2020-10-24", &[]));
    let before = kept(folder);
    succeed(project(folder, "some", "2020-10-23", &["--state", "IA"]));
    assert!(kept(folder) == before);
    assert_eq!(manifest(&folder.join("some"))["learned_from_days"], 1, "no week of the other is over");
}

#[test]
fn a_kept_model_is_used_again_where_asked_for() {
    let folder = scratch();
    let folder = folder.path();
    let settings = "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"learner\"]\nmodel_days = 3\n";
    fs::write(folder.join("quick.toml"), format!("{settings}[blend]\nhindcast_weeks = 0\n")).unwrap();
    succeed(project(folder, "out", "2020-10-20", &[]));
    let models = |out: &str| manifest(&folder.join(out))["models"].clone();
    assert_eq!(models("out")[0]["engine"], "learner");
    assert_eq!(models("out")[0]["trained_as_of"], "2020-10-20");
    succeed(project(folder, "later", "2020-10-23", &[]));
    assert_eq!(models("later"), models("out"), "three days later it is used again");
    assert_eq!(models("later")[0]["last_day"], "2020-10-20");
    assert_eq!(days(folder, "models"), ["as_of=2020-10-20"]);
    // Too old, of other settings or another program, or damaged: trained anew.
    succeed(project(folder, "late", "2020-10-24", &[]));
    assert_eq!(models("late")[0]["trained_as_of"], "2020-10-24");
    let skipped = |out: &str, why: &str| {
        assert_ne!(models(out)[0]["trained_as_of"], "2020-10-20");
        let found = notices(&folder.join(out));
        let told = format!("lake: skipped the model of learner of 2020-10-20: {why}");
        assert!(found.contains(&told), "{found:?}");
    };
    succeed(project(folder, "seed", "2020-10-21", &["--seed", "5"]));
    skipped("seed", "it was trained with other settings");
    let kept = folder.join("lake/models/as_of=2020-10-20/learner.json.gz");
    let mut model = String::new();
    GzDecoder::new(fs::File::open(&kept).unwrap()).read_to_string(&mut model).unwrap();
    let build = concat!("\"build\":\"", env!("CARGO_PKG_VERSION"), "-");
    assert!(model.contains(build));
    let mut packed = GzEncoder::new(fs::File::create(&kept).unwrap(), Compression::fast());
    packed.write_all(model.replacen(build, "\"build\":\"of-another-", 1).as_bytes()).unwrap();
    packed.finish().unwrap();
    common::name_again(&folder.join("lake"), "2020-10-20", "models/as_of=2020-10-20/learner.json.gz");
    fs::remove_dir_all(folder.join("lake/models/as_of=2020-10-21")).unwrap();
    succeed(project(folder, "built", "2020-10-21", &[]));
    skipped("built", "another build of the program trained it");
    fs::remove_dir_all(folder.join("lake/models/as_of=2020-10-21")).unwrap();
    fs::write(kept, b"no model").unwrap();
    succeed(project(folder, "damaged", "2020-10-22", &[]));
    assert_eq!(models("damaged")[0]["trained_as_of"], "2020-10-22");
    let found = notices(&folder.join("damaged"));
    assert!(found.iter().any(|n| n.starts_with("lake: skipped") && n.contains("learner.json.gz")), "{found:?}");
}
