//! Everything that reads text from outside, as functions of bytes: what is fuzzed, and what replays the inputs of fuzzing
//! as tests.
//!
//! A reader may find its bytes unusable, but neither panic nor run for over a second a megabyte. All go through the same
//! doors as a data folder does, so each input is written to a folder first.

#[path = "../../../fuzz/written.rs"]
mod written;

use std::path::Path;

use countycast_engine::{Covariate, Covariates, Fips};
use jiff::civil::{Date, date};
use tempfile::TempDir;

pub use self::written::Named;
use self::written::{files, write};
use crate::error::Error;
use crate::input::Reader;
use crate::place::Place;
use crate::{CountyData, Panel, Settings, Sources, commuting, covariates, patients, sources};

/// All readers.
pub const ALL: [Named; 6] = [
    ("counts", counts),
    ("folder", folder),
    ("covariates", covariate_files),
    ("packed", packed),
    ("settings", settings),
    ("arrays", arrays),
];

/// A day within the tables of the corpora, so that later days are cut off.
const WITHIN: Date = date(2020, 3, 10);

/// One table of counts in any layout.
pub fn counts(bytes: &[u8]) {
    let written = write([(Path::new("covid_cases.csv"), bytes)]);
    let path = written.path().join("covid_cases.csv");
    for until in [None, Some(WITHIN)] {
        let _ = reader(&written).and_then(|mut reader| sources::wide(&path, until, &mut reader));
    }
    load(&written);
}

/// A gzip file of counts.
pub fn packed(bytes: &[u8]) {
    load(&write([(Path::new("covid_cases.csv.gz"), bytes)]));
}

/// A whole data folder: files, each after a line `== PATH`.
pub fn folder(bytes: &[u8]) {
    load(&write(files(bytes)));
}

/// Files beside the counts, written as for [`folder`]: covariates, contacts, borders, commuters and hospital patients.
pub fn covariate_files(bytes: &[u8]) {
    let written = write(files(bytes));
    let Ok(mut reader) = reader(&written) else { return };
    let known = covariates::read(WITHIN, &mut reader);
    if let Ok(facts) = &known {
        let counties: Vec<(Covariates, Option<f64>)> =
            crate::codes::counties().map(|county| (facts.of(county), facts.population(county))).collect();
        facts.note_missing(counties.iter().map(|(covariates, _)| covariates), &mut reader);
        let whole = covariates::together(counties.iter().map(|(covariates, residents)| (covariates, *residents)));
        assert!(is_finite(&whole), "{whole:?}");
    }
    told(&known);
    told(&covariates::neighbours(&crate::codes::counties().collect(), &mut reader));
    told(&commuting::read(&mut reader));
    told(&patients::read(date(2020, 3, 1), WITHIN, &|_| None, &mut reader));
    reader.notices.iter().for_each(|notice| drop(notice.to_string()));
}

/// Settings as TOML, applied to two counties with defects.
pub fn settings(bytes: &[u8]) {
    let Ok(settings) = String::from_utf8_lossy(bytes).parse::<toml::Table>() else { return };
    let Ok(settings) = settings.try_into::<Settings>() else { return };
    if settings.check().is_err() {
        return;
    }
    let steady = (0..90).map(|day| if day % 7 == 0 { 3.0 } else { 11.0 });
    let mut bad: Vec<f64> = steady.clone().collect();
    (bad[30], bad[60], bad[75], bad[89]) = (-50.0, 400.0, -9.0, 5_000.0);
    bad[40..50].fill(0.0);
    let county = |code: &str, cases: Vec<f64>| {
        let fips: Option<Fips> = code.parse().ok();
        fips.map(|fips| CountyData::new(fips, code, cases, vec![0.1; 90]))
    };
    let counties = [county("01001", steady.collect()), county("01003", bad)].into_iter().flatten().collect();
    checked(&Panel::from_counties(date(2020, 1, 22), counties, &settings));
}

/// Daily cases and deaths of counties as arrays, one line each: a code, residents, and the counts.
pub fn arrays(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().take(100).collect();
    let county = |pair: &[&str]| -> Option<CountyData> {
        let [cases, deaths] = [pair[0], pair[1]].map(|line| line.split(',').map(str::trim));
        let (mut cases, numbers) = (cases, |text: &str| text.parse::<f64>().ok());
        let (fips, population) = (cases.next()?.parse().ok()?, cases.next().and_then(numbers));
        let (cases, deaths) = (cases.filter_map(numbers).collect(), deaths.skip(2).filter_map(numbers).collect());
        Some(CountyData { population, ..CountyData::new(fips, "a county", cases, deaths) })
    };
    let counties = lines.chunks_exact(2).filter_map(county).collect();
    checked(&Panel::from_counties(date(2020, 1, 22), counties, &Settings::default()));
}

/// Loads a folder as of its last day, of an earlier one, and from its vintages.
fn load(written: &TempDir) {
    let opened = Sources::open(written.path(), &Settings::default());
    told(&opened);
    let Ok(sources) = opened else { return };
    for (as_of, vintage) in [(None, false), (Some(WITHIN), false), (None, true)] {
        checked(&sources.as_of(as_of, vintage));
    }
}

/// Asserts that what was read are numbers, that no place's numbers end the run, and formats all messages.
fn checked(panel: &Result<Panel, Error>) {
    told(panel);
    if let Err(error) = panel {
        let problem = match error {
            Error::Input(input) => &input.problem,
            Error::Request { message, .. } => message,
            Error::Write { .. } => "",
        };
        assert!(!problem.starts_with("cannot form a history") || problem.ends_with("no day"), "{problem}");
    }
    let Ok(panel) = panel else { return };
    for place in std::iter::once(panel.nation()).chain(panel.states()).chain(panel.counties()) {
        check(place);
    }
    panel.notices().iter().for_each(|notice| drop(notice.to_string()));
}

fn check(place: &Place) {
    let history = &place.history;
    for series in [history.cases(), history.deaths()] {
        let fine = |count: &f64| count.is_finite() && *count >= 0.0;
        assert!(series.cleaned().iter().all(fine), "{}: {:?}", place.fips(), series.cleaned());
    }
    assert!(is_finite(&history.location().covariates), "{}: {:?}", place.fips(), history.location().covariates);
}

fn is_finite(covariates: &Covariates) -> bool {
    covariates.iter().all(|(_, value): (Covariate, f64)| value.is_finite())
}

/// Formats the message of an error, with its remedy.
fn told<T>(result: &Result<T, Error>) {
    if let Err(error) = result {
        assert!(!error.to_string().is_empty());
        let _ = miette::Diagnostic::help(error).map(|help| help.to_string());
    }
}

fn reader(written: &TempDir) -> Result<Reader, Error> {
    Reader::new(written.path())
}
