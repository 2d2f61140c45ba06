//! Bad input gives one clear message each; good input of every layout is read.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::{Covariate, Fips};
use countycast_panel::{Error, Panel, Request, Settings};
use tempfile::TempDir;

const DAYS: [&str; 4] = ["3/1/20", "3/2/20", "3/3/20", "3/4/20"];

/// A small JHU folder: two counties of Alabama, its unassigned, Kansas City, Guam and a ship.
fn jhu_cases() -> String {
    format!(
        "UID,iso2,FIPS,Admin2,Province_State,Lat,Long_,Combined_Key,{}\n\
         84001001,US,01001,Autauga,Alabama,32.5,-86.6,\"Autauga, Alabama, US\",1,3,3,6\n\
         84001003,US,1003.0,Baldwin,Alabama,30.7,-87.7,\"Baldwin, Alabama, US\",0,0,2,2\n\
         84090001,US,90001,Unassigned,Alabama,0,0,\"Unassigned, Alabama, US\",5,5,5,0\n\
         84070003,US,,Kansas City,Missouri,39.1,-94.6,\"Kansas City, Missouri, US\",7,8,9,10\n\
         316,GU,66,,Guam,13.4,144.8,\"Guam, US\",9,9,9,9\n\
         84088888,US,88888,,Diamond Princess,0,0,Diamond Princess,49,49,49,49\n",
        DAYS.join(",")
    )
}

/// The deaths to it: each row without its four counts, with a population and other counts.
fn jhu_deaths() -> String {
    let row = |(i, line): (usize, &str)| {
        let head = line.rsplitn(5, ',').last().unwrap_or_default();
        let (population, counts) = if i == 0 { ("Population", DAYS.join(",")) } else { ("1000", "0,0,1,1".to_owned()) };
        format!("{head},{population},{counts}\n")
    };
    jhu_cases().lines().enumerate().map(row).collect()
}

struct Folder(TempDir);

impl Folder {
    fn jhu() -> Self {
        Self::of(&[("jhu/confirmed.csv", &jhu_cases()), ("jhu/deaths.csv", &jhu_deaths())])
    }

    fn of(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces text in a file, which has to be there.
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(from), "`{from}` is not in {text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    fn load(&self, as_of: Option<&str>) -> Result<Panel, Error> {
        load(self.0.path(), as_of, &Settings::default())
    }

    /// The message and remedy of the error that this folder gives.
    fn error(&self, as_of: Option<&str>) -> String {
        message(&self.load(as_of).unwrap_err(), self.0.path())
    }
}

fn load(data: &Path, as_of: Option<&str>, settings: &Settings) -> Result<Panel, Error> {
    let as_of = as_of.map(|day| day.parse().unwrap());
    countycast_panel::load(&Request { data: data.to_owned(), as_of, vintage: false }, settings)
}

fn message(error: &Error, folder: &Path) -> String {
    assert!(!matches!(error, Error::Write { .. }), "{error}");
    let remedy = miette::Diagnostic::help(error).map(|help| help.to_string()).unwrap_or_default();
    assert!(!remedy.is_empty(), "no remedy: {error}");
    format!("{error} -> {remedy}").replace(&format!("{}", folder.display()), "DIR")
}

fn fips(text: &str) -> Fips {
    text.parse().unwrap()
}

fn reported<'a>(panel: &'a Panel, code: &str) -> &'a [f64] {
    panel.place(fips(code)).unwrap().history.cases().reported()
}

