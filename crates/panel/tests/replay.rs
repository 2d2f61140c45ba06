//! Panels of many days from one reading of the files are those of a reading for each.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use countycast_engine::{Date, Location};
use countycast_panel::{Panel, Place, Request, Settings, Sources, demo, load};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

const KINDS: [&str; 2] = ["confirmed", "deaths"];

/// Hashes text as it is written.
struct Hashing(DefaultHasher);

impl std::fmt::Write for Hashing {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// The same for panels that are the same in every bit of every number, name and notice.
fn fingerprint(panel: &Panel) -> u64 {
    let mut hashing = Hashing(DefaultHasher::new());
    for place in panel.counties().iter().chain(panel.states()).chain([panel.nation()]) {
        let (history, neighbours) = (&place.history, panel.neighbours(place.fips()));
        // Of the region its code: its series are those of the place of that code.
        let region = history.region().map(|region| region.location.fips);
        let Place { state, repairs, reported_in, .. } = place;
        write!(hashing, "{region:?} {state:?} {repairs:?} {reported_in:?} {neighbours:?}").unwrap();
        let (location, commuting, patients) = (history.location(), history.commuting(), history.patients());
        let Location { fips, name, population, covariates, .. } = location;
        write!(hashing, "{fips} {name} {population:?} {covariates:?} {:?} {patients:?}", history.first_day()).unwrap();
        write!(hashing, "{}", location.contacts.is_some()).unwrap();
        let commuting = commuting.map(|c| (c.leaving, c.arriving, &c.cases_there[..], &c.cases_of_arriving[..]));
        let (leaving, arriving, there, arriving_cases) = commuting.unwrap_or_default();
        let by_day = history.patients_by_day().unwrap_or_default();
        let numbers = [&[leaving, arriving][..], there, arriving_cases, by_day];
        numbers.into_iter().flatten().for_each(|value| hashing.0.write_u64(value.to_bits()));
        for series in [history.cases(), history.deaths()] {
            let numbers =
                [series.reported(), series.cleaned(), series.weekday(), &[series.total(), series.last_days().late]];
            numbers.into_iter().flatten().for_each(|value| hashing.0.write_u64(value.to_bits()));
            series.repaired().iter().for_each(|repaired| hashing.0.write_u8(u8::from(*repaired)));
        }
    }
    write!(hashing, "{:?}", panel.notices()).unwrap();
    hashing.0.finish()
}

fn day(text: &str) -> Option<Date> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn published(data: &Path, kind: &str) -> PathBuf {
    data.join(format!("jhu/time_series_covid19_{kind}_US.csv"))
}

/// A publisher's file as text, from the day column `first`, where one is given, to `last`.
fn cut(path: &Path, first: Option<&str>, last: &str) -> String {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (days, end) = (at("1/22/20"), at(last));
    let start = first.map_or(days, at);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in std::iter::once(header.clone()).chain(reader.records().map(Result::unwrap)) {
        writer.write_record(row.iter().take(days).chain(row.iter().skip(start).take(end + 1 - start))).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The demonstration panel with a whole vintage of 2020-09-13 and a weekly one through 2020-09-26.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    demo::write(data, demo::SEED).unwrap();
    let (whole, weekly) = (data.join("jhu/vintages/2020-09-13"), data.join("jhu/vintages_weekly"));
    fs::create_dir_all(&whole).unwrap();
    fs::create_dir_all(&weekly).unwrap();
    for kind in KINDS {
        let path = published(data, kind);
        fs::write(whole.join(path.file_name().unwrap()), cut(&path, None, "9/12/20")).unwrap();
        let file = fs::File::create(weekly.join(format!("through_2020-09-26_{kind}_US.csv.gz"))).unwrap();
        let mut packed = GzEncoder::new(file, Compression::fast());
        packed.write_all(cut(&path, Some("7/5/20"), "9/26/20").as_bytes()).unwrap();
        packed.finish().unwrap();
    }
    folder
}

fn agree(data: &Path, days: &[(&str, bool)]) {
    let settings = Settings::default();
    let sources = Sources::open(data, &settings).unwrap();
    for &(as_of, vintage) in days {
        let replayed = sources.as_of(day(as_of), vintage).unwrap();
        let read = load(&Request { data: data.to_owned(), as_of: day(as_of), vintage }, &settings).unwrap();
        assert_eq!(replayed.inputs(), read.inputs(), "{as_of} {vintage}");
        assert_eq!(replayed.notices(), read.notices(), "{as_of} {vintage}");
        assert_eq!(fingerprint(&replayed), fingerprint(&read), "{as_of} {vintage}");
    }
}

#[test]
fn panels_of_the_demonstration_data_are_those_of_a_reading_for_each() {
    let folder = folder();
    // The last day first, days before and after a covariate was known, and a day again after all others.
    let days = ["", "2020-10-03", "2020-07-14", "2020-07-15", "2020-09-26", "2020-10-03"].map(|day| (day, false));
    let vintages = ["2020-09-26", "2020-09-12", "2020-09-25", "2020-09-26"].map(|day| (day, true));
    agree(folder.path(), &[&days[..], &vintages, &days[1..2]].concat());
}

#[test]
#[ignore = "needs the real data: set COUNTYCAST_DATA"]
fn panels_of_the_real_data_are_those_of_a_reading_for_each() {
    let near = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("COUNTYCAST_DATA").map_or(near, PathBuf::from);
    let days = [("", false), ("2020-09-05", false), ("2020-07-01", false), ("2020-10-24", false)];
    let vintages = [("2020-09-12", true), ("2020-08-08", true), ("2020-10-24", true), ("2020-09-05", true)];
    agree(&data, &[days, vintages].concat());
}

#[test]
fn files_are_opened_once() {
    let folder = folder();
    let sources = Sources::open(folder.path(), &Settings::default()).unwrap();
    let days = [("2020-09-26", true), ("2020-09-12", true), ("2020-08-01", false)];
    let panels = || days.map(|(as_of, vintage)| fingerprint(&sources.as_of(day(as_of), vintage).unwrap()));
    let before = panels();
    let mut folders = vec![folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { fs::write(path, "no table").unwrap() }
        }
    }
    assert_eq!(panels(), before);
}

#[test]
fn what_is_wrong_on_a_day_stops_no_earlier_one() {
    let folder = folder();
    let path = published(folder.path(), "deaths");
    let text = fs::read_to_string(&path).unwrap();
    // The last count of the last row.
    let (rest, _) = text.trim_end().rsplit_once(',').unwrap();
    fs::write(&path, format!("{rest},many\n")).unwrap();
    let sources = Sources::open(folder.path(), &Settings::default()).unwrap();
    sources.as_of(day("2020-10-03"), false).unwrap();
    let error = sources.as_of(None, false).unwrap_err().to_string();
    assert!(error.contains("`many` is not a number") && error.contains("deaths"), "{error}");
    sources.as_of(day("2020-10-03"), false).unwrap();
}

#[test]
fn the_long_layout_is_cut_as_if_it_ended_there() {
    // Not in the order of days: each place begins where its first row up to the day stands.
    let rows = [
        "2020-03-03,Adair,Iowa,19001,9,2",
        "2020-03-01,Adair,Iowa,19001,1,0",
        "2020-03-03,Adams,Iowa,19003,4,x",
        "2020-03-02,Adams,Iowa,19003,3,1",
        "2020-03-02,Adair,Iowa,19001,5,1",
    ];
    let write = |until: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut text = "date,county,state,fips,cases,deaths\n".to_owned();
        rows.iter().filter(|row| row[..10] <= *until).for_each(|row| writeln!(text, "{row}").unwrap());
        fs::write(folder.path().join("us-counties.csv"), text).unwrap();
        folder
    };
    let whole = write("2020-03-03");
    let sources = Sources::open(whole.path(), &Settings::default()).unwrap();
    let error = sources.as_of(None, false).unwrap_err().to_string();
    assert!(error.contains("line 4") && error.contains("`x` is not a number"), "{error}");
    for until in ["2020-03-01", "2020-03-02"] {
        let cut = Sources::open(write(until).path(), &Settings::default()).unwrap().as_of(None, false).unwrap();
        let replayed = sources.as_of(day(until), false).unwrap();
        assert_eq!(format!("{:?}", replayed.counties()), format!("{:?}", cut.counties()), "{until}");
    }
}
