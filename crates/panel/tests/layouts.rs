//! Publishers' files as they are laid out in practice: each is read with the right counts, or refused with a remedy.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod folders;

use std::fmt::Write as _;
use std::io::Write as _;

use countycast_engine::Date;
use countycast_panel::Panel;
use folders::{JHU, NYT, cases, error, folder, load, nyt, panel};

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