#[test]
fn jhu_is_read_and_states_hold_what_no_county_has() {
    let panel = Folder::jhu().load(None).unwrap();
    assert_eq!(reported(&panel, "01001"), [1.0, 2.0, 0.0, 3.0]);
    assert_eq!(reported(&panel, "01"), [6.0, 2.0, 2.0, -2.0], "counties and unassigned");
    assert_eq!(reported(&panel, "29"), [7.0, 1.0, 1.0, 1.0], "Kansas City alone");
    assert_eq!(reported(&panel, "US"), [13.0, 3.0, 3.0, -1.0], "no territory, no ship");
    assert_eq!((panel.states().len(), panel.counties().len()), (2, 2));
    let autauga = panel.place(fips("01001")).unwrap();
    assert_eq!(autauga.history.location().name, "Autauga, AL");
    assert_eq!(autauga.history.location().population, Some(1000.0));
    assert_eq!(autauga.history.location().covariates.get(Covariate::Latitude), Some(32.5));
    assert_eq!(autauga.history.location().covariates.get(Covariate::Poverty), None, "missing, not zero");
    assert_eq!(autauga.history.region().unwrap().location.name, "Alabama");
    assert_eq!(panel.place(fips("01")).unwrap().history.region().unwrap().location.name, "United States");
    assert!(panel.notices().iter().any(|n| n.message.contains("territories") && n.count == 2));
    assert!(panel.notices().iter().any(|n| n.message.contains("svi_2018")));
    assert_eq!(panel.inputs().len(), 2);
    assert_eq!(panel.inputs()[0].sha256.len(), 64);
}

#[test]
fn the_new_york_times_is_read() {
    let text = "date,county,state,fips,cases,deaths\n\
                2020-03-01,New York City,New York,,10,0\n\
                2020-03-01,Snohomish,Washington,53061,1,0\n\
                2020-03-02,New York City,New York,,30,1\n\
                2020-03-02,Snohomish,Washington,53061,2,0\n\
                2020-03-02,Unknown,Rhode Island,,4,0\n\
                2020-03-03,New York City,New York,,60,2\n\
                2020-03-03,Unknown,Puerto Rico,,4,\n";
    let panel = Folder::of(&[("us-counties.csv", text)]).load(None).unwrap();
    assert_eq!(reported(&panel, "36"), [10.0, 20.0, 30.0]);
    let boroughs = ["36005", "36047", "36061", "36081", "36085"];
    let sum: f64 = boroughs.iter().map(|code| reported(&panel, code)[2]).sum();
    assert!((sum - 30.0).abs() < 1e-9);
    assert!(reported(&panel, "36047")[2] > reported(&panel, "36085")[2]);
    assert_eq!(reported(&panel, "53061"), [1.0, 1.0, 0.0], "a day without a row changes nothing");
    assert_eq!(reported(&panel, "44"), [0.0, 4.0, 0.0]);
    assert_eq!(panel.place(fips("36061")).unwrap().history.location().population, Some(1_628_706.0));
}

const USAFACTS: &str = "\u{feff}countyFIPS,County Name,State,stateFIPS,3/1/2020,3/2/2020\n\
                        0,Statewide Unallocated,SD,46,1,1\n\
                        46113,Shannon County,SD,46,1,2\n\
                        0,Statewide Unallocated,VA,51,0,0\n\
                        51019,Bedford County,VA,51,1,1\n\
                        51515,Bedford city,VA,51,2,4\n\
                        6000,Grand Princess Cruise Ship,CA,6,21,21\n";

#[test]
fn usafacts_is_read_with_its_old_codes() {
    let files = [("u/covid_confirmed_usafacts.csv", USAFACTS), ("u/covid_deaths_usafacts.csv", USAFACTS)];
    let panel = Folder::of(&files).load(None).unwrap();
    assert_eq!(reported(&panel, "46102"), [1.0, 1.0]);
    assert_eq!(reported(&panel, "51019"), [3.0, 2.0]);
    assert_eq!(reported(&panel, "46"), [2.0, 1.0]);
    assert!(panel.place(fips("06")).is_none(), "the ship is in no state");
}

