//! Publishers' files as they are laid out in practice: each is read with the right counts, or refused with a remedy.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use countycast_engine::Date;
use countycast_panel::{Error, Panel, Request, Settings};
use tempfile::TempDir;

const NYT: &str = "date,county,state,fips,cases,deaths\n";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn load(folder: &Path, as_of: Option<&str>) -> Result<Panel, Error> {
    let as_of = as_of.map(|day| day.parse().unwrap());
    countycast_panel::load(&Request { data: folder.to_owned(), as_of, vintage: false }, &Settings::default())
}

fn panel(files: &[(&str, &[u8])]) -> Panel {
    load(folder(files).path(), None).unwrap_or_else(|error| panic!("{error}"))
}

/// The error that this folder gives, with its remedy.
fn error(files: &[(&str, &[u8])]) -> String {
    let folder = folder(files);
    let error = load(folder.path(), None).unwrap_err();
    let remedy = miette::Diagnostic::help(&error).map(|help| help.to_string()).unwrap_or_default();
    assert!(!remedy.is_empty(), "no remedy: {error}");
    let text = format!("{error} -> {remedy}").replace(&format!("{}", folder.path().display()), "DIR");
    assert!(text.chars().all(|c| !c.is_control()), "control characters: {text:?}");
    text
}

/// New cases of a place as reported.
fn cases(panel: &Panel, code: &str) -> Vec<f64> {
    let place = panel.place(code.parse().unwrap()).unwrap_or_else(|| panic!("no {code}"));
    place.history.cases().reported().to_vec()
}

/// A file of the New York Times from rows of day, county, state, code and cases, without deaths.
fn nyt(rows: &[(u32, &str, &str, &str, u32)]) -> String {
    let row = |(day, county, state, code, cases): &(u32, &str, &str, &str, u32)| {
        format!("2020-06-{day:02},{county},{state},{code},{cases},0\n")
    };
    NYT.to_owned() + &rows.iter().map(row).collect::<String>()
}

#[test]
fn a_place_is_its_code_and_not_its_spelling() {
    const AL: &str = "Alabama";
    const AK: &str = "Alaska";
    const SD: &str = "South Dakota";
    /// What it is, the rows, the place and its new cases.
    type Case =
        (&'static str, &'static [(u32, &'static str, &'static str, &'static str, u32)], &'static str, &'static [f64]);
    let table: &[Case] = &[
        (
            "a code without its zero",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga", AL, "01001", 7), (3, "Autauga", AL, "1001", 8)],
            "01001",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a code as a fraction",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga", AL, "1001.0", 7), (3, "Autauga", AL, "1001", 8)],
            "01",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a county renamed, its state abbreviated",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga County", AL, "01001", 7), (3, "Autauga", "AL", "01001", 8)],
            "01001",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a county whose code is left out",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga", AL, "", 7), (3, "autauga ", AL, "", 8)],
            "01",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a row twice",
            &[(1, "Autauga", AL, "01001", 5), (1, "Autauga", AL, "1001", 5), (2, "Autauga", AL, "01001", 7)],
            "01001",
            &[5.0, 2.0],
        ),
        (
            "parts of a county add up",
            &[
                (1, "Chugach", AK, "02063", 5),
                (1, "Copper River", AK, "02066", 1),
                (2, "Chugach", AK, "02063", 7),
                (2, "Copper River", AK, "2066", 4),
            ],
            "02261",
            &[6.0, 5.0],
        ),
        (
            "a part without a row is unchanged",
            &[(1, "Chugach", AK, "02063", 5), (2, "Chugach", AK, "02063", 7), (3, "Copper River", AK, "02066", 4)],
            "02261",
            &[5.0, 2.0, 4.0],
        ),
        (
            "a county divided",
            &[
                (1, "Valdez-Cordova", AK, "02261", 5),
                (2, "Valdez-Cordova", AK, "02261", 6),
                (3, "Chugach", AK, "02063", 5),
                (3, "Copper River", AK, "02066", 3),
            ],
            "02261",
            &[5.0, 1.0, 2.0],
        ),
        (
            "parts joined",
            &[
                (1, "Chugach", AK, "02063", 5),
                (1, "Copper River", AK, "02066", 1),
                (2, "Valdez-Cordova", AK, "02261", 8),
            ],
            "02",
            &[6.0, 2.0],
        ),
        (
            "a new code after a day without a row",
            &[
                (1, "Shannon", SD, "46113", 5),
                (1, "Unknown", SD, "", 1),
                (2, "Unknown", SD, "", 1),
                (3, "Oglala Lakota", SD, "46102", 9),
            ],
            "46102",
            &[5.0, 0.0, 4.0],
        ),
        (
            "counties that go on as one unit",
            &[
                (1, "Yakutat", AK, "02282", 5),
                (1, "Hoonah-Angoon", AK, "02105", 1),
                (2, "Yakutat plus Hoonah-Angoon", AK, "", 8),
                (3, "Yakutat plus Hoonah-Angoon", AK, "02998", 9),
            ],
            "02",
            &[6.0, 2.0, 1.0],
        ),
        (
            "a city with and without its own code",
            &[
                (1, "Kansas City", "Missouri", "", 5),
                (2, "Kansas City", "Missouri", "29998", 6),
                (3, "Kansas City", "Missouri", "29998.0", 9),
            ],
            "29",
            &[5.0, 1.0, 3.0],
        ),
        (
            "rows without a county are apart by name",
            &[
                (1, "Kansas City", "Missouri", "", 5),
                (1, "Unknown", "Missouri", "", 2),
                (2, "Kansas City", "MO", "", 6),
                (2, "Unknown", "Missouri", "", 2),
            ],
            "29",
            &[7.0, 1.0],
        ),
    ];
    for (what, rows, code, expected) in table {
        let panel = panel(&[("us-counties.csv", nyt(rows).as_bytes())]);
        assert_eq!(cases(&panel, code), *expected, "{what}");
    }
}

