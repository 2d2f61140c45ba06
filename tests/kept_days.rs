//! A day of a lake is there as a whole or not at all, whatever happened to the run that made it.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{bytes, demo, files, manifest, scratch, succeed};
use tempfile::TempDir;

const DAY: &str = "2020-10-17";

fn folder() -> TempDir {
    let folder = scratch();
    let settings =
        "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"trend\"]\n[blend]\nhindcast_weeks = 2\n";
    fs::write(folder.path().join("quick.toml"), settings).unwrap();
    folder
}

fn run(folder: &Path) -> Command {
    let lake = folder.join("lake").display().to_string();
    common::project(demo(), folder, "out", &["--learn", "--lake", &lake, "--as-of", "2020-10-24"])
}

/// Lake and projections; of manifests only that they are there, as they hold times.
fn result(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = files(&folder.join("lake"));
    found.iter_mut().filter(|(name, _)| name.ends_with("run.json")).for_each(|(_, bytes)| bytes.clear());
    found.insert("out".to_owned(), bytes(&folder.join("out"))["projections.parquet"].clone());
    found
}

fn undisturbed() -> BTreeMap<String, Vec<u8>> {
    let folder = folder();
    succeed(run(folder.path()));
    result(folder.path())
}

fn told(folder: &Path, text: &str) -> bool {
    manifest(&folder.join("out"))["notices"]
        .as_array()
        .unwrap()
        .iter()
        .any(|notice| notice.as_str().unwrap().contains(text))
}

#[test]
fn a_day_without_a_manifest_is_made_again() {
    let whole = undisturbed();
    let begun = folder();
    fs::create_dir_all(begun.path().join(format!("lake/projections/as_of={DAY}"))).unwrap();
    succeed(run(begun.path()));
    common::assert_same(&result(begun.path()), &whole);
    // The same where a manifest is damaged, or a file that it names is gone.
    for file in [format!("runs/as_of={DAY}/_run.json"), format!("counties/as_of={DAY}/part.parquet")] {
        let path = begun.path().join("lake").join(&file);
        if file.ends_with("json") {
            fs::write(&path, "{").unwrap()
        } else {
            fs::remove_file(&path).unwrap()
        }
        succeed(run(begun.path()));
        assert!(told(begun.path(), &format!("1 past days from {DAY} to {DAY} were projected now")));
        common::assert_same(&result(begun.path()), &whole);
    }
}

#[test]
fn hindcasts_that_were_killed_are_finished_by_the_next_run() {
    let whole = undisturbed();
    let folder = folder();
    let pending = folder.path().join("lake/.pending");
    let mut killed = 0;
    // Each time as soon as a day is being written.
    for pause in [0, 1, 3, 10] {
        let mut child = run(folder.path()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        // The folder is there for a moment at the start, too.
        sleep(Duration::from_millis(300));
        while !pending.exists() && child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(120));
        }
        sleep(Duration::from_millis(pause));
        killed += usize::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(killed > 0);
    succeed(run(folder.path()));
    common::assert_same(&result(folder.path()), &whole);
}

#[test]
fn what_a_killed_run_had_completed_is_put_in_place_and_the_rest_is_swept() {
    let folder = folder();
    succeed(run(folder.path()));
    let whole = result(folder.path());
    let lake = folder.path().join("lake");
    // Of a complete day, all is pending but what was moved; another is not complete.
    let pending = lake.join(format!(".pending/as_of={DAY}"));
    for table in ["counties", "runs"] {
        let part = format!("{table}/as_of={DAY}");
        fs::create_dir_all(pending.join(table)).unwrap();
        fs::rename(lake.join(&part), pending.join(&part)).unwrap();
    }
    fs::create_dir_all(lake.join(".pending/as_of=2020-10-10.new/counties")).unwrap();
    // Who only reads finds the day as well.
    let mut some = run(folder.path());
    some.args(["--state", "IA"]);
    succeed(some);
    assert!(pending.exists() && manifest(&folder.path().join("out"))["learned_from_days"] == 2);
    succeed(run(folder.path()));
    common::assert_same(&result(folder.path()), &whole);
}

#[test]
fn a_pipe_among_the_files_does_not_hang() {
    let folder = folder();
    succeed(run(folder.path()));
    for file in ["projections", "runs"].map(|table| folder.path().join(format!("lake/{table}/as_of={DAY}"))) {
        let name = common::names(&file).pop().unwrap();
        fs::remove_file(file.join(&name)).unwrap();
        assert!(Command::new("mkfifo").arg(file.join(&name)).status().unwrap().success());
        let mut child = run(folder.path()).spawn().unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(120), "the run hangs");
            sleep(Duration::from_millis(20));
        };
        assert!(status.success());
        assert!(told(folder.path(), "not a regular file") || told(folder.path(), "1 past days"));
    }
}