#[test]
fn of_two_publishers_the_wanted_one_is_read() {
    let folder = Folder::jhu();
    folder.write("u/covid_confirmed_usafacts.csv", USAFACTS);
    folder.write("u/covid_deaths_usafacts.csv", USAFACTS);
    assert!(folder.load(None).unwrap().place(fips("01001")).is_some());
    let settings = Settings { source: countycast_panel::Source::UsaFacts, ..Settings::default() };
    assert!(load(folder.0.path(), None, &settings).unwrap().place(fips("46102")).is_some());
    let settings = Settings { source: countycast_panel::Source::Nyt, ..Settings::default() };
    let error = message(&load(folder.0.path(), None, &settings).unwrap_err(), folder.0.path());
    assert!(error.contains("none of 4 CSV files has the layout of Nyt"), "{error}");
}

#[test]
fn folders_and_layouts() {
    let folder = Folder::of(&[("notes.csv", "a,b,c\n1,2,3\n")]);
    let error = folder.error(None);
    assert!(error.contains("DIR: none of 1 CSV files has the layout of JHU, NYT or USAFacts"), "{error}");
    assert!(error.contains("notes.csv starts with `a,b,c`"), "{error}");
    let missing = folder.path("nowhere");
    let error = message(&load(&missing, None, &Settings::default()).unwrap_err(), folder.0.path());
    assert!(error.starts_with("DIR/nowhere: the folder does not exist"), "{error}");

    let folder = Folder::of(&[("confirmed.csv", &jhu_cases())]);
    assert!(folder.error(None).starts_with("DIR: there is no file of Jhu deaths"), "{}", folder.error(None));
    folder.write("deaths.csv", &jhu_deaths());
    folder.write("old/confirmed.csv", &jhu_cases());
    assert!(folder.error(None).contains("old/confirmed.csv: holds Jhu cases, and so does DIR/confirmed.csv"));

    let folder = Folder::of(&[("a.csv", USAFACTS), ("b.csv", USAFACTS)]);
    assert!(folder.error(None).starts_with("DIR/a.csv: neither the header nor the name"), "{}", folder.error(None));
}

#[test]
fn headers() {
    let folder = Folder::jhu();
    folder.edit("jhu/confirmed.csv", &DAYS.join(","), "a,b,c,d");
    assert!(folder.error(None).starts_with("DIR/jhu/confirmed.csv, line 1: the header has no dates"));
    folder.edit("jhu/confirmed.csv", "a,b,c,d", "3/1/20,3/2/20,3/4/20,3/5/20");
    let error = folder.error(None);
    assert!(
        error.starts_with("DIR/jhu/confirmed.csv, line 1, column `3/4/20`: after 2020-03-02 comes 2020-03-04"),
        "{error}"
    );
}

#[test]
fn values() {
    for (from, to, expected) in [
        (",1,3,3,6", ",1,x,3,6", "line 2, column `3/2/20`: `x` is not a number"),
        (",1,3,3,6", ",1,3,3", "line 2: 11 fields where the header has 12"),
        ("1003.0", "01001", "line 3, column `FIPS`: FIPS 01001 is already on line 2"),
        ("1003.0", "1002", "line 3, column `FIPS`: FIPS 01002 (`Baldwin, Alabama`) is unknown to the crosswalk"),
        ("1003.0", "13001", "line 3, column `FIPS`: FIPS 13001 (`Baldwin, Alabama`) is a county of Georgia"),
        ("1003.0", "Baldwin", "line 3, column `FIPS`: `Baldwin` is not a FIPS code"),
        (
            "Kansas City,Missouri",
            "Kansas City,Misery",
            "line 5, column `FIPS`: `Kansas City, Misery` is unknown to the crosswalk",
        ),
    ] {
        let folder = Folder::jhu();
        folder.edit("jhu/confirmed.csv", from, to);
        let error = folder.error(None);
        assert!(error.starts_with(&format!("DIR/jhu/confirmed.csv, {expected}")), "{error}");
    }
}

#[test]
fn files_that_do_not_fit_together() {
    let folder = Folder::jhu();
    let deaths = jhu_deaths();
    let without: String = deaths.lines().filter(|line| !line.contains("Baldwin")).map(|l| format!("{l}\n")).collect();
    folder.write("jhu/deaths.csv", &without);
    assert!(folder.error(None).starts_with("DIR/jhu/deaths.csv: county 01003 has no row here"));
}