#[test]
fn rows_that_differ_are_named_with_both_lines() {
    let rows = [(1, "Autauga", "Alabama", "01001", 5), (1, "Autauga", "Alabama", "1001", 6)];
    let error = error(&[("us-counties.csv", nyt(&rows).as_bytes())]);
    assert!(error.starts_with("DIR/us-counties.csv, line 3, column `fips`: `Autauga` has 6 cases"), "{error}");
    assert!(error.contains("5 cases and 0 deaths on line 2"), "{error}");
}

#[test]
fn a_code_ends_on_the_day_known_and_not_before() {
    let rows = [
        (1, "Valdez-Cordova", "Alaska", "02261", 5),
        (2, "Valdez-Cordova", "Alaska", "02261", 6),
        (3, "Chugach", "Alaska", "02063", 8),
    ];
    let folder = folder(&[("us-counties.csv", nyt(&rows).as_bytes())]);
    let before = load(folder.path(), Some("2020-06-02")).unwrap();
    assert_eq!(cases(&before, "02261"), [5.0, 1.0]);
    assert_eq!(cases(&load(folder.path(), None).unwrap(), "02261"), [5.0, 1.0, 2.0]);
}

const JHU: &str = "UID,FIPS,Admin2,Province_State,Lat,Long_,";

/// A folder of JHU with one county of Alabama on three days, from its bytes.
fn jhu(cases: &[u8]) -> Panel {
    let deaths =
        format!("{JHU}Population,3/1/20,3/2/20,3/3/20\n84001001,01001,Autauga,Alabama,32.5,-86.6,55869,0,0,0\n");
    panel(&[("confirmed.csv", cases), ("deaths.csv", deaths.as_bytes())])
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn utf_16(text: &str) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn files_are_read_however_they_are_packed_and_encoded() {
    let (header, row) = (format!("{JHU}3/1/20,3/2/20,3/3/20\n"), "84001001,01001,Autauga,Alabama,32.5,-86.6,1,3,6\n");
    let text = format!("{header}{row}");
    for (what, bytes) in [
        ("plain", text.clone().into_bytes()),
        ("packed, though named .csv", packed(text.as_bytes())),
        ("several members", [packed(header.as_bytes()), packed(row.as_bytes())].concat()),
        ("UTF-16", utf_16(&text)),
        ("UTF-16, packed", packed(&utf_16(&text))),
        ("lines of Windows", text.replace('\n', "\r\n").into_bytes()),
        ("lines of old Macs", text.replace('\n', "\r").into_bytes()),
    ] {
        assert_eq!(cases(&jhu(&bytes), "01001"), [1.0, 2.0, 3.0], "{what}");
    }
    let rows = [(1, "Autauga", "Alabama", "01001", 5), (2, "Autauga", "Alabama", "01001", 7)];
    let plain = panel(&[("us-counties.csv.gz", nyt(&rows).as_bytes())]);
    assert_eq!(cases(&plain, "01001"), [5.0, 2.0], "plain, though named .gz");
}

#[test]
fn errors_quote_no_raw_bytes() {
    let long = "9".repeat(100_000);
    for (what, row) in [
        ("escape sequences", "2020-06-01,\x1b[2JNowhere\x07,Alabama,01002,5,0"),
        ("bytes of no letter", "2020-06-01,Autauga,Alabama,01001,\x01\x02\x03,0"),
        ("a date of escapes", "\x1b]0;title\x07,Autauga,Alabama,01001,5,0"),
        ("a long field", &format!("2020-06-01,Autauga,Alabama,{long},5,0")),
        ("a long name", &format!("2020-06-01,{long},Alabama,01002,5,0")),
    ] {
        let error = error(&[("us-counties.csv", format!("{NYT}{row}\n").as_bytes())]);
        assert!(error.len() < 400, "{what}: {} bytes", error.len());
    }
    let header = error(&[("a.csv", format!("\x1b[31m{long},b\n1,2\n").as_bytes())]);
    assert!(header.len() < 600, "{} bytes", header.len());
}

#[test]
fn what_is_no_table_of_counts_is_named() {
    let rows = nyt(&[(1, "Autauga", "Alabama", "01001", 5), (2, "Autauga", "Alabama", "01001", 7)]);
    let whole = packed(rows.as_bytes());
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    /// The file, and its error and remedy.
    type Case = (Vec<u8>, &'static str, &'static str);
    let table: [Case; 11] = [
        (Vec::new(), "is empty", "download"),
        (b"\n\r\n \n".to_vec(), "is empty", "download"),
        (packed(b""), "is empty", "download"),
        (rows.replace(',', ";").into_bytes(), "is separated by semicolons, not by commas", "save it as CSV"),
        (rows.replace(',', "\t").into_bytes(), "is separated by tabs, not by commas", "save it as CSV"),
        (utf_16(&rows.replace(',', ";")), "is separated by semicolons", "save it as CSV"),
        (b"\n<!DOCTYPE html>\n<html>404</html>".to_vec(), "is a web page", "download"),
        (lfs.as_bytes().to_vec(), "is a pointer of Git LFS", "git lfs pull"),
        (b"\x1f\x8bno gzip at all".to_vec(), "cannot be unpacked", "download the file again"),
        (whole[..whole.len() / 2].to_vec(), "cannot be unpacked", "download the file again"),
        (b"PK\x03\x04\x14\x00\x08".to_vec(), "is a ZIP archive", "unpack it"),
    ];
    for (bytes, problem, remedy) in &table {
        let alone = error(&[("us-counties.csv.gz", bytes)]);
        assert!(alone.starts_with(&format!("DIR/us-counties.csv.gz: {problem}")), "{problem}: {alone}");
        assert!(alone.contains(remedy), "{alone}");
        let deaths = format!("{JHU}Population,3/1/20\n84001001,01001,Autauga,Alabama,32.5,-86.6,55869,0\n");
        let half = error(&[("confirmed.csv", bytes), ("deaths.csv", deaths.as_bytes())]);
        assert!(half.starts_with(&format!("DIR/confirmed.csv: {problem}")), "{problem}: {half}");
        let beside = panel(&[("broken.csv", bytes), ("us-counties.csv", rows.as_bytes())]);
        assert_eq!(cases(&beside, "01001"), [5.0, 2.0]);
        let noticed = |n: &&countycast_panel::Notice| n.message.contains("broken.csv") && n.message.contains(problem);
        assert_eq!(beside.notices().iter().filter(noticed).count(), 1, "{problem}");
    }
}

/// Rows of Autauga, Alabama, in the layout of the New York Times: from a day on, cumulative cases of each day.
fn autauga(from: &str, counts: impl IntoIterator<Item = u32>) -> String {
    let mut day: Date = from.parse().unwrap();
    let mut text = NYT.to_owned();
    for cases in counts {
        writeln!(text, "{day},Autauga,Alabama,01001,{cases},0").unwrap();
        day = day.tomorrow().unwrap();
    }
    text
}

#[test]
fn a_clone_of_jhu_s_repository_is_read() {
    let series = "csse_covid_19_data/csse_covid_19_time_series";
    let cases_file = format!("{JHU}1/22/20,1/23/20\n84001001,01001,Autauga,Alabama,32.5,-86.6,1,3\n");
    let deaths = format!("{JHU}Population,1/22/20,1/23/20\n84001001,01001,Autauga,Alabama,32.5,-86.6,55869,0,1\n");
    let lookup = format!("{JHU}Population\n84001001,01001,Autauga,Alabama,32.5,-86.6,55869\n");
    let daily = "FIPS,Admin2,Province_State,Country_Region,Last_Update,Confirmed,Deaths\n\
                 01001,Autauga,Alabama,US,2020-03-24,1,0\n";
    let global = "Province/State,Country/Region,Lat,Long,1/22/20\n,US,40,-100,1\n";
    for root in ["", "COVID-19/"] {
        let path = |path: &str| format!("{root}{path}");
        let clone = folder(&[
            (&path(&format!("{series}/time_series_covid19_confirmed_US.csv")), cases_file.as_bytes()),
            (&path(&format!("{series}/time_series_covid19_deaths_US.csv")), deaths.as_bytes()),
            (&path(&format!("{series}/time_series_covid19_confirmed_global.csv")), global.as_bytes()),
            (&path("csse_covid_19_data/UID_ISO_FIPS_LookUp_Table.csv"), lookup.as_bytes()),
            (&path("csse_covid_19_data/csse_covid_19_daily_reports/03-24-2020.csv"), daily.as_bytes()),
            (&path("csse_covid_19_data/csse_covid_19_daily_reports/03-25-2020.csv"), daily.as_bytes()),
            (&path(".git/us-counties.csv"), NYT.as_bytes()),
        ]);
        let panel = load(clone.path(), None).unwrap();
        assert_eq!(cases(&panel, "01001"), [1.0, 2.0]);
        assert_eq!(panel.place("01001".parse().unwrap()).unwrap().history.location().population, Some(55_869.0));
        assert_eq!(panel.inputs().len(), 2);
    }
    let alone = error(&[("UID_ISO_FIPS_LookUp_Table.csv", lookup.as_bytes()), ("c.csv", cases_file.as_bytes())]);
    assert!(alone.starts_with("DIR/UID_ISO_FIPS_LookUp_Table.csv, line 1: the header has no dates"), "{alone}");
}

#[test]
fn files_of_the_new_york_times_are_joined() {
    let whole = autauga("2020-12-29", [1, 3, 6, 10, 15, 21]);
    let (of_2020, of_2021) = (autauga("2020-12-29", [1, 3, 6]), autauga("2021-01-01", [10, 15, 21]));
    let recent = autauga("2021-01-02", [16, 21]);
    let live = "date,county,state,fips,cases,deaths,confirmed_cases\n2021-01-04,Autauga,Alabama,01001,22,0,20\n";
    let rolling = "date,geoid,county,state,cases,cases_avg,deaths\n2021-01-03,USA-01001,Autauga,Alabama,6,5,0\n";
    let around = [("live/us-counties.csv", live), ("rolling-averages/us-counties.csv", rolling)];
    let expected = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    for (what, files) in [
        ("years", &[("us-counties-2021.csv", &of_2021), ("us-counties-2020.csv", &of_2020)][..]),
        ("one whole", &[("us-counties.csv", &whole)]),
        ("one whole and its excerpts", &[("a-recent.csv", &recent), ("us-counties.csv", &whole)]),
        ("all", &[("1.csv", &recent), ("2.csv", &of_2021), ("3.csv", &whole), ("4.csv", &of_2020)]),
        ("a whole that ends early", &[("1.csv", &autauga("2020-12-29", [1, 3, 6, 10])), ("2.csv", &of_2021)]),
    ] {
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).chain(around).collect();
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        assert_eq!(cases(&panel(&files), "01001"), expected, "{what}");
        let early = load(folder(&files).path(), Some("2020-12-30")).unwrap();
        assert_eq!(cases(&early, "01001"), expected[..2], "{what}");
    }
    let of_2022 = autauga("2022-01-01", [40, 41]);
    let gap = error(&[("us-counties-2020.csv", of_2020.as_bytes()), ("us-counties-2022.csv", of_2022.as_bytes())]);
    assert!(gap.starts_with("DIR/us-counties-2022.csv: starts on 2022-01-01, and DIR/us-counties-2020.csv"), "{gap}");
    let twice = error(&[("us-counties.csv", whole.as_bytes()), ("us-counties.csv.gz", whole.as_bytes())]);
    assert!(twice.contains("has counts from 2020-12-29 to 2021-01-03, and so does"), "{twice}");
    let partial = error(&[("live/us-counties.csv", live.as_bytes())]);
    assert!(
        partial.starts_with("DIR/live/us-counties.csv, line 1: holds the unfinished counts of one day"),
        "{partial}"
    );
}

