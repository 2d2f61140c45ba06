//! Daily counts from a lake: what was fetched by a day, and nothing of later ones, makes that day's projections.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use common::{assert_same, demo, files, manifest, program, scratch, succeed, text};
use countycast_fetch::{MANIFEST, Manifest};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Lays a table into a lake as a fetch does.
fn fetched(lake: &Path, source: &str, time: &str, file: &str, content: &str) {
    let folder = lake.join(format!("raw/{source}/fetched_at={}", time.replace(':', "-")));
    fs::create_dir_all(&folder).unwrap();
    let file = format!("{file}.gz");
    let mut packed = GzEncoder::new(fs::File::create(folder.join(&file)).unwrap(), Compression::fast());
    packed.write_all(content.as_bytes()).unwrap();
    packed.finish().unwrap();
    let columns = content.lines().next().unwrap().split(',').map(str::to_owned).collect();
    let manifest = Manifest {
        source: source.to_owned(),
        url: format!("https://example.org/{source}.csv"),
        file,
        fetched_at: time.parse().unwrap(),
        sha256: countycast::panel::sha256(content.as_bytes()),
        bytes: content.len() as u64,
        rows: content.lines().count() as u64 - 1,
        columns,
        etag: None,
        last_modified: None,
        same_as: None,
        version: "0.1.0".to_owned(),
    };
    fs::write(folder.join(MANIFEST), serde_json::to_vec(&manifest).unwrap()).unwrap();
}

/// The demonstration panel's counts.
fn counts(kind: &str) -> String {
    fs::read_to_string(demo().join(format!("jhu/time_series_covid19_{kind}_US.csv"))).unwrap()
}

/// A table in which every count is doubled: those of a later vintage.
fn doubled(table: &str) -> String {
    let row = |line: &str| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let first = cells.len() - table.lines().next().unwrap().split(',').filter(|name| name.ends_with("/20")).count();
        let value = |(i, cell): (usize, &String)| match cell.parse::<f64>() {
            Ok(count) if i >= first => format!("{}", 2.0 * count),
            _ => cell.clone(),
        };
        cells.iter().enumerate().map(value).collect::<Vec<_>>().join(",")
    };
    let mut lines = table.lines();
    let header = lines.next().unwrap().to_owned();
    std::iter::once(header).chain(lines.map(row)).map(|line| line + "\n").collect()
}

fn project(folder: &Path, from: [&str; 2], as_of: &str, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut command = program(&["project", "--quiet", "--state", "IA", "--as-of", as_of]);
    command.args(from).arg("--out").arg(folder.join(out)).arg("--config").arg(folder.join("quick.toml"));
    succeed(command);
    let mut written = files(&folder.join(out));
    written.remove("run.json");
    written
}

#[test]
fn a_lake_says_what_the_same_files_say_and_a_later_fetch_moves_nothing() {
    let folder = scratch();
    let folder = folder.path();
    let [lake, data] = ["lake", "data"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    let lay = |time: &str, cases: &str, deaths: &str| {
        fetched(Path::new(&lake), "jhu-cases", time, "time_series_covid19_confirmed_US.csv", cases);
        fetched(Path::new(&lake), "jhu-deaths", time, "time_series_covid19_deaths_US.csv", deaths);
    };
    let [cases, deaths] = ["confirmed", "deaths"].map(counts);
    // Other tables of the lake are no counts.
    fetched(Path::new(&lake), "census", "2020-10-01T12:00:00Z", "census.csv", "SUMLEV,STATE\n050,19\n");
    lay("2020-10-18T02:30:00Z", &cases, &deaths);
    fs::create_dir(&data).unwrap();
    fs::write(Path::new(&data).join("time_series_covid19_confirmed_US.csv"), &cases).unwrap();
    fs::write(Path::new(&data).join("time_series_covid19_deaths_US.csv"), &deaths).unwrap();
    let day = "2020-10-17";
    let of_folder = project(folder, ["--data", &data], day, "of-folder");
    // Half past ten in New York on that Saturday, which is Sunday in UTC.
    assert_same(&project(folder, ["--lake", &lake], day, "of-lake"), &of_folder);
    let run = manifest(&folder.join("of-lake"));
    let path = run["inputs"][0]["path"].as_str().unwrap();
    assert!(path.starts_with("raw/jhu-") && path.contains("fetched_at=2020-10-18T02-30-00Z"), "{path}");
    assert!(!run["notices"].to_string().contains("first fetched"), "{run}");

    // A later vintage is that of later days alone; a day before the first one is cut from that.
    lay("2020-10-21T12:00:00Z", &doubled(&cases), &doubled(&deaths));
    assert_same(&project(folder, ["--lake", &lake], day, "again"), &of_folder);
    assert!(
        project(folder, ["--lake", &lake], "2020-10-24", "later")
            != project(folder, ["--data", &data], "2020-10-24", "other")
    );
    assert_same(
        &project(folder, ["--lake", &lake], "2020-10-10", "earlier"),
        &project(folder, ["--data", &data], "2020-10-10", "cut"),
    );
    let notices = manifest(&folder.join("earlier"))["notices"].to_string();
    assert!(
        notices.contains("jhu-cases was first fetched on 2020-10-17: that table is read up to 2020-10-10"),
        "{notices}"
    );

    // What `--lake` reads, `--data` reads as well, so that every command takes a lake.
    assert_same(&project(folder, ["--data", &lake], day, "as-data"), &of_folder);
}

#[test]
fn a_lake_without_counts_is_told() {
    let folder = scratch();
    let lake = folder.path().join("lake");
    let refuse = |expected: &str| {
        let mut command = program(&["project", "--lake"]);
        let output = command.arg(&lake).arg("--out").arg(folder.path().join("out")).output().unwrap();
        let told = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(output.status.code() == Some(2) && told.contains(expected), "{expected} in {told}");
    };
    refuse("nothing was fetched into");
    fetched(&lake, "census", "2020-10-01T12:00:00Z", "census.csv", "SUMLEV,STATE\n050,19\n");
    refuse("is a lake without counts by county");
    assert!(!folder.path().join("out").exists());
}
