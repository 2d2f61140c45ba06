//! The site says what the run's files say.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn site_of_the_demonstration_panel_stands_alone_and_shows_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let (out, site) = (folder.path().join("out"), folder.path().join("site"));
    assert!(program(&["project", "--quiet", "--engines", "trend", "--out"]).arg(&out).status().unwrap().success());
    assert!(program(&["report", "--quiet"]).arg(&out).arg("--site").arg(&site).status().unwrap().success());

    let summary = &arguments(&site.join("data/summary.js"), "countycast.summary(")[0];
    let run: Value = serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(summary["asOf"], run["as_of"]);
    assert_eq!(summary["synthetic"], true);

    let columns = &summary["columns"];
    let codes: Vec<&str> = columns["fips"].as_str().unwrap().split(' ').collect();
    let row = codes.iter().position(|code| code.len() == 5).unwrap();
    let fips = codes[row];
    let place = &file(&site, fips);
    let cases: Vec<f64> = serde_json::from_value(place["cases"].clone()).unwrap();
    let last_week: f64 = cases.iter().rev().take(7).sum();
    assert!((last_week - columns["lastWeek"][row].as_f64().unwrap()).abs() < 4.5);

    // The weekly median of the hub file, which the same run wrote its own way, is the one the page draws.
    let hub = std::fs::read_to_string(
        out.join(format!("hub/countycast-blend/{}-countycast-blend.csv", run["as_of"].as_str().unwrap())),
    )
    .unwrap();
    let median = place["forecast"]["weeks"]["blend"][0][3].as_f64().unwrap();
    let row = hub.lines().map(|line| line.split(',').collect::<Vec<_>>()).find(|cells| {
        cells.contains(&fips) && cells.contains(&"inc case") && cells.contains(&"1") && cells.contains(&"0.5")
    });
    let told: f64 = row.expect("the hub file has the county's first week").last().unwrap().parse().unwrap();
    assert!((told - median).abs() <= 0.51, "hub {told}, page {median}");

    // Beds and the care gap are the run's, place by place.
    let capacity = common::table(&out.join("capacity.parquet"));
    let word = |name: &str| common::texts(&capacity, name);
    let number = |name: &str, row: usize| capacity.column(name).unwrap().f64().unwrap().get(row);
    let (fips_of, models, beds, areas) = (word("fips"), word("model"), word("bed"), word("area"));
    let rows: Vec<usize> = (0..fips_of.len())
        .filter(|&row| models[row] == "blend" && beds[row] == "icu" && areas[row] == "catchment")
        .collect();
    assert!(rows.len() > 50, "{} counties have a catchment", rows.len());
    for row in rows {
        let at = codes.iter().position(|code| *code == fips_of[row]).unwrap();
        let icu = &columns["icu"][at];
        let names = [("beds", 0.051), ("overflow_probability", 0.00051), ("gap_q90", 0.051)];
        for (at, (name, near)) in names.into_iter().enumerate() {
            match (icu[at].as_f64(), number(name, row)) {
                (Some(told), Some(value)) => {
                    assert!((told - value).abs() < near, "{}: {name} {told} for {value}", fips_of[row])
                }
                (told, value) => assert_eq!(told, value, "{}: {name}", fips_of[row]),
            }
        }
    }
    let care = common::table(&out.join("care.parquet"));
    let index = care.column("gap_index").unwrap().f64().unwrap();
    let at = common::texts(&care, "fips").iter().position(|code| code == fips).unwrap();
    let told = place["care"][0][2].as_f64();
    assert_eq!(told, index.get(at).map(|index| (index * 100.0).round() / 100.0));

    let scripts = std::fs::read_dir(site.join("scripts")).unwrap().map(|entry| entry.unwrap().path());
    for path in scripts.chain(["index.html", "card.html", "site.css"].map(|name| site.join(name))) {
        let text = std::fs::read_to_string(&path).unwrap().replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("http://") && !text.contains("https://"), "{} loads from a network", path.display());
    }

    // Every place has its file and its feeds, and what is said in these is what its page says.
    let mut raised = 0;
    for code in &codes {
        let alerts = file(&site, code)["alerts"].as_array().unwrap().clone();
        let feed: Value =
            serde_json::from_slice(&std::fs::read(site.join(format!("feeds/{code}.json"))).unwrap()).unwrap();
        let told = |values: &[Value], key: &str| values.iter().map(|value| value[key].clone()).collect::<Vec<_>>();
        let items = feed["items"].as_array().unwrap();
        assert_eq!(told(items, "content_text"), told(&alerts, "text"), "{code}");
        let rss = std::fs::read_to_string(site.join(format!("feeds/{code}.xml"))).unwrap();
        assert_eq!(rss.matches("<item>").count(), items.len(), "{code}");
        raised += usize::from(code.len() == 5) * items.len();
    }
    let nation: Vec<usize> = serde_json::from_value(file(&site, "US")["raised"].clone()).unwrap();
    assert_eq!(nation.iter().sum::<usize>(), raised);
    assert!(raised > 0, "some county calls for attention");
}

