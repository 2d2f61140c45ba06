//! From publishers' servers to forecasts: what was fetched by a day, and nothing of later ones, makes that day's forecasts.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use countycast_engine::LEVELS;
use countycast_engine::weekly::Week;
use countycast_fetch::{Clock, Fetcher, Lake, Limits, Outcome, Sources};
use jiff::Timestamp;
use polars::prelude::{Column, DataFrame, ParquetWriter};
use serde_json::Value;

use common::live::{reference, share};
use common::server::Server;
use common::{assert_same, files, manifest, numbers, program, succeed, table, text, texts};

/// States by name and code, in the order of their shares.
const STATES: [(&str, &str); 5] =
    [("Alabama", "01"), ("Arizona", "04"), ("Arkansas", "05"), ("California", "06"), ("Colorado", "08")];

/// A table in the CDC's layout of emergency visits, with weeks to `last`, the last of them at `newest` times its value: the nation,
/// five states, and Denver's area by two of its counties.
fn nssp(last: Week, newest: f64) -> String {
    let mut text =
        "week_end,geography,county,percent_visits_covid,percent_visits_influenza,percent_visits_rsv,hsa,hsa_nci_id,\
                    fips\n"
            .to_owned();
    let mut row = |week: Week, number: usize, geography: &str, county: &str, place: &str| {
        let value = 100.0 * share(number, week) * if week == last { newest } else { 1.0 };
        writeln!(text, "{week}T00:00:00.000,{geography},{county},,{value:.2},,{place}").unwrap();
    };
    for week in (0..).map(|n| reference().plus(n - 160)).take_while(|week| *week <= last) {
        row(week, 0, "United States", "All", "All,All,0");
        for (number, (state, code)) in STATES.iter().enumerate() {
            row(week, number + 1, state, "All", &format!("All,All,{code}000"));
        }
        for county in [("Adams", "08001"), ("Denver", "08031")] {
            row(week, 9, "Colorado", county.0, &format!("\"Denver (Denver), CO\",688,{}", county.1));
        }
    }
    text
}

const LOCATIONS: &str = "abbreviation,location,location_name,population\nUS,US,US,340110988\nCO,8,Colorado,5957493\n";

/// A table of sources of the server.
fn sources(server: &Server) -> String {
    let one = |name: &str, kind: &str, columns: &str| {
        format!(
            "[[sources]]\nname = \"{name}\"\nkind = \"{kind}\"\ntitle = \"T\"\npublisher = \"P\"\naddress = \"{}/{name}.csv\"\n\
             file = \"{name}.csv\"\ncadence = \"weekly\"\nlicence = \"CC0\"\ncolumns = [{columns}]\n",
            server.address
        )
    };
    one("nssp", "signals", "\"week_end\", \"percent_visits_influenza\"") + &one("locations", "places", "\"location\"")
}

struct FixedClock(Cell<Timestamp>);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }

    fn sleep(&self, _: Duration) {}

    fn jitter(&self) -> f64 {
        0.0
    }
}

/// Fetches all sources at a time; how many were new.
fn fetch(lake: &Path, server: &Server, time: &str) -> usize {
    let lake = Lake::new(lake);
    let clock = FixedClock(Cell::new(time.parse().unwrap()));
    let parquet = |_: &Path| Err("no Parquet is served".to_owned());
    let fetcher = Fetcher::new(&lake, Limits::default(), &clock, &(), &parquet);
    let table = Sources::parse(&sources(server)).unwrap();
    let outcomes = table.sources.iter().map(|source| fetcher.fetch(source).unwrap());
    outcomes.filter(|outcome| matches!(outcome, Outcome::New { .. })).count()
}

/// Brings the observations up to date.
fn update(lake: &Path) -> usize {
    let hubs = countycast_signals::Hubs::parse(include_str!("../config/hubs.toml")).unwrap();
    let updated = countycast::lake::Lake::new(lake).update(&hubs).unwrap();
    assert_eq!(updated.notices, Vec::<String>::new());
    updated.vintages
}

/// Forecasts from a lake or a folder: every file of the result but `run.json`, and this.
fn project(from: (&str, &Path), as_of: &str, out: PathBuf) -> (BTreeMap<String, Vec<u8>>, Value) {
    let mut command = program(&["project", "--signal", "flu-ed", "--as-of", as_of, "--quiet", from.0]);
    command.arg(from.1).arg("--out").arg(&out);
    succeed(command);
    let (mut written, run) = (files(&out), manifest(&out));
    written.remove("run.json");
    (written, run)
}

