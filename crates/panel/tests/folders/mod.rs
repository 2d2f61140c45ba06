//! Data folders of tests, from the bytes of their files.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::Path;

use countycast_panel::{Error, Panel, Request, Settings};
use tempfile::TempDir;

/// Headers of the New York Times, and of JHU up to its days.
pub(crate) const NYT: &str = "date,county,state,fips,cases,deaths\n";
pub(crate) const JHU: &str = "UID,FIPS,Admin2,Province_State,Lat,Long_,";

pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

pub(crate) fn load(folder: &Path, as_of: Option<&str>) -> Result<Panel, Error> {
    let as_of = as_of.map(|day| day.parse().unwrap());
    countycast_panel::load(&Request { data: folder.to_owned(), as_of, vintage: false }, &Settings::default())
}

pub(crate) fn panel(files: &[(&str, &[u8])]) -> Panel {
    load(folder(files).path(), None).unwrap_or_else(|error| panic!("{error}"))
}

/// The error that this folder gives, with its remedy.
pub(crate) fn error(files: &[(&str, &[u8])]) -> String {
    let folder = folder(files);
    let error = load(folder.path(), None).unwrap_err();
    let remedy = miette::Diagnostic::help(&error).map(|help| help.to_string()).unwrap_or_default();
    assert!(!remedy.is_empty(), "no remedy: {error}");
    let text = format!("{error} -> {remedy}").replace(&format!("{}", folder.path().display()), "DIR");
    assert!(text.chars().all(|c| !c.is_control()), "control characters: {text:?}");
    text
}

/// New cases of a place as reported.
pub(crate) fn cases(panel: &Panel, code: &str) -> Vec<f64> {
    let place = panel.place(code.parse().unwrap()).unwrap_or_else(|| panic!("no {code}"));
    place.history.cases().reported().to_vec()
}

/// A file of the New York Times from rows of day, county, state, code and cases, without deaths.
pub(crate) fn nyt(rows: &[(u32, &str, &str, &str, u32)]) -> String {
    let row = |(day, county, state, code, cases): &(u32, &str, &str, &str, u32)| {
        format!("2020-06-{day:02},{county},{state},{code},{cases},0\n")
    };
    NYT.to_owned() + &rows.iter().map(row).collect::<String>()
}
