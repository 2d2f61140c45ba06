//! Archives of earlier versions become lakes.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{demo, files, program, scratch, succeed, table, text, texts};
use polars::prelude::{Column, DataFrame, ParquetWriter};
use serde_json::Value;

/// A day of a lake in the layout that archives had.
fn as_archive(lake: &Path, archive: &Path, day: &str) {
    let mut manifest: Value =
        serde_json::from_slice(&fs::read(lake.join(format!("runs/as_of={day}/_run.json"))).unwrap()).unwrap();
    let mut files = Vec::new();
    for (new, old) in
        [("projections", "projections"), ("counties", "places"), ("counts", "observations"), ("scores", "scores")]
    {
        let mut frame = table(&lake.join(format!("{new}/as_of={day}/part.parquet")));
        match new {
            "projections" => frame = frame.drop("target_end_date").unwrap(),
            "counties" => {
                let phase = texts(&frame, "phase");
                let independent: Vec<bool> = phase.iter().map(|phase| phase == "independent").collect();
                let names = ["fips", "population", "rt_lower_90", "rt", "rt_upper_90"];
                let mut columns: Vec<Column> = names.iter().map(|name| frame.column(name).unwrap().clone()).collect();
                columns.insert(2, Column::new("independent".into(), independent));
                frame = DataFrame::new(phase.len(), columns).unwrap();
            }
            _ => {}
        }
        let name = format!("{old}/as_of={day}/part.parquet");
        let path = archive.join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        ParquetWriter::new(fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
        let bytes = fs::read(&path).unwrap();
        files.push(serde_json::json!({
            "path": name, "bytes": bytes.len(), "sha256": countycast::panel::sha256(&bytes),
        }));
    }
    manifest["files"] = files.into();
    let path = archive.join(format!("manifests/as_of={day}/run.json"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

fn migrate(archive: &Path, lake: &Path) -> Output {
    program(&["data", "migrate", "--format", "json"]).arg(archive).arg("--into").arg(lake).output().unwrap()
}

#[test]
fn days_of_an_archive_are_those_of_a_lake_and_what_is_damaged_is_left_out() {
    let folder = scratch();
    let folder = folder.path();
    let settings =
        "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"trend\"]\n[blend]\nhindcast_weeks = 0\n";
    fs::write(folder.join("quick.toml"), settings).unwrap();
    let [lake, archive, new] = ["lake", "archive", "new"].map(|name| folder.join(name));
    for day in ["2020-10-10", "2020-10-17", "2020-10-24"] {
        let lake = lake.to_str().unwrap();
        succeed(common::project(demo(), folder, "out", &["--lake", lake, "--as-of", day]));
        as_archive(Path::new(lake), &archive, day);
    }
    let damaged = archive.join("places/as_of=2020-10-10/part.parquet");
    let whole = fs::read(&damaged).unwrap();
    fs::write(&damaged, &whole[..100]).unwrap();

    // An archive is no lake any more, and says what to do.
    let refused = common::project(demo(), folder, "out", &["--lake", archive.to_str().unwrap()]).output().unwrap();
    let told = text(&refused.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(refused.status.code() == Some(2) && told.contains("data migrate"), "{told}");

    let before = files(&archive);
    let output = migrate(&archive, &new);
    let done: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&done["days"], &done["weeks"], &done["known"]), (&2.into(), &0.into(), &0.into()), "{done}");
    assert!(done["skipped"].to_string().contains("2020-10-10") && done["skipped"].to_string().contains("damaged"));
    assert!(files(&archive) == before, "the archive is as it was");
    for day in ["2020-10-17", "2020-10-24"] {
        for name in ["projections", "counts", "scores", "runs"] {
            let part = format!("{name}/as_of={day}/part.parquet");
            assert!(fs::read(lake.join(&part)).unwrap() == fs::read(new.join(&part)).unwrap(), "{part} differs");
        }
        let [kept, migrated] =
            [&lake, &new].map(|lake| table(&lake.join(format!("counties/as_of={day}/part.parquet"))));
        assert_eq!(kept.schema(), migrated.schema());
        assert_eq!(texts(&kept, "phase"), texts(&migrated, "phase"));
    }
    // It goes on where it ended, and a run learns from what it made.
    fs::write(&damaged, whole).unwrap();
    let done: Value = serde_json::from_slice(&migrate(&archive, &new).stdout).unwrap();
    assert_eq!((&done["days"], &done["known"], done["skipped"].as_array().unwrap().len()), (&1.into(), &2.into(), 0));
    let learn = ["--learn", "--lake", new.to_str().unwrap(), "--as-of", "2020-10-24", "--state", "IA"];
    succeed(common::project(demo(), folder, "learned", &learn));
    assert_eq!(common::manifest(&folder.join("learned"))["learned_from_days"], 2);
    // A manifest that names what lies elsewhere is none.
    let manifest = archive.join("manifests/as_of=2020-10-24/run.json");
    let hostile = fs::read_to_string(&manifest).unwrap().replace("scores/as_of=", "../../scores/as_of=");
    fs::write(&manifest, hostile).unwrap();
    let done: Value = serde_json::from_slice(&migrate(&archive, &folder.join("other")).stdout).unwrap();
    assert!(done["skipped"].to_string().contains("which lies outside") && done["days"] == 2, "{done}");
    let refused = migrate(&lake, &new);
    let told = text(&refused.stdout);
    assert!(refused.status.code() == Some(2) && told.contains("it has no folder `manifests`"), "{told}");
}