#[test]
fn as_of_outside_the_data() {
    let folder = Folder::jhu();
    let before = folder.error(Some("2020-02-29"));
    assert!(
        before.starts_with("as-of 2020-02-29 is before the data, which run from 2020-03-01 to 2020-03-04"),
        "{before}"
    );
    let after = folder.error(Some("2020-03-05"));
    assert!(
        after.contains("as-of 2020-03-05 is after the data") && after.contains("-> ask for a day between"),
        "{after}"
    );
}

#[test]
fn long_layout_errors() {
    let good = "date,county,state,fips,cases,deaths\n2020-03-01,Snohomish,Washington,53061,1,0\n";
    for (more, expected) in [
        ("2020-03-03,Snohomish,Washington,53061,1,0\n", ", column `date`: after 2020-03-01 comes 2020-03-03"),
        ("2020-03-02,Snohomish,Washington,53061,one,0\n", ", line 3, column `cases`: `one` is not a number"),
        (
            "2020-03-01,Snohomish,Washington,53061,2,0\n",
            ", line 3, column `fips`: `Snohomish` has 2 cases and 0 deaths on 2020-03-01, but 1 cases and 0 deaths on line 2",
        ),
        ("2020-03-02,Nowhere,Washington,53002,1,0\n", ", line 3, column `fips`: FIPS 53002 (`Nowhere, Washington`) is"),
        ("March,Snohomish,Washington,53061,1,0\n", ", line 3, column `date`: `March` is not a date"),
    ] {
        let error = Folder::of(&[("us.csv", &format!("{good}{more}"))]).error(None);
        assert!(error.starts_with(&format!("DIR/us.csv{expected}")), "{error}");
    }
}

#[test]
fn a_setting_out_of_range() {
    let mut settings = Settings::default();
    settings.dumps.deviations = -1.0;
    let folder = Folder::jhu();
    let error = message(&load(folder.0.path(), None, &settings).unwrap_err(), folder.0.path());
    assert!(error.starts_with("`dumps.deviations` is -1: must be 2 to 20"), "{error}");
}

/// Notices of a folder, without its path.
fn notices(folder: &Folder) -> Vec<String> {
    let panel = folder.load(None).unwrap();
    let text = |notice: &countycast_panel::Notice| notice.to_string();
    panel
        .notices()
        .iter()
        .map(text)
        .map(|text| text.replace(&format!("{}", folder.0.path().display()), "DIR"))
        .collect()
}

#[test]
fn what_is_odd_in_one_county_is_a_notice_about_it() {
    for (file, from, to, expected) in [
        (
            "confirmed",
            ",1,3,3,6",
            ",1,3,3,1001",
            "more cases than residents: reinfections, or one is wrong: Autauga, AL (01001) with 1001 cases of 1000 residents",
        ),
        (
            "deaths",
            "\"Autauga, Alabama, US\",1000,0,0,1,1",
            "\"Autauga, Alabama, US\",1000,0,0,1,7",
            "more deaths than cases: are they exchanged?: Alabama with 9 deaths and 8 cases; \
             Autauga, AL (01001) with 7 deaths and 6 cases (2)",
        ),
        (
            "deaths",
            "\"Autauga, Alabama, US\",1000",
            "\"Autauga, Alabama, US\",1e-300",
            "DIR/jhu/deaths.csv: not a county's number of residents, left out: 1e-300 in Autauga on line 2",
        ),
        (
            "deaths",
            "\"Autauga, Alabama, US\",1000",
            "\"Autauga, Alabama, US\",1e9",
            "DIR/jhu/deaths.csv: not a county's number of residents, left out: 1000000000.0 in Autauga on line 2",
        ),
        (
            "confirmed",
            ",1,3,3,6",
            ",1,-3,3,6",
            "Autauga, AL (01001), cases of 2020-03-02: a cumulative count of -3 is no report; 1 was carried on",
        ),
        (
            "confirmed",
            "32.5,-86.6",
            "32.5,86.6",
            "DIR/jhu/confirmed.csv: positions outside the country, left out: 32.5, 86.6 of Autauga on line 2",
        ),
    ] {
        let folder = Folder::jhu();
        assert!(!notices(&folder).iter().any(|notice| notice == expected), "{expected}");
        folder.edit(&format!("jhu/{file}.csv"), from, to);
        let found = notices(&folder);
        assert!(found.iter().any(|notice| notice == expected), "{found:#?}");
    }
}