#[test]
fn a_later_fetch_moves_no_byte_of_an_earlier_day() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, server) = (folder.path().join("lake"), Server::new());
    let out = |name: &str| folder.path().join(name);
    server.serve("/locations.csv", LOCATIONS);
    server.serve("/nssp.csv", &nssp(reference().plus(-1), 0.8));
    // Half past eleven in New York on Wednesday 7 January, which is Thursday in UTC.
    assert_eq!(fetch(&lake, &server, "2026-01-08T04:30:00Z"), 2);
    let (before, run) = project(("--lake", &lake), "2026-01-07", out("one"));
    assert_eq!((run["as_of"].as_str(), run["reference_date"].as_str()), (Some("2026-01-07"), Some("2026-01-10")));
    assert!(run["notices"].to_string().find("no vintage as old").is_none(), "{run}");
    assert!(!lake.join("observations").exists(), "a forecast adds no observations");

    // The same file as a folder's, published on that day, makes the same forecasts.
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("nssp_2026-01-07.csv"), nssp(reference().plus(-1), 0.8)).unwrap();
    fs::write(data.join("locations.csv"), LOCATIONS).unwrap();
    // A folder has its crosswalk from elsewhere.
    let crosswalk =
        "fips,county,hsa_nci_id,hsa,pop2024\n08001,Adams,688,\"Denver (Denver), CO\",\n08031,Denver,688,,\n";
    fs::write(data.join("crosswalk.csv"), crosswalk).unwrap();
    let (same, _) = project(("--data", &data), "2026-01-07", out("folder"));
    assert!(before["signals.parquet"] == same["signals.parquet"], "a lake of one vintage is that vintage");

    // With observations, and with a later vintage that revises the last week and adds one.
    assert_eq!(update(&lake), 1);
    assert_same(&project(("--lake", &lake), "2026-01-07", out("two")).0, &before);
    server.serve("/nssp.csv", &nssp(reference(), 0.8));
    server.serve("/locations.csv", &(LOCATIONS.to_owned() + "CA,6,California,39431263\n"));
    assert_eq!(fetch(&lake, &server, "2026-01-14T23:00:00Z"), 2);
    for (updates, name) in [(false, "three"), (true, "four")] {
        if updates {
            assert_eq!(update(&lake), 1);
        }
        let (after, again) = project(("--lake", &lake), "2026-01-07", out(name));
        assert_same(&after, &before);
        assert_eq!(again["inputs"], run["inputs"]);
    }
    let (now, run) = project(("--lake", &lake), "2026-01-14", out("five"));
    assert!(now["history.parquet"] != before["history.parquet"]);
    assert_eq!(run["reference_date"], "2026-01-17");
    // Made anew from what was fetched, the observations are the same bytes.
    let kept = files(&lake.join("observations"));
    fs::remove_dir_all(lake.join("observations")).unwrap();
    assert_same(&project(("--lake", &lake), "2026-01-14", out("six")).0, &now);
    assert_eq!(update(&lake), 2);
    assert_same(&files(&lake.join("observations")), &kept);
}

#[test]
fn observations_hold_what_changed_with_the_day_from_which_it_was_known() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, server) = (folder.path().join("lake"), Server::new());
    server.serve("/locations.csv", LOCATIONS);
    server.serve("/nssp.csv", &nssp(reference().plus(-1), 0.8));
    fetch(&lake, &server, "2026-01-07T23:00:00Z");
    server.serve("/nssp.csv", &nssp(reference(), 0.8));
    fetch(&lake, &server, "2026-01-14T23:00:00Z");
    assert_eq!(update(&lake), 2);
    let frame = table(&lake.join("observations/signal=flu-ed/part-nssp.parquet"));
    let [week, known] = ["date", "as_of"].map(|name| numbers(&frame, name));
    let rows: Vec<(String, i64, i64)> = texts(&frame, "place")
        .into_iter()
        .zip(week.iter().zip(&known))
        .map(|(place, (week, known))| (place, *week as i64, *known as i64))
        .collect();
    assert!(rows.is_sorted(), "by place, week and day");
    // Seven places, 161 weeks, and the revised one of each once more.
    assert_eq!(rows.len(), 7 * 161 + 7);
    let day = |text: &str| {
        let day: countycast_engine::Date = text.parse().unwrap();
        i64::from((day - countycast_engine::Date::constant(1970, 1, 1)).get_days())
    };
    let of_denver: Vec<(i64, i64)> =
        rows.iter().filter(|row| row.0 == "H688").rev().take(3).map(|row| (row.1, row.2)).collect();
    let expected = [("2026-01-10", "2026-01-14"), ("2026-01-03", "2026-01-14"), ("2026-01-03", "2026-01-07")];
    assert_eq!(of_denver, expected.map(|(week, known)| (day(week), day(known))));
    assert!(rows.iter().any(|row| row.0 == "06"), "codes are text");
    let counties = table(&lake.join("places/counties/as_of=2026-01-07/part-nssp.parquet"));
    assert_eq!(counties.height(), 2);
    assert!(!lake.join("places/counties/as_of=2026-01-14").exists(), "nothing new was told");
}

