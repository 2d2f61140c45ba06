//! A full disk, Ctrl-C and a kill leave the last complete result as it was; the same command then goes on.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{assert_same, bytes, demo, files, project, scratch, succeed, text};
use tempfile::TempDir;

/// Enough draws for a run to last about a second.
const SLOW: &str = "draws = 300\nhorizon_days = 28\nengine_names = [\"flat\", \"trend\", \"curve\"]\n";

fn slow() -> TempDir {
    let folder = scratch();
    fs::write(folder.path().join("quick.toml"), SLOW).unwrap();
    folder
}

/// The run that the tests disturb: one thread, so that there is a middle to be disturbed in.
fn command(folder: &Path) -> Command {
    project(demo(), folder, "out", &["--jobs", "1"])
}

/// What an undisturbed run writes.
fn undisturbed() -> &'static BTreeMap<String, Vec<u8>> {
    static BYTES: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = slow();
        succeed(command(folder.path()));
        bytes(&folder.path().join("out"))
    })
}

/// Puts a complete result of an earlier, other run into OUT.
fn earlier(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    succeed(project(demo(), folder, "out", &["--as-of", "2020-09-12", "--fips", "19001", "--horizon", "7"]));
    files(&folder.join("out"))
}

fn parts(folder: &Path) -> PathBuf {
    folder.join(".out.partial/parts")
}

/// Groups that are complete so far: the nation and three states make four.
fn groups(folder: &Path) -> usize {
    let entries = fs::read_dir(parts(folder)).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    entries.iter().filter(|entry| entry.path().extension().is_some_and(|e| e == "part")).count()
}

/// Waits until at least this many groups are complete, with the run still going on.
fn wait_for(folder: &Path, child: &mut Child, least: usize) {
    let start = Instant::now();
    while groups(folder) < least {
        assert!(start.elapsed() < Duration::from_secs(60), "no {least} groups within a minute");
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it could be disturbed");
        sleep(Duration::from_millis(2));
    }
}

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

fn end(child: Child) -> Output {
    child.wait_with_output().unwrap()
}

/// Runs the same command to its end and compares with the undisturbed run; hub files of earlier days stay.
fn resumes(folder: &Path) {
    succeed(command(folder));
    let mut result = bytes(&folder.join("out"));
    result.retain(|name, _| !name.starts_with("hub/") || name.contains("2020-10-24"));
    assert_same(&result, undisturbed());
    let left: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !["out", "quick.toml"].contains(&name.as_str()))
        .collect();
    assert!(left.is_empty(), "{left:?} were left behind");
}

#[test]
fn a_killed_run_leaves_the_last_result_and_goes_on() {
    let folder = slow();
    let before = earlier(folder.path());
    // Killed at the start, in the middle and near the end, each time going on from what the last left.
    for least in [0, 1, 3] {
        let mut child = start(command(folder.path()));
        wait_for(folder.path(), &mut child, least);
        signal(&child, "-KILL");
        assert_eq!(end(child).status.signal(), Some(9));
        assert_same(&files(&folder.path().join("out")), &before);
    }
    let kept = groups(folder.path());
    assert!(kept >= 3, "{kept} groups");
    resumes(folder.path());
}

#[test]
fn a_run_goes_on_from_the_groups_that_were_complete() {
    let folder = slow();
    let mut child = start(command(folder.path()));
    wait_for(folder.path(), &mut child, 2);
    signal(&child, "-KILL");
    end(child);
    let part = parts(folder.path()).join("19.part");
    let written = fs::metadata(&part).unwrap().modified().unwrap();
    let mut child = start(command(folder.path()));
    wait_for(folder.path(), &mut child, 3);
    assert_eq!(fs::metadata(&part).unwrap().modified().unwrap(), written, "the group was projected again");
    signal(&child, "-KILL");
    end(child);
    // Another run does not take over what was left: other settings would be mixed.
    succeed(project(demo(), folder.path(), "out", &["--seed", "5", "--horizon", "7"]));
    let manifest = common::manifest(&folder.path().join("out"));
    assert_eq!((manifest["seed"].as_u64(), manifest["horizon_days"].as_u64()), (Some(5), Some(7)));
    resumes(folder.path());
}

#[test]
fn a_damaged_part_is_projected_again() {
    let folder = slow();
    let mut child = start(command(folder.path()));
    wait_for(folder.path(), &mut child, 2);
    signal(&child, "-KILL");
    end(child);
    // A changed byte may still be read, as another number.
    let part = parts(folder.path()).join("19.part");
    let mut bytes = fs::read(&part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&part, bytes).unwrap();
    resumes(folder.path());
}

#[test]
fn ctrl_c_stops_cleanly() {
    for name in ["-INT", "-TERM"] {
        let folder = slow();
        let before = earlier(folder.path());
        let mut child = start(command(folder.path()));
        wait_for(folder.path(), &mut child, 1);
        signal(&child, name);
        let output = end(child);
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        let message = text(&output.stderr);
        assert!(message.contains("error: interrupted: the last complete result is untouched"), "{message}");
        assert!(message.contains("run the same command again to resume"), "{message}");
        assert_same(&files(&folder.path().join("out")), &before);
        resumes(folder.path());
    }
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    // No file may grow above so many blocks of 512 bytes: the system refuses to write, as on a full disk.
    for blocks in [0, 100, 600] {
        let folder = slow();
        let before = earlier(folder.path());
        let run = command(folder.path());
        let mut limited = Command::new("sh");
        limited.args(["-c", "trap '' XFSZ; ulimit -f $1; shift; exec \"$@\"", "sh", &blocks.to_string()]);
        limited.arg(run.get_program()).args(run.get_args()).env_remove("COUNTYCAST_DATA_DIR");
        let output = limited.output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{blocks} blocks: {message}");
        assert!(message.starts_with("error: cannot write "), "{message}");
        assert!(message.contains("too large") && message.contains("help: check free space"), "{message}");
        assert_same(&files(&folder.path().join("out")), &before);
        resumes(folder.path());
    }
}

#[test]
fn of_two_runs_into_one_folder_one_is_refused() {
    let folder = slow();
    let mut first = start(command(folder.path()));
    wait_for(folder.path(), &mut first, 1);
    let second = command(folder.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    let message = text(&second.stderr);
    assert!(message.contains("another run is writing to") && message.contains("help: wait for it"), "{message}");
    let first = end(first);
    assert!(first.status.success(), "{}", text(&first.stderr));
    resumes(folder.path());
}
