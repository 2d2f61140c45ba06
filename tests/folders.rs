//! Output folders as people have them: each works, or is refused at once with a remedy.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use common::{demo, names, program, project, scratch, succeed, text};

fn refused(output: &Output, problem: &str, remedy: &str) {
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(problem) && message.contains("help: ") && message.contains(remedy), "{message}");
    // At once: nothing had been read when it was refused.
    assert!(!message.contains("read: …"), "{message}");
}

/// A run of one county, with what is printed while it goes on.
fn told(folder: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = program(&["project", "--fips", "19001", "--data"]);
    command.arg(demo()).arg("--out").arg(out).arg("--config").arg(folder.join("quick.toml")).args(more);
    command
}

#[test]
fn the_folder_behind_a_link_is_written_and_the_link_stays() {
    let folder = scratch();
    let folder = folder.path();
    fs::create_dir(folder.join("disk")).unwrap();
    symlink("disk", folder.join("out")).unwrap();
    for _ in 0..2 {
        succeed(told(folder, &folder.join("out"), &[]));
    }
    assert!(folder.join("out").is_symlink() && folder.join("disk/run.json").exists());
    assert_eq!(names(folder), ["disk", "out", "quick.toml"]);
    symlink("nowhere", folder.join("broken")).unwrap();
    refused(
        &told(folder, &folder.join("broken"), &[]).output().unwrap(),
        "nowhere, which is not there",
        "make that folder",
    );
}

#[test]
fn the_current_folder_is_refused() {
    let folder = scratch();
    let here = folder.path().join("here");
    fs::create_dir(&here).unwrap();
    for out in [".", "..", "../here"] {
        refused(
            &told(folder.path(), Path::new(out), &[]).current_dir(&here).output().unwrap(),
            "current folder",
            "./out",
        );
    }
    succeed({
        let mut command = told(folder.path(), Path::new("out"), &[]);
        command.current_dir(&here);
        command
    });
    assert_eq!((names(folder.path()), names(&here)), (vec!["here".into(), "quick.toml".into()], vec!["out".into()]));
}

#[test]
fn folders_in_the_one_that_is_replaced_are_refused() {
    let folder = scratch();
    let folder = folder.path();
    let out = folder.join("out");
    let inner = |name: &str| out.join(name).display().to_string();
    refused(&told(folder, &out, &["--lake", &inner("lake")]).output().unwrap(), "--lake", "beside each other");
    refused(&told(folder, &out, &["--models", &inner("models")]).output().unwrap(), "--models", "beside each other");
    assert_eq!(names(folder), ["quick.toml"], "nothing is left behind");
    succeed(project(demo(), folder, "out", &["--fips", "19001"]));
    let mut report = program(&["report"]);
    report.arg(&out).arg("--site").arg(out.join("site"));
    refused(&report.output().unwrap(), "--site", "beside each other");
    succeed(project(demo(), folder, "out", &["--fips", "19001"]));
}

#[test]
fn folders_of_others_are_left_alone_by_every_verb() {
    let folder = scratch();
    let mine = folder.path().join("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("diary.txt"), "dear diary").unwrap();
    let space = folder.path().join("space.toml");
    fs::write(&space, "\"engines.trend.rise.cases\" = { low = 0.2, high = 1.0 }\n").unwrap();
    let (data, space, dates) = (demo().to_str().unwrap(), space.to_str().unwrap(), "2020-09-12");
    for verb in [
        &["what-if", "--set", "masks.strength=1", "--data", data][..],
        &["evaluate", "--from", dates, "--to", dates, "--data", data],
        &["tune", "--space", space, "--from", dates, "--to", dates, "--data", data],
        &["project", "--data", data],
    ] {
        refused(&program(verb).arg("--out").arg(&mine).output().unwrap(), "`diary.txt`", "name a new folder");
    }
    refused(&program(&["data", "demo"]).arg(&mine).output().unwrap(), "is not empty", "name a new folder");
    assert_eq!(names(&mine), ["diary.txt"]);
    assert_eq!(names(folder.path()), ["mine", "quick.toml", "space.toml"]);
}

/// Runs a script in which folders may be mounted; none where the system does not allow it.
fn with_mounts(folder: &Path, script: &str) -> Option<Output> {
    let allowed = Command::new("unshare").args(["-Urm", "true"]).output().is_ok_and(|output| output.status.success());
    if !allowed {
        println!("not run: this system lets no test mount a folder");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-ec", script, "sh", env!("CARGO_BIN_EXE_countycast")]).arg(demo()).current_dir(folder);
    Some(command.env_remove("COUNTYCAST_DATA_DIR").output().unwrap())
}

#[test]
fn a_mount_point_is_refused_before_the_work_and_a_folder_in_it_is_written() {
    let folder = scratch();
    fs::create_dir_all(folder.path().join("volume")).unwrap();
    fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
    let run = "\"$1\" project --config quick.toml --fips 19001 --data \"$2\" --out";
    // A folder of the same disk, and another disk.
    for mount in ["mount --bind elsewhere volume", "mount -t tmpfs none volume"] {
        let Some(output) = with_mounts(folder.path(), &format!("{mount}; exec {run} volume")) else { return };
        refused(&output, "is a mount point", "volume/out");
        let output =
            with_mounts(folder.path(), &format!("{mount}; {run} volume/out; test -f volume/out/run.json")).unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

#[test]
fn a_lake_that_cannot_be_written_is_told_before_the_work() {
    let folder = scratch();
    fs::create_dir_all(folder.path().join("lake")).unwrap();
    let run = "\"$1\" project --config quick.toml --data \"$2\" --out out --lake lake";
    let script = format!("mount --bind lake lake; mount -o remount,bind,ro lake; exec {run}");
    let Some(output) = with_mounts(folder.path(), &script) else { return };
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.starts_with("error: cannot write ") && message.contains("lake"), "{message}");
    assert_eq!(names(folder.path()), ["lake", "quick.toml"]);
}
