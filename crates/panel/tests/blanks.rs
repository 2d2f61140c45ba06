//! Blank cells and columns, and columns that are no days.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod folders;

use folders::{JHU, NYT, cases, error, folder, load, panel};

/// A file of JHU's cases: two counties, of Alabama and of Iowa, from the header's days and the rows' counts.
fn two(days: &str, alabama: &str, iowa: &str) -> String {
    format!(
        "{JHU}{days}\n84001001,01001,Autauga,Alabama,32.5,-86.6,{alabama}\n84019001,19001,Adair,Iowa,41.3,-94.5,{iowa}\n"
    )
}

const TWO_DEATHS: &str = "UID,FIPS,Admin2,Province_State,Lat,Long_,Population,3/1/20,3/2/20,3/3/20\n\
                          84001001,01001,Autauga,Alabama,32.5,-86.6,55869,0,0,0\n\
                          84019001,19001,Adair,Iowa,41.3,-94.5,7152,0,0,0\n";

#[test]
fn blank_cells_and_columns_of_wide_files() {
    /// What it is, the days, the rows, new cases of the two counties, and what is told.
    type Case = (&'static str, [&'static str; 3], [&'static [f64]; 2], &'static [&'static str]);
    let days = "3/1/20,3/2/20,3/3/20";
    let table: &[Case] = &[
        ("nothing blank", [days, "1,3,6", "2,2,5"], [&[1.0, 2.0, 3.0], &[2.0, 0.0, 3.0]], &[]),
        (
            "an empty column at the end",
            ["3/1/20,3/2/20,3/3/20,", "1,3,6,", "2,2,5,"],
            [&[1.0, 2.0, 3.0], &[2.0, 0.0, 3.0]],
            &[],
        ),
        (
            "empty columns in the header alone, and in a row alone",
            ["3/1/20,3/2/20,3/3/20,,", "1,3,6", "2,2,5,,"],
            [&[1.0, 2.0, 3.0], &[2.0, 0.0, 3.0]],
            &[],
        ),
        (
            "the newest cell of a place",
            [days, "1,3,", "2,2,5"],
            [&[1.0, 2.0, 0.0], &[2.0, 0.0, 3.0]],
            &["Autauga, AL (01001): DIR/confirmed.csv has no count on 2020-03-03, and that of the day before is used"],
        ),
        (
            "two newest cells",
            [days, "1,3,6", "2, ,"],
            [&[1.0, 2.0, 3.0], &[2.0, 0.0, 0.0]],
            &["Adair, IA (19001): DIR/confirmed.csv has no count from 2020-03-02 to 2020-03-03, and that of the day"],
        ),
        (
            "a cell in the middle",
            [days, "1,,6", "2,2,5"],
            [&[1.0, 0.0, 5.0], &[2.0, 0.0, 3.0]],
            &["Autauga, AL (01001): DIR/confirmed.csv has no count on 2020-03-02"],
        ),
        (
            "the newest cell of all places",
            [days, "1,3,", "2,2,"],
            [&[1.0, 2.0], &[2.0, 0.0]],
            &["DIR/confirmed.csv: no place has a count after 2020-03-02, with which the file ends"],
        ),
    ];
    for (what, [days, alabama, iowa], expected, told) in table {
        let folder =
            folder(&[("confirmed.csv", two(days, alabama, iowa).as_bytes()), ("deaths.csv", TWO_DEATHS.as_bytes())]);
        let panel = load(folder.path(), None).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!([&*cases(&panel, "01001"), &cases(&panel, "19001")], *expected, "{what}");
        let text =
            |notice: &countycast_panel::Notice| notice.message.replace(&format!("{}", folder.path().display()), "DIR");
        let notices: Vec<_> = panel.notices().iter().map(text).filter(|text| text.contains("confirmed.csv")).collect();
        assert_eq!(notices.len(), told.len(), "{what}: {notices:?}");
        assert!(notices.iter().zip(*told).all(|(notice, told)| notice.starts_with(told)), "{what}: {notices:?}");
        let early = load(folder.path(), Some("2020-03-01")).unwrap();
        assert!(early.notices().iter().all(|notice| !notice.message.contains("confirmed.csv")), "{what}");
    }
}

#[test]
fn columns_and_days_that_are_none_are_refused() {
    for (what, days, row, expected) in [
        ("a total", "3/1/20,3/2/20,total", "1,3,3", "line 1, column `total`: `total` is not a date where 2020-03-03"),
        ("a column without a name", "3/1/20,3/2/20,", "1,3,3", "line 2: 9 fields where the header has 8"),
        ("a day without a count", "3/1/20,3/2/20,3/3/20", "1,,3", "line 1, column `3/2/20`: no place has a count"),
        ("no count at all", "3/1/20,3/2/20", ",", "no place has a count"),
    ] {
        let text = two(days, row, row);
        let error = error(&[("confirmed.csv", text.as_bytes()), ("deaths.csv", TWO_DEATHS.as_bytes())]);
        let found = error.trim_start_matches("DIR/confirmed.csv").trim_start_matches([',', ':', ' ']);
        assert!(found.starts_with(expected), "{what}: {error}");
        assert!(what != "a total" || error.contains("-> remove column `total`"), "{error}");
    }
}

#[test]
fn a_blank_of_the_new_york_times_is_unchanged() {
    let text = format!(
        "{NYT}2020-06-01,Autauga,Alabama,01001,5,1\n2020-06-02,Autauga,Alabama,01001,,\n\
                        2020-06-03,Autauga,Alabama,01001,9,\n"
    );
    let panel = panel(&[("us-counties.csv", text.as_bytes())]);
    assert_eq!(cases(&panel, "01001"), [5.0, 0.0, 4.0]);
    let told = panel.notices().into_iter().find(|notice| notice.message.contains("without a row or a count"));
    assert_eq!(told.map(|notice| notice.count), Some(2));
}