#[test]
fn a_file_that_starts_in_mid_epidemic_has_no_first_increment() {
    let steady = |start: u32, first: u32| (0..10).map(move |day| start + first + day * 20);
    for (what, start, expected) in [("from its first day", 0, 20.0), ("in mid-epidemic", 4_000, 0.0)] {
        let file = autauga("2021-01-01", steady(start, 20));
        let panel = panel(&[("us-counties-2021.csv", file.as_bytes())]);
        let new = cases(&panel, "01001");
        assert_eq!((new[0], new[1], new[9]), (expected, 20.0, 20.0), "{what}");
        assert_eq!(cases(&panel, "US")[0], expected, "{what}");
        let total = panel.place("01001".parse().unwrap()).unwrap().history.cases().total();
        assert_eq!(total, f64::from(start) + 200.0, "the total is the publisher's: {what}");
        let noticed = panel.notices().iter().any(|notice| notice.message.contains("in the middle of the epidemic"));
        assert_eq!(noticed, start > 0, "{what}");
    }
}

#[test]
fn usafacts_is_read_with_its_residents() {
    let counts = "countyFIPS,County Name,State,stateFIPS,2020/1/22,2020/1/23\n\
                  0,Statewide Unallocated,AL,1,0,1\n1001,Autauga County,AL,1,1,3\n";
    let residents =
        "countyFIPS,County Name,State,population\n0,Statewide Unallocated,AL,0\n1001,Autauga County,AL,55869\n";
    let panel = panel(&[
        ("covid_confirmed_usafacts.csv", counts.as_bytes()),
        ("covid_deaths_usafacts.csv", counts.as_bytes()),
        ("covid_county_population_usafacts.csv", residents.as_bytes()),
    ]);
    assert_eq!(cases(&panel, "01001"), [1.0, 2.0]);
    assert_eq!(cases(&panel, "01"), [1.0, 3.0]);
    assert_eq!(panel.place("01001".parse().unwrap()).unwrap().history.location().population, Some(55_869.0));
}

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
    let told = panel.notices().iter().find(|notice| notice.message.contains("without a row or a count"));
    assert_eq!(told.map(|notice| notice.count), Some(2));
}
