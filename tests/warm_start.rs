//! `project --learn`: a day's fits begin with what those of the day before found.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::Path;

use common::{demo, numbers, program, scratch, succeed, table};

/// Projects the demonstration panel as of a day; the manifest and the projections' bytes.
fn project(folder: &Path, lake: &str, as_of: &str) -> (serde_json::Value, Vec<u8>) {
    fs::write(folder.join("config.toml"), "draws = 100\n[blend]\nhindcast_weeks = 0\n").unwrap();
    let out = folder.join(format!("out-{lake}-{as_of}"));
    let mut command = program(&["project", "--quiet", "--engines", "flat,seir", "--as-of", as_of, "--data"]);
    command.arg(demo()).arg("--config").arg(folder.join("config.toml")).arg("--out").arg(&out);
    command.arg("--learn").arg("--lake").arg(folder.join(lake));
    succeed(command);
    let manifest = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    (manifest, fs::read(out.join("projections.parquet")).unwrap())
}

/// Copies a folder and all in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn fits_begin_with_the_parameters_of_the_day_before() {
    let folder = scratch();
    let (first, _) = project(folder.path(), "kept", "2020-09-11");
    assert!(first["fits_begun_with"].is_null());
    let kept = folder.path().join("kept/parameters/as_of=2020-09-11/part.parquet");
    let parameters = table(&kept);
    let rows = parameters.height();
    assert!(numbers(&parameters, "value").iter().all(|value| value.is_finite()));
    let models = parameters.column("model").unwrap().str().unwrap();
    assert!(rows > 0 && models.iter().all(|model| model == Some("seir")));

    // The same lake gives the same bytes, another one others.
    copy(&folder.path().join("kept"), &folder.path().join("copy"));
    copy(&folder.path().join("kept"), &folder.path().join("damaged"));
    let (manifest, begun) = project(folder.path(), "kept", "2020-09-12");
    assert_eq!(manifest["fits_begun_with"], "2020-09-11");
    let (again, same) = project(folder.path(), "copy", "2020-09-12");
    assert_eq!(again["fits_begun_with"], "2020-09-11");
    assert!(begun == same, "the same parameters, other bytes");
    let (alone, anew) = project(folder.path(), "empty", "2020-09-12");
    assert!(alone["fits_begun_with"].is_null() && begun != anew);

    // What is damaged is said and left out.
    fs::write(folder.path().join("damaged/parameters/as_of=2020-09-11/part.parquet"), "no table").unwrap();
    let (manifest, found) = project(folder.path(), "damaged", "2020-09-12");
    assert!(found == anew && manifest["fits_begun_with"].is_null());
    assert!(manifest["notices"].to_string().contains("as_of=2020-09-11"), "{}", manifest["notices"]);
}