/// The baseline's forecasts of the states for the reference week, as teams' forecasts are laid down.
fn baseline(folder: &Path) {
    let tasks = STATES.iter().flat_map(|(_, code)| [0, 1].map(|horizon| (*code, horizon)));
    let rows: Vec<(&str, i32, f64)> =
        tasks.flat_map(|(code, horizon)| LEVELS.map(|level| (code, horizon, level))).collect();
    let text = |value: fn(&(&str, i32, f64)) -> String| rows.iter().map(value).collect::<Vec<String>>();
    let columns = vec![
        Column::new("model".into(), text(|_| "FluSight-baseline".to_owned())),
        Column::new("reference_date".into(), text(|_| reference().to_string())),
        Column::new("target".into(), text(|_| "wk inc flu prop ed visits".to_owned())),
        Column::new("location".into(), text(|row| row.0.to_owned())),
        Column::new("horizon".into(), rows.iter().map(|row| row.1).collect::<Vec<i32>>()),
        Column::new("quantile".into(), rows.iter().map(|row| row.2).collect::<Vec<f64>>()),
        Column::new("value".into(), rows.iter().map(|row| 0.02 + 0.01 * row.2).collect::<Vec<f64>>()),
    ];
    let file = fs::File::create(folder.join("forecasts_flusight.parquet")).unwrap();
    ParquetWriter::new(file).finish(&mut DataFrame::new(rows.len(), columns).unwrap()).unwrap();
}

#[test]
fn past_weeks_are_scored_from_what_the_lake_knew_then() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, server) = (folder.path().join("lake"), Server::new());
    server.serve("/locations.csv", LOCATIONS);
    for (week, time) in [(-1, "2026-01-07T23:00:00Z"), (1, "2026-01-21T23:00:00Z")] {
        server.serve("/nssp.csv", &nssp(reference().plus(week), 0.8));
        fetch(&lake, &server, time);
    }
    update(&lake);
    project(("--lake", &lake), "2026-01-07", folder.path().join("then"));
    let teams = folder.path().join("teams");
    fs::create_dir(&teams).unwrap();
    baseline(&teams);
    let out = folder.path().join("scores");
    let mut command = program(&["evaluate", "--hub", "flusight", "--quiet", "--format", "json", "--data"]);
    let output = succeed({
        command.arg(&teams).arg("--lake").arg(&lake).arg("--out").arg(&out);
        command
    });
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Five states, horizons 0 and 1.
    assert_eq!(found["backtest"]["hubs"][0]["targets"][0]["tasks"], 10, "{found}");
    let name = "hub/flusight/countycast-blend/2026-01-10-countycast-blend.csv";
    let text = |folder: &Path| fs::read_to_string(folder.join(name)).unwrap();
    let (then, scored) = (text(&folder.path().join("then")), text(&out));
    assert_eq!(scored.lines().count(), 1 + 6 * 5 * LEVELS.len(), "the nation and five states, five horizons");
    let known: BTreeSet<&str> = then.lines().collect();
    assert!(scored.lines().all(|line| known.contains(line)), "a later fetch is seen");
}

