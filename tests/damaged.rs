//! Damaged and mixed folders of runs are refused, never shown.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{demo, program, scratch, succeed, text};

fn show(out: &Path) -> Output {
    program(&["show", "Iowa", "--out"]).arg(out).output().unwrap()
}

fn report(out: &Path, site: &Path) -> Output {
    program(&["report", "--quiet"]).arg(out).arg("--site").arg(site).output().unwrap()
}

#[test]
fn a_file_that_is_not_the_runs_is_refused_by_show_and_report() {
    let folder = scratch();
    let (out, other, site) = (folder.path().join("out"), folder.path().join("other"), folder.path().join("site"));
    succeed(common::project(demo(), folder.path(), "out", &["--state", "IA"]));
    succeed(common::project(demo(), folder.path(), "other", &["--state", "IA", "--seed", "7"]));
    assert!(show(&out).status.success() && report(&out, &site).status.success());
    let files = ["projections.parquet", "counties.parquet", "capacity.parquet", "care.parquet"];
    for (number, name) in files.into_iter().enumerate() {
        let path = out.join(name);
        let whole = fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 4;
        // A changed byte, a cut, and a whole file of another run.
        let mut damages = vec![flipped, whole[..whole.len() - 9].to_vec()];
        damages.extend(fs::read(other.join(name)).ok().filter(|found| *found != whole));
        for damaged in damages {
            fs::write(&path, damaged).unwrap();
            for output in [report(&out, &site), show(&out)].into_iter().take(if number < 2 { 2 } else { 1 }) {
                let message = text(&output.stderr);
                assert_eq!(output.status.code(), Some(2), "{message}");
                assert!(message.contains(name) && message.contains("is damaged, or of another run"), "{message}");
                assert!(
                    message.contains("help: run `countycast project` again") && output.stdout.is_empty(),
                    "{message}"
                );
            }
        }
        fs::write(&path, whole).unwrap();
    }
    assert!(show(&out).status.success());
    fs::remove_file(out.join("projections.parquet")).unwrap();
    assert_eq!(show(&out).status.code(), Some(2));
}

#[test]
fn a_damaged_day_of_an_evaluation_is_projected_again() {
    let folder = scratch();
    let out = folder.path().join("out");
    let evaluate = || {
        let mut command = program(&["evaluate", "--quiet", "--from", "2020-09-19", "--to", "2020-09-19", "--data"]);
        command.arg(demo()).arg("--out").arg(&out).arg("--config").arg(folder.path().join("quick.toml"));
        succeed(command);
        let summary: serde_json::Value = serde_json::from_slice(&fs::read(out.join("summary.json")).unwrap()).unwrap();
        (summary["reused"].clone(), fs::read(out.join("scores.parquet")).unwrap())
    };
    let (_, scores) = evaluate();
    let path = out.join("runs/2020-09-19/projections.parquet");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&path, bytes).unwrap();
    let (reused, again) = evaluate();
    assert_eq!(reused, 0);
    assert!(again == scores, "the scores are those of the whole day");
    assert_eq!(evaluate().0, 1);
}
