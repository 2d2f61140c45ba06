//! What cannot be used is refused with one clear message, exit code 2, and nothing written.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{assert_same, demo, demo_copy, files, program, project, scratch, succeed, text};
use tempfile::TempDir;

const CASES: &str = "jhu/time_series_covid19_confirmed_US.csv";

/// A folder with spoilt data and an earlier complete result.
struct Spoilt(TempDir);

impl Spoilt {
    fn new() -> Self {
        let folder = scratch();
        demo_copy(&folder.path().join("data"));
        let out = folder.path().join("out");
        for (name, content) in earlier() {
            let path = out.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Self(folder)
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Replaces a field of the file with cases: by line, from 1, and column, from 0.
    fn set(&self, line: usize, column: &str, value: &str) {
        let path = self.data().join(CASES);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&path).unwrap();
        let mut rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let column = rows[0].iter().position(|name| name == column).unwrap();
        rows[line - 1][column] = value.to_owned();
        let mut writer = csv::Writer::from_path(&path).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        writer.flush().unwrap();
    }

    /// Runs with these arguments; checks exit code, one message with a remedy and that nothing was written. Returns the
    /// message.
    fn refused(&self, more: &[&str]) -> String {
        refused(&self.0, project(&self.data(), self.0.path(), "out", more))
    }
}

fn refused(folder: &TempDir, mut command: std::process::Command) -> String {
    let listing = || {
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = listing();
    let output = command.output().unwrap();
    let message = text(&output.stderr).replace(&folder.path().display().to_string(), "DIR");
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(text(&output.stdout), "");
    assert!(message.starts_with("error: "), "{message}");
    assert_eq!(message.matches("error: ").count(), 1, "more than one message: {message}");
    assert!(message.contains("\n  help: ") || message.contains("--help"), "no remedy: {message}");
    assert!(!message.contains("panicked"), "{message}");
    assert_eq!(listing(), before, "files appeared or went");
    let out = folder.path().join("out");
    if out.exists() {
        assert_same(&files(&out), earlier());
    }
    message
}

/// A complete result, as an earlier run wrote it.
fn earlier() -> &'static std::collections::BTreeMap<String, Vec<u8>> {
    static EARLIER: OnceLock<std::collections::BTreeMap<String, Vec<u8>>> = OnceLock::new();
    EARLIER.get_or_init(|| {
        let folder = scratch();
        succeed(project(demo(), folder.path(), "out", &["--fips", "19001"]));
        files(&folder.path().join("out"))
    })
}

#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

#[test]
fn folders_that_hold_no_counts() {
    let spoilt = Spoilt::new();
    let nowhere = spoilt.0.path().join("nowhere");
    let message = refused(&spoilt.0, project(&nowhere, spoilt.0.path(), "out", &[]));
    says(&message, &["DIR/nowhere: the folder does not exist", "help: give the folder that holds"]);

    fs::remove_dir_all(spoilt.data().join("jhu")).unwrap();
    fs::write(spoilt.data().join("table.csv"), "place,day,sick\nAda,1,2\n").unwrap();
    let message = spoilt.refused(&[]);
    says(&message, &["has the layout of JHU, NYT or USAFacts", "help: a header has to start as JHU's"]);
}

#[test]
fn headers() {
    let spoilt = Spoilt::new();
    spoilt.set(1, "3/4/20", "3/5/20");
    let message = spoilt.refused(&[]);
    says(&message, &[CASES, "line 1", "column `3/5/20`", "after 2020-03-03 comes 2020-03-05", "every day needs"]);

    let path = spoilt.data().join(CASES);
    let without: String = fs::read_to_string(&path).unwrap().replace("/20,", "/xx,").replace("/20\n", "/xx\n");
    fs::write(&path, without).unwrap();
    says(&spoilt.refused(&[]), &[CASES, "line 1: the header has no dates", "name day columns as 1/22/20"]);
}

#[test]
fn values() {
    for (line, column, value, expected) in [
        (5, "7/4/20", "many", "line 5, column `7/4/20`: `many` is not a number"),
        (5, "FIPS", "19001", "line 5, column `FIPS`: FIPS 19001 is already on line 2"),
        (5, "FIPS", "19002", "line 5, column `FIPS`: FIPS 19002 ("),
    ] {
        let spoilt = Spoilt::new();
        spoilt.set(line, column, value);
        says(&spoilt.refused(&[]), &[CASES, expected]);
    }
}

#[test]
fn days_outside_the_data() {
    let spoilt = Spoilt::new();
    for (day, side) in [("2020-01-21", "before"), ("2020-10-25", "after")] {
        let expected = format!("as-of {day} is {side} the data, which run from 2020-01-22 to 2020-10-24");
        says(&spoilt.refused(&["--as-of", day]), &[&expected, "help: ask for a day between"]);
    }
    says(&spoilt.refused(&["--as-of", "October"]), &["'October'", "--as-of <DATE>"]);
}

#[test]
fn places_that_do_not_exist() {
    let spoilt = Spoilt::new();
    says(&spoilt.refused(&["--state", "ZZ"]), &["--state ZZ: no such state", "known states: AL, AK"]);
    says(
        &spoilt.refused(&["--state", "NY"]),
        &["the data have no counties of New York", "states in the data: Iowa, Nebraska, South Dakota"],
    );
    says(&spoilt.refused(&["--fips", "36061"]), &["--fips 36061: the data have no such place"]);
    says(&spoilt.refused(&["--fips", "1001"]), &["`1001` is not a FIPS code", "leading zeros"]);
}

#[test]
fn settings() {
    for (toml, expected) in [
        ("drawz = 100\n", &["run.toml, line 1, column `drawz`", "unknown field `drawz`", "`draws`"][..]),
        ("[engines.abcd]\n", &["run.toml, line 1", "unknown field `abcd`", "`curve`"]),
        ("[engines.curve]\nmax_wavez = 2\n", &["run.toml, line 2", "unknown field `max_wavez`", "`max_waves`"]),
        ("draws = 7\n", &["run.toml", "draws = 7: must be 100 to 10000"]),
        ("draws = \"lots\"\n", &["run.toml, line 1, column `draws`", "invalid type"]),
        ("horizon_days = 3\n", &["run.toml", "horizon_days = 3: must be 7 to 366"]),
        ("[panel.dumps]\ndeviations = -1\n", &["run.toml", "dumps.deviations", "-1", "must be 2 to 20"]),
        ("[engines.curve]\nmax_waves = 99\n", &["run.toml", "max_waves", "99"]),
        ("[engines.trend]\nrise = { cases = -2, deaths = 1 }\n", &["run.toml", "rise.cases", "-2"]),
        ("[epidemiology]\nascertainment = 2\n", &["run.toml", "[epidemiology] setting `ascertainment`", "2"]),
        (
            "engine_names = [\"flat\", \"oracle\"]\n",
            &["run.toml", "engine `oracle`: no such engine", "known engines: flat"],
        ),
        ("seed = \n", &["run.toml, line 1"]),
    ] {
        let spoilt = Spoilt::new();
        let config = spoilt.0.path().join("run.toml");
        fs::write(&config, toml).unwrap();
        let mut command = program(&["project", "--quiet", "--data"]);
        command.arg(spoilt.data()).arg("--out").arg(spoilt.0.path().join("out")).arg("--config").arg(&config);
        says(&refused(&spoilt.0, command), expected);
    }
    let spoilt = Spoilt::new();
    let mut command = program(&["project", "--config", "nowhere.toml", "--data"]);
    command.arg(spoilt.data()).arg("--out").arg(spoilt.0.path().join("out"));
    says(&refused(&spoilt.0, command), &["nowhere.toml: cannot be read"]);
}

#[test]
fn arguments() {
    let spoilt = Spoilt::new();
    says(
        &spoilt.refused(&["--engines", "flat,oracle"]),
        &["engine `oracle`: no such engine", "known engines: flat, trend"],
    );
    says(&spoilt.refused(&["--engines", "flat,flat"]), &["engine `flat`: named twice"]);
    for days in ["0", "6", "367", "99999999999"] {
        says(&spoilt.refused(&["--horizon", days]), &["--horizon", days, "7 to 366"]);
    }
    says(&spoilt.refused(&["--jobs", "0"]), &["--jobs"]);
    says(&spoilt.refused(&["--vintage"]), &["--as-of"]);
    says(&spoilt.refused(&["--vintage", "--as-of", "2020-09-12"]), &["there is no vintage", "leave out --vintage"]);
    says(&spoilt.refused(&["--colour"]), &["--colour"]);
}

#[test]
fn folders_of_others_are_not_replaced() {
    let spoilt = Spoilt::new();
    let theirs = spoilt.0.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    fs::write(theirs.join("thesis.txt"), "years of work").unwrap();
    let message = refused(&spoilt.0, project(demo(), spoilt.0.path(), "theirs", &[]));
    says(&message, &["DIR/theirs holds `thesis.txt`, which countycast did not write", "name a new folder"]);
    assert_eq!(fs::read_to_string(theirs.join("thesis.txt")).unwrap(), "years of work");
    let message = refused(&spoilt.0, project(demo(), spoilt.0.path(), "theirs/thesis.txt", &[]));
    says(&message, &["theirs/thesis.txt is a file"]);
}

#[test]
fn programs_get_the_error_as_one_document() {
    let output = project(Path::new("nowhere"), scratch().path(), "out", &["--format", "json"]).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), document["exit_code"].as_i64()), (Some(2), Some(2)));
    assert!(document["error"].as_str().unwrap().contains("nowhere: the folder does not exist"));
    assert!(document["help"].as_str().is_some_and(|help| !help.is_empty()));
    assert_eq!(text(&output.stderr), "");
}