/// A copy of the demonstration panel, in which the largest county of Nebraska has a newest count of 0; and the county's code, its
/// count of the day before and the number of days.
fn spoilt(data: &Path) -> (String, f64, usize) {
    common::demo_copy(data);
    let path = data.join("jhu/time_series_covid19_confirmed_US.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut rows: Vec<Vec<String>> = csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let header = text.lines().next().unwrap();
    let column = |name: &str| header.split(',').position(|column| column == name).unwrap();
    let (fips, state, first) = (column("FIPS"), column("Province_State"), column("1/22/20"));
    let count = |row: &Vec<String>, back: usize| row[row.len() - back].parse::<f64>().unwrap();
    let of_state = rows.iter_mut().filter(|row| row[state] == "Nebraska" && row[fips].starts_with("31"));
    let county = of_state.max_by(|a, b| count(a, 1).total_cmp(&count(b, 1))).unwrap();
    let found = (county[fips].trim_end_matches(".0").to_owned(), count(county, 2), county.len() - first);
    *county.last_mut().unwrap() = "0".to_owned();
    let mut writer = csv::Writer::from_path(&path).unwrap();
    writer.write_record(header.split(',')).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
    found
}

#[test]
fn a_bad_report_is_told_in_the_terminal_the_run_its_county_and_its_page() {
    let folder = common::scratch();
    let (data, out, site) = (folder.path().join("data"), folder.path().join("out"), folder.path().join("site"));
    let (fips, before, days) = spoilt(&data);
    let mut project = program(&["project", "--engines", "flat", "--state", "NE", "--data"]);
    let done = project.arg(&data).arg("--out").arg(&out).output().unwrap();
    let written = format!("a cumulative count of 0 is no report; {} was carried on", with_separators(before));
    // The terminal breaks lines.
    let terminal = common::text(&[done.stdout, done.stderr].concat());
    let terminal = terminal.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(done.status.success() && terminal.contains(&written), "{terminal}");
    let run = common::manifest(&out);
    let is_told = |notices: &Value| notices.as_array().unwrap().iter().any(|n| n.as_str().unwrap().contains(&written));
    assert!(is_told(&run["notices"]), "{}", run["notices"]);
    let counties = common::table(&out.join("counties.parquet"));
    for (of, notices) in common::texts(&counties, "fips").into_iter().zip(common::texts(&counties, "notices")) {
        assert_eq!(notices.contains("is no report"), of == fips, "{of}: {notices}");
    }

    let mut report = program(&["report", "--quiet"]);
    assert!(report.arg(&out).arg("--data").arg(&data).arg("--site").arg(&site).status().unwrap().success());
    let page = file(&site, &fips);
    assert!(is_told(&page["notices"]), "{}", page["notices"]);
    let marked = page["repaired"]["cases"].as_array().unwrap();
    assert!(marked.last().is_some_and(|run| run[1] == days - 1), "the last of {days} days is marked: {marked:?}");

    let mut check = program(&["data", "check", "--format", "json", "--fips", &fips]);
    let check: Value = serde_json::from_slice(&check.arg(&data).output().unwrap().stdout).unwrap();
    assert!(is_told(&check["notices"]));
    let listed = check["listed"].as_array().unwrap();
    let repair = listed.iter().find(|repair| repair["kind"] == "no report").unwrap();
    assert_eq!((repair["published"].as_f64(), repair["used"].as_f64()), (Some(0.0), Some(before)), "{repair}");
    assert_eq!((&repair["last"], &repair["fips"]), (&check["as_of"], &Value::from(fips)));
}

/// A number of at most six digits as it is written in notices.
fn with_separators(number: f64) -> String {
    let digits = number.to_string();
    if digits.len() < 4 { digits } else { format!("{},{}", &digits[..digits.len() - 3], &digits[digits.len() - 3..]) }
}

#[test]
fn feeds_link_to_the_address_of_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let (out, site) = (folder.path().join("out"), folder.path().join("site"));
    let mut project = program(&["project", "--quiet", "--engines", "flat", "--state", "NE", "--out"]);
    assert!(project.arg(&out).status().unwrap().success());
    let report = |address: &str| {
        program(&["report", "--quiet"])
            .arg(&out)
            .arg("--site")
            .arg(&site)
            .args(["--address", address])
            .output()
            .unwrap()
    };
    let refused = report("health.example/covid");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--address health.example/covid: not an address"));
    assert!(!site.exists());
    assert!(report("https://health.example/covid").status.success());
    let feed = std::fs::read_to_string(site.join("feeds/31.xml")).unwrap();
    assert!(feed.contains("<link>https://health.example/covid/index.html#/state/31</link>"), "{feed}");
}

#[test]
fn a_folder_without_a_run_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let status = program(&["report"]).arg(folder.path()).arg("--site").arg(&site).status().unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(!site.exists());
}

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countycast"));
    command.args(args).env_remove("COUNTYCAST_DATA_DIR").env_remove("HOME").env_remove("XDG_CACHE_HOME");
    command
}

/// The JSON of a place's data file.
fn file(site: &Path, code: &str) -> Value {
    arguments(&site.join(format!("data/{code}.js")), "countycast.file(").swap_remove(1)
}

/// The JSON values that a data file hands to the page.
fn arguments(file: &Path, call: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    serde_json::from_str(&format!("[{}]", text.strip_prefix(call).unwrap().strip_suffix(");\n").unwrap())).unwrap()
}
