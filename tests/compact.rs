//! Days of a lake in a file a month: the same rows, in the order of places, whatever happens meanwhile.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{demo, files, numbers, program, scratch, succeed, table, text, texts};
use serde_json::Value;

fn project(folder: &Path, day: &str) {
    let settings = "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"trend\"]\n";
    fs::write(folder.join("quick.toml"), settings).unwrap();
    let lake = folder.join("lake").display().to_string();
    succeed(common::project(demo(), folder, "out", &["--lake", &lake, "--as-of", day]));
}

fn compact(folder: &Path, into: &str) -> Command {
    let mut command = program(&["data", "compact", "--format", "json"]);
    command.arg(folder.join("lake")).arg("--into").arg(folder.join(into));
    command
}

fn done(mut command: Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_month_has_the_rows_of_its_days_and_is_written_again_where_one_has_changed() {
    let folder = scratch();
    let folder = folder.path();
    ["2020-09-26", "2020-10-17", "2020-10-24"].into_iter().for_each(|day| project(folder, day));
    let before = files(&folder.join("lake"));
    let found = done(compact(folder, "months"));
    // Six tables of two months.
    assert_eq!(
        (&found["written"], &found["parts"], &found["unchanged"]),
        (&12.into(), &18.into(), &0.into()),
        "{found}"
    );
    assert!(files(&folder.join("lake")) == before, "the lake is as it was");
    for name in ["projections", "counties", "counts", "scores", "capacity", "runs"] {
        let part = |day: &str| table(&folder.join(format!("lake/{name}/as_of={day}/part.parquet")));
        let (one, other) = (part("2020-10-17"), part("2020-10-24"));
        let month = table(&folder.join(format!("months/{name}/month=2020-10-01/part.parquet")));
        assert_eq!(month.height(), one.height() + other.height(), "{name}");
        assert_eq!(month.get_column_names()[0], "as_of");
        if name == "runs" {
            continue;
        }
        let (places, days) = (texts(&month, "fips"), numbers(&month, "as_of"));
        let rows: Vec<(&String, f64)> = places.iter().zip(days).collect();
        assert!(rows.is_sorted_by(|a, b| a.0 < b.0 || (a.0 == b.0 && a.1 <= b.1)), "{name}: by place, then by day");
    }
    let found = done(compact(folder, "months"));
    assert_eq!((&found["written"], &found["unchanged"]), (&0.into(), &12.into()));
    // Another day is a change of its month alone. Who had opened the file before reads on.
    let mut opened = fs::File::open(folder.join("months/counties/month=2020-10-01/part.parquet")).unwrap();
    let old = fs::read(folder.join("months/counties/month=2020-10-01/part.parquet")).unwrap();
    project(folder, "2020-10-10");
    let found = done(compact(folder, "months"));
    assert_eq!((&found["written"], &found["unchanged"]), (&6.into(), &6.into()));
    let mut read = Vec::new();
    opened.read_to_end(&mut read).unwrap();
    assert!(read == old);

    // What is damaged leaves its month as it was, and is told.
    let kept = files(&folder.join("months"));
    let part = folder.join("lake/counts/as_of=2020-10-24/part.parquet");
    fs::write(&part, "no table").unwrap();
    fs::remove_file(folder.join("months/counts/month=2020-10-01/_parts.json")).unwrap();
    let found = done(compact(folder, "months"));
    assert!(found["skipped"].to_string().contains("counts, 2020-10-01"), "{found}");
    let name = "counts/month=2020-10-01/part.parquet";
    assert!(files(&folder.join("months"))[name] == kept[name]);

    let mut within = program(&["data", "compact"]);
    let refused = within.arg(folder.join("lake")).arg("--into").arg(folder.join("lake/months")).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
    let mut nothing = program(&["data", "compact"]);
    let refused = nothing.arg(folder.join("nowhere")).arg("--into").arg(folder.join("else")).output().unwrap();
    assert!(refused.status.code() == Some(2) && text(&refused.stderr).contains("holds no day or week"));
}

#[test]
fn a_killed_compaction_leaves_whole_files_and_goes_on() {
    let folder = scratch();
    let folder = folder.path();
    ["2020-10-17", "2020-10-24"].into_iter().for_each(|day| project(folder, day));
    done(compact(folder, "whole"));
    let whole = files(&folder.join("whole"));
    for pause in [1, 5, 15, 40, 80] {
        let mut child = compact(folder, "killed").stdout(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(pause));
        let _ = child.kill();
        child.wait().unwrap();
        let left = folder.join("killed");
        for (name, bytes) in if left.exists() { files(&left) } else { Default::default() } {
            assert!(name.ends_with(".new") || whole[&name] == bytes, "{name} is not whole");
        }
    }
    done(compact(folder, "killed"));
    let mut found = files(&folder.join("killed"));
    found.retain(|name, _| !name.ends_with(".new"));
    common::assert_same(&found, &whole);
}