/// A JHU folder of `days` days: what the cumulative cases and deaths of Autauga and Baldwin are on each.
fn long(days: i64, cases: impl Fn(i64) -> [i64; 2], deaths: impl Fn(i64) -> [i64; 2]) -> Folder {
    let header = (0..days).map(|day| {
        let date = jiff::civil::date(2020, 3, 1).saturating_add(jiff::Span::new().days(day));
        date.strftime(",%-m/%-d/%y").to_string()
    });
    let header: String = header.collect();
    let rows = |population: bool, counts: &dyn Fn(i64) -> [i64; 2]| {
        let [name, value] = if population { [",Population", ",50000"] } else { ["", ""] };
        let mut text = format!("UID,FIPS,Admin2,Province_State,Lat,Long_{name}{header}\n");
        for (i, county) in ["84001001,01001,Autauga,Alabama,32.5,-86.6", "84001003,01003,Baldwin,Alabama,30.7,-87.7"]
            .into_iter()
            .enumerate()
        {
            let counts: String = (0..days).map(|day| format!(",{}", counts(day)[i])).collect();
            text.push_str(&format!("{county}{value}{counts}\n"));
        }
        text
    };
    Folder::of(&[("confirmed.csv", &rows(false, &cases)), ("deaths.csv", &rows(true, &deaths))])
}

#[test]
fn cases_and_deaths_exchanged_and_daily_counts_are_told_up_to_the_as_of_day() {
    let (usual, few) = (|day: i64| [20 * day, 30 * day], |day: i64| [day / 2, day / 3]);
    // By weekday, and growing.
    let daily = |day: i64| [(40 + day) * [3, 6, 7, 7, 6, 6, 5][day as usize % 7] / 6, (80 + day) * (1 + day % 7)];
    for (folder, as_of, expected) in [
        (long(60, few, usual), None, "DIR/deaths.csv: 2950 deaths in all places together are more than the 48 cases"),
        (long(60, daily, few), None, "DIR/confirmed.csv: all cases together fall on "),
        (long(60, usual, |day| daily(day).map(|n| n / 20)), None, "DIR/deaths.csv: all deaths together fall on "),
        // As long as too little is known, nothing is claimed.
        (long(60, daily, few), Some("2020-03-10"), ""),
        (long(60, few, |_| [0, 0]), None, ""),
        (long(60, usual, few), None, ""),
    ] {
        let found = folder.load(as_of);
        match found {
            Err(error) => {
                assert!(message(&error, folder.0.path()).starts_with(expected) && !expected.is_empty(), "{error}")
            }
            Ok(panel) => {
                assert_eq!(expected, "");
                assert!(!panel.notices().iter().any(|notice| notice.message.contains("are they")));
            }
        }
    }
    // In one of two counties: the other, five times as large, is right.
    let one = |day: i64| [daily(day)[0], 2_000 * day];
    let found = notices(&long(140, one, few));
    let notice = found.iter().find(|notice| notice.contains("cumulative cases often fall")).unwrap();
    assert!(notice.contains("Autauga, AL on ") && !notice.contains("Baldwin"), "{notice}");
    let exchanged = notices(&long(60, |day| [day / 2, 300 * day], |day| [20 * day, day / 3]));
    let notice = exchanged.iter().find(|notice| notice.contains("more deaths than cases")).unwrap();
    assert!(notice.contains("Autauga, AL (01001) with 1180 deaths and 29 cases"), "{notice}");
}
