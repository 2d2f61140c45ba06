//! A projection of a past day uses what had been published by then, and nothing else.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{apart_from_inputs, assert_same, bytes, fixture, program, succeed};
use countycast::panel::Panel;
use countycast_engine::{Fips, Target};
use tempfile::TempDir;

const KINDS: [(&str, Target); 2] = [("confirmed", Target::Cases), ("deaths", Target::Deaths)];

fn folder() -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fixture::write(&folder.path().join("data"));
    folder
}

fn newest(kind: &str) -> PathBuf {
    PathBuf::from(format!("jhu/time_series_covid19_{kind}_US.csv"))
}

/// New cases of a county on the seven days that end on a day, as the panel has them.
fn week(panel: &Panel, fips: &str, end: &str) -> Vec<f64> {
    let history = &panel.place(fips.parse().unwrap()).unwrap().history;
    let last = panel.first_day().until(end.parse::<countycast_engine::Date>().unwrap()).unwrap().get_days() as usize;
    history.cases().reported()[last - 6..=last].to_vec()
}

/// Every county's cumulative counts in a file, up to a day.
fn cumulative(path: &Path, last: &str) -> Vec<(Fips, Vec<f64>)> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (fips, first, last) = (at("FIPS"), at("5/31/20"), at(last));
    let county = |row: csv::StringRecord| {
        let code =
            row[fips].strip_suffix(".0")?.parse().ok().filter(|code: &u32| code % 1_000 < 50 && *code < 57_000)?;
        Some((Fips::from_county(code)?, (first..=last).map(|day| row[day].parse().unwrap()).collect()))
    };
    reader.records().filter_map(|row| county(row.unwrap())).collect()
}

/// Every county of the panel adds up to what the files say.
fn agrees(panel: &Panel, files: &Path, last: &str) {
    for (kind, target) in KINDS {
        let counties = cumulative(&files.join(newest(kind).file_name().unwrap()), last);
        assert_eq!(counties.len(), panel.counties().len());
        for (fips, published) in counties {
            let history = &panel.place(fips).unwrap().history;
            let series = if target == Target::Cases { history.cases() } else { history.deaths() };
            let mut sum = 0.0;
            let sums: Vec<f64> = series.reported().iter().map(|new| (sum += new, sum).1).collect();
            assert_eq!(sums, published, "{fips} {kind}");
            assert_eq!(series.total(), sum, "{fips} {kind}");
        }
    }
}

#[test]
fn whole_vintages_are_read_as_published() {
    let folder = folder();
    let data = folder.path().join("data");
    let [then, later, now] = [("2020-09-12", true), ("2020-09-26", true), ("2020-09-26", false)]
        .map(|(day, vintage)| fixture::load(&data, day, vintage).unwrap());
    agrees(&then, &data.join("jhu/vintages/2020-09-13"), "9/12/20");
    agrees(&later, &data.join("jhu/vintages/2020-09-27"), "9/26/20");
    agrees(&now, &data.join("jhu"), "9/26/20");

    // 50 cases too many on Tuesday, 2020-09-01, were taken back.
    assert_eq!(week(&then, "50021", "2020-09-05"), [52.0, 104.0, 128.0, 78.0, 78.0, 78.0, 52.0]);
    assert_eq!(week(&later, "50021", "2020-09-05"), [52.0, 104.0, 78.0, 78.0, 78.0, 78.0, 52.0]);
    // Saturday, 2020-09-12, was late.
    assert_eq!(week(&then, "50007", "2020-09-12"), [50.0, 100.0, 75.0, 75.0, 75.0, 75.0, 0.0]);
    assert_eq!(week(&later, "50007", "2020-09-12"), [50.0, 100.0, 75.0, 75.0, 75.0, 75.0, 50.0]);
    // 30 cases of Monday, 2020-09-14, were found after 2020-09-27.
    assert_eq!(week(&later, "56021", "2020-09-19"), [32.0, 34.0, 48.0, 48.0, 48.0, 48.0, 32.0]);
    assert_eq!(week(&now, "56021", "2020-09-19"), [32.0, 64.0, 48.0, 48.0, 48.0, 48.0, 32.0]);
}