#[test]
fn the_program_fetches_tells_what_failed_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, server) = (folder.path().join("lake"), Server::new());
    let listed = folder.path().join("sources.toml");
    fs::write(&listed, sources(&server)).unwrap();
    let run = |more: &[&str]| {
        let mut command = program(&["data", "fetch", "--into"]);
        command.arg(&lake).arg("--sources").arg(&listed).args(more);
        command.output().unwrap()
    };
    server.serve("/nssp.csv", &nssp(reference().plus(-1), 0.8));
    let output = run(&["--format", "json", "--quiet"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let document: Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
    let status = |number: usize| document["sources"][number]["status"].as_str().unwrap();
    assert_eq!((status(0), status(1), &document["observations"]["vintages"]), ("new", "failed", &Value::from(1)));
    assert!(document["sources"][1]["error"].as_str().unwrap().ends_with("locations.csv answers 404"), "{document}");
    assert!(lake.join("observations/signal=flu-ed/part-nssp.parquet").exists());

    server.serve("/locations.csv", LOCATIONS);
    server.serve("/nssp.csv", &nssp(reference(), 0.8).replace("percent_visits_influenza", "percent_flu"));
    let output = run(&[]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("`percent_visits_influenza` are missing; new are `percent_flu`"), "{errors}");
    assert!(text(&output.stdout).contains("locations"), "the other one came");
    server.serve("/nssp.csv", &nssp(reference().plus(-1), 0.8));
    let output = run(&["nssp"]);
    assert!(output.status.success() && text(&output.stdout).contains("unchanged"), "{}", text(&output.stderr));
    assert!(run(&["--quiet"]).stdout.is_empty());

    let listed = text(&run(&["--list"]).stdout);
    assert!(listed.contains("1 vintage, the newest of") && listed.contains("CC0"), "{listed}");
    let output = run(&["nsp"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("no source or group `nsp`")
            && text(&output.stderr).contains("nssp, locations, all")
    );
    server.remove("/nssp.csv");
    assert_eq!(run(&["--quiet"]).status.code(), Some(1));

    // What was fetched today is what is forecast from, without a day.
    let out = folder.path().join("out");
    let mut command = program(&["project", "--signal", "flu-ed", "--quiet", "--lake"]);
    command.arg(&lake).arg("--out").arg(&out);
    succeed(command);
    let today = countycast_fetch::day_of(Timestamp::now());
    assert_eq!(manifest(&out)["reference_date"].as_str(), Some(Week::of(today).saturday().to_string().as_str()));
}

#[test]
fn a_fetch_that_is_killed_at_any_moment_or_finds_the_disk_full_leaves_what_was_whole() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new();
    let listed = folder.path().join("sources.toml");
    fs::write(&listed, sources(&server)).unwrap();
    server.serve("/locations.csv", LOCATIONS);
    server.serve("/nssp.csv", &nssp(reference().plus(-1), 0.8));
    let command = |lake: &Path| {
        let mut command = program(&["data", "fetch", "--quiet", "--sources"]);
        command.arg(&listed).arg("--into").arg(lake);
        command
    };
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    let began = Instant::now();
    succeed(command(&whole));
    let takes = began.elapsed();
    for part in 0..12 {
        let mut child = command(&killed).spawn().unwrap();
        std::thread::sleep(takes * part / 10);
        child.kill().unwrap();
        child.wait().unwrap();
        let raw = Lake::new(&killed);
        assert!(raw.vintages("nssp").unwrap().len() <= 1 && raw.vintages("locations").unwrap().len() <= 1);
        succeed(command(&killed));
        assert_eq!(raw.vintages("nssp").unwrap().len(), 1);
        for table in ["observations/signal=flu-ed", "places"] {
            assert_same(&files(&killed.join(table)), &files(&whole.join(table)));
        }
        // The next one begins from nothing again.
        fs::remove_dir_all(&killed).unwrap();
    }

    // A limit on the size of files stands for a full disk: at 8 blocks of 512 bytes the table does not fit.
    let limited = |blocks: u32| {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "sh"]);
        shell.arg(command(&killed).get_program()).args(command(&killed).get_args()).output().unwrap()
    };
    let output = limited(8);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("cannot write") && text(&output.stderr).contains("content"));
    assert!(Lake::new(&killed).vintages("nssp").unwrap().is_empty());
    succeed(command(&killed));
    assert_same(&files(&killed.join("observations/signal=flu-ed")), &files(&whole.join("observations/signal=flu-ed")));
}

#[test]
fn a_lake_without_what_is_asked_for_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refuse = |more: &[&str], expected: &str| {
        let mut command = program(&["project", "--signal", "flu-ed", "--out"]);
        let output =
            command.arg(folder.path().join("out")).arg("--lake").arg(folder.path()).args(more).output().unwrap();
        let errors = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(output.status.code() == Some(2) && errors.contains(expected), "{expected} in {errors}");
    };
    refuse(&[], "holds no table of weekly signals");
}