#[test]
fn weekly_vintages_continue_the_newest_file() {
    let folder = folder();
    let data = folder.path().join("data");
    let [saturday, sunday, now] = [("2020-10-03", true), ("2020-10-04", true), ("2020-10-03", false)]
        .map(|(day, vintage)| fixture::load(&data, day, vintage).unwrap());
    assert_eq!((saturday.first_day(), saturday.as_of()), (now.first_day(), now.as_of()));
    // Saturday, 2020-10-03, was late and is in Sunday's count; the file is cut at the as-of day.
    assert_eq!(week(&saturday, "50001", "2020-10-03"), [10.0, 20.0, 15.0, 15.0, 15.0, 15.0, 0.0]);
    assert_eq!(week(&sunday, "50001", "2020-10-04"), [20.0, 15.0, 15.0, 15.0, 15.0, 0.0, 20.0]);
    assert_eq!(week(&now, "50001", "2020-10-03"), [10.0, 20.0, 15.0, 15.0, 15.0, 15.0, 10.0]);
    // The vintage starts on Monday, 2020-07-13, with 25 cases more than the newest file: no day has them, the total does.
    let seam = [9.0, 9.0, 9.0, 9.0, 6.0, 6.0, 12.0];
    assert_eq!((week(&saturday, "56001", "2020-07-13"), week(&now, "56001", "2020-07-13")), (seam.into(), seam.into()));
    // 18 weeks of 60 cases, and those 25.
    assert_eq!(saturday.place("56001".parse().unwrap()).unwrap().history.cases().total(), 1_105.0);
    // Everything else is as in the newest file.
    for county in now.counties().iter().filter(|county| county.fips().to_string() != "50001") {
        let then = &saturday.place(county.fips()).unwrap().history;
        assert_eq!(then.cases().reported(), county.history.cases().reported(), "{}", county.fips());
        assert_eq!(then.deaths().reported(), county.history.deaths().reported(), "{}", county.fips());
    }
}

#[test]
fn a_vintage_is_known_on_the_day_after_its_last_count() {
    let folder = folder();
    let data = folder.path().join("data");
    let error = |day: &str| fixture::load(&data, day, true).map(drop).unwrap_err().to_string();
    let early = error("2020-09-11");
    assert!(early.contains("no vintage had been published by 2020-09-11: the oldest is of 2020-09-13"), "{early}");
    let between = error("2020-09-20");
    assert!(between.contains("the newest vintage known on 2020-09-20 ends on 2020-09-13"), "{between}");
}

fn project(folder: &Path, data: &str, out: &str, more: &[&str]) -> PathBuf {
    let mut command = program(&["project", "--quiet", "--engines", "flat,trend", "--data"]);
    command.arg(folder.join(data)).arg("--out").arg(folder.join(out)).args(more);
    succeed(command);
    folder.join(out)
}

/// Doubles every count after 2020-07-13, the first day of the weekly vintage.
fn restate(path: &Path) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let cut = header.iter().position(|name| name == "7/13/20").unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&header).unwrap();
    for row in rows {
        let value = |(i, text): (usize, &str)| {
            if i > cut { (2 * text.parse::<u32>().unwrap()).to_string() } else { text.to_owned() }
        };
        writer.write_record(row.iter().enumerate().map(value)).unwrap();
    }
    writer.flush().unwrap();
}

/// Adds to the fixture in `later` what was published afterwards: restated files, and a vintage that equals them.
fn publish_more(later: &Path) {
    let vintage = later.join("jhu/vintages/2020-10-11");
    fs::create_dir_all(&vintage).unwrap();
    for (kind, _) in KINDS {
        let path = later.join(newest(kind));
        restate(&path);
        fs::copy(&path, vintage.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn what_was_published_later_changes_no_byte() {
    let folder = folder();
    let root = folder.path();
    let [whole, weekly, later] = ["whole", "weekly", "later"].map(|name| root.join(name));
    for data in [&whole, &weekly, &later] {
        fixture::write(data);
    }
    // What there was on 2020-09-13, and on 2020-10-04.
    fs::remove_dir_all(whole.join("jhu/vintages_weekly")).unwrap();
    fs::remove_dir_all(whole.join("jhu/vintages/2020-09-27")).unwrap();
    publish_more(&later);

    let day = ["--vintage", "--as-of", "2020-09-12"];
    let [then, afterwards] = ["whole", "later"].map(|data| bytes(&project(root, data, &format!("{data}-a"), &day)));
    assert_same(&then, &afterwards);

    // A weekly vintage needs the newest file for the time before, so that one's hash is in `run.json`.
    let day = ["--vintage", "--as-of", "2020-10-03"];
    let [then, afterwards] =
        ["weekly", "later"].map(|data| apart_from_inputs(&project(root, data, &format!("{data}-b"), &day)));
    assert_same(&then.0, &afterwards.0);
    assert_eq!(then.1, afterwards.1);

    // Without vintages the restatement is what counts.
    let day = ["--as-of", "2020-09-12"];
    let [then, afterwards] = ["whole", "later"].map(|data| bytes(&project(root, data, &format!("{data}-c"), &day)));
    assert_ne!(then["projections.parquet"], afterwards["projections.parquet"]);
}
