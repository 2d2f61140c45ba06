//! What hubs take besides quantiles of weeks: samples, categories of change, the season's peak, and hubs of one's own.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assert_cmd::Command;
use countycast_engine::Date;
use countycast_engine::weekly::Week;
use polars::prelude::{ParquetReader, SerReader};

/// States with their residents, and the nation.
const AREAS: [(&str, f64); 6] = [("US", 3.4e8), ("04", 7.6e6), ("06", 3.9e7), ("09", 3.7e6), ("36", 2e7), ("56", 6e5)];

fn reference() -> Week {
    Week::of(Date::constant(2026, 1, 10))
}

/// Admissions of a week: seasons whose peaks come earlier or later and are higher or lower by area and year.
fn admissions(area: usize, week: Week) -> f64 {
    let season = f64::from(week.season().0);
    let peak = 4.0 + 2.0 * (1.7 * season + area as f64).sin();
    let from_peak = (f64::from(week.since_christmas()) - peak) / 5.0;
    let height = 0.9 + 0.3 * (2.3 * season + 0.7 * area as f64).cos();
    let noise = 1.0 + 0.1 * (12.9 * f64::from(week.since(reference())) + 78.2 * area as f64).sin();
    (AREAS[area].1 / 1e5 * (0.1 + 4.0 * height * (-0.5 * from_peak * from_peak).exp()) * noise).round()
}

/// A folder of target data and places, and settings with engines that need no training.
fn data() -> &'static Path {
    static DATA: OnceLock<PathBuf> = OnceLock::new();
    DATA.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trajectories-data");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut text = "as_of,location,target,target_end_date,observation\n".to_owned();
        let mut places = "abbreviation,location,location_name,population\n".to_owned();
        for (number, (area, residents)) in AREAS.into_iter().enumerate() {
            writeln!(places, "A{number},{area},Area {number},{residents}").unwrap();
            for age in 1..=180 {
                let week = reference().plus(-age);
                let value = admissions(number, week);
                writeln!(text, "{},{area},wk inc flu hosp,{week},{value}", week.plus(1).wednesday()).unwrap();
            }
        }
        fs::write(folder.join("time-series.csv"), text).unwrap();
        fs::write(folder.join("locations.csv"), places).unwrap();
        fs::write(folder.join("settings.toml"), "[weekly]\nengine_names = [\"flat\", \"climatology\"]\n").unwrap();
        folder
    })
}

fn countycast(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("countycast").unwrap();
    command.args(arguments).env_remove("COUNTYCAST_DATA_DIR");
    command
}

/// Forecasts into a folder below the tests'; returns it.
fn project(name: &str, more: &[&str]) -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&out);
    let config = data().join("settings.toml");
    let mut arguments = vec!["project", "--signal", "flu-admissions", "--quiet"];
    arguments.extend(["--data", data().to_str().unwrap(), "--config", config.to_str().unwrap()]);
    arguments.extend(["--out", out.to_str().unwrap()]);
    if !more.contains(&"--as-of") {
        arguments.extend(["--as-of", "2026-01-07"]);
    }
    arguments.extend(more);
    countycast(&arguments).assert().success();
    out
}

/// The file for FluSight with samples.
fn file() -> &'static (PathBuf, String) {
    static FILE: OnceLock<(PathBuf, String)> = OnceLock::new();
    FILE.get_or_init(|| {
        let out = project("trajectories-out", &["--samples", "--jobs", "2"]);
        let path = out.join("hub/flusight/countycast-blend/2026-01-10-countycast-blend.csv");
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    })
}

/// Cells of the rows with this target and kind of output.
fn rows<'a>(text: &'a str, target: &str, kind: &str) -> Vec<Vec<&'a str>> {
    let cells = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    cells.filter(|cells| cells[1] == target && cells[5] == kind).collect()
}

fn number(cells: &[&str]) -> f64 {
    cells[7].parse().unwrap()
}

#[test]
fn samples_are_the_hubs_number_of_trajectories_with_the_forecasts_quantiles() {
    let (_, text) = file();
    let samples = rows(text, "wk inc flu hosp", "sample");
    assert_eq!(samples.len(), AREAS.len() * 5 * 100);
    let mut by_place: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    samples.iter().for_each(|cells| _ = by_place.entry(cells[4]).or_default().insert(cells[6]));
    assert!(by_place.values().all(|ids| ids.len() == 100));
    assert_eq!(by_place.values().flatten().collect::<BTreeSet<_>>().len(), AREAS.len() * 100, "ids are not shared");
    for horizon in ["-1", "0", "3"] {
        let mut values: Vec<f64> =
            samples.iter().filter(|cells| cells[4] == "06" && cells[2] == horizon).map(|cells| number(cells)).collect();
        values.sort_by(f64::total_cmp);
        for level in ["0.1", "0.5", "0.9"] {
            let quantiles = rows(text, "wk inc flu hosp", "quantile");
            let given = quantiles.iter().find(|c| c[4] == "06" && c[2] == horizon && c[6] == level).unwrap();
            let found = countycast_engine::quantile(&values, level.parse().unwrap());
            assert!((found / number(given) - 1.0).abs() < 0.02, "{found} for {} at {level}", number(given));
        }
    }
    // Weeks of a trajectory go together: high ones in the next week are high in the one after it.
    let of = |horizon: &str| -> BTreeMap<&str, f64> {
        samples.iter().filter(|c| c[4] == "36" && c[2] == horizon).map(|c| (c[6], number(c))).collect()
    };
    let (next, later) = (of("1"), of("2"));
    let middle = |values: &BTreeMap<&str, f64>| {
        let mut sorted: Vec<f64> = values.values().copied().collect();
        sorted.sort_by(f64::total_cmp);
        countycast_engine::quantile(&sorted, 0.5)
    };
    let (half_next, half_later) = (middle(&next), middle(&later));
    let together = next.iter().filter(|(id, value)| (**value > half_next) == (later[*id] > half_later)).count();
    assert!(together > 65, "{together} of 100");
}

#[test]
fn probabilities_are_complete_and_sum_to_one() {
    let (_, text) = file();
    let changes = rows(text, "wk flu hosp rate change", "pmf");
    let weeks = rows(text, "peak week inc flu hosp", "pmf");
    assert_eq!((changes.len(), weeks.len()), (AREAS.len() * 4 * 5, AREAS.len() * 27));
    let mut sums: BTreeMap<(&str, &str, &str), f64> = BTreeMap::new();
    for cells in changes.iter().chain(&weeks) {
        *sums.entry((cells[1], cells[4], cells[2])).or_default() += number(cells);
    }
    assert!(sums.len() == AREAS.len() * 5 && sums.values().all(|sum| (sum - 1.0).abs() < 1e-9), "{sums:?}");
    let sizes = rows(text, "peak inc flu hosp", "quantile");
    assert_eq!(sizes.len(), AREAS.len() * 23);
    for (area, _) in AREAS {
        let of_area: Vec<f64> = sizes.iter().filter(|cells| cells[4] == area).map(|cells| number(cells)).collect();
        let highest =
            (1..8).map(|age| admissions(AREAS.iter().position(|a| a.0 == area).unwrap(), reference().plus(-age)));
        let so_far = highest.fold(0.0, f64::max);
        // The last week may be revised downward.
        assert!(of_area.is_sorted() && of_area[0] >= 0.8 * so_far, "{area}: {of_area:?} after {so_far}");
    }
}

#[test]
fn the_number_of_threads_moves_no_byte_and_samples_are_written_on_request() {
    let (_, text) = file();
    let name = "hub/flusight/countycast-blend/2026-01-10-countycast-blend.csv";
    let one = fs::read_to_string(project("trajectories-one", &["--samples", "--jobs", "1"]).join(name)).unwrap();
    assert!(one == *text);
    let plain = fs::read_to_string(project("trajectories-plain", &[]).join(name)).unwrap();
    let without: String =
        text.lines().filter(|line| !line.contains(",sample,")).flat_map(|line| [line, "\n"]).collect();
    assert!(plain == without);
}

#[test]
fn the_hub_takes_the_file_and_every_mistake_in_it_is_told() {
    let (path, text) = file();
    let check = |text: Option<String>| -> (i32, String) {
        let folder = tempfile::tempdir().unwrap();
        let mut path = path.clone();
        if let Some(text) = text {
            path = folder.path().join("countycast-blend").join(path.file_name().unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        let found = countycast(&["hub", "check", path.to_str().unwrap(), "--hub", "flusight"]).assert();
        let output = found.get_output();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        (output.status.code().unwrap(), text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let (code, found) = check(None);
    assert!(code == 0 && !found.contains("error:"), "{found}");
    let first = |target: &str, kind: &str| -> String {
        let start = format!("2026-01-10,{target},");
        text.lines().find(|line| line.starts_with(&start) && line.contains(kind)).unwrap().to_owned() + "\n"
    };
    let sample = first("wk inc flu hosp", ",sample,");
    let (category, week) = (first("wk flu hosp rate change", ",pmf,"), first("peak week inc flu hosp", ",pmf,"));
    let size = first("peak inc flu hosp", ",quantile,");
    let with = |line: &str, column: usize, value: &str| {
        let mut cells: Vec<&str> = line.trim_end().split(',').collect();
        cells[column] = value;
        cells.join(",") + "\n"
    };
    for (line, wrong, expected) in [
        (&sample, String::new(), "99 samples, where CDC FluSight takes 100"),
        (&sample, with(&sample, 6, "a_new_sample"), "other samples than at the first horizon"),
        (&sample, with(&sample, 6, "an_id_that_is_far_too_long"), "samples have 1 to 15 characters"),
        (&sample, with(&sample, 7, "10.5"), "samples of `wk inc flu hosp` are whole numbers"),
        (&sample, with(&sample, 4, "06"), "is one of"),
        (&category, with(&category, 6, "huge_decrease"), "output_type_id `huge_decrease`: large_decrease, decrease"),
        (&category, with(&category, 7, "0.9999"), "probabilities sum to"),
        (&category, with(&category, 7, "1.5"), "value 1.5 is above 1; it is a probability"),
        (&category, String::new(), "large_decrease are missing"),
        (&category, with(&category, 5, "quantile"), "write `pmf` for this target"),
        (&category, with(&category, 2, "-1"), "horizon `-1`: CDC FluSight takes 0 to 3"),
        (&week, String::new(), "2025-11-22 are missing"),
        (&week, with(&week, 6, "2025-11-15"), "`2025-11-15`: 2025-11-22 to 2026-05-23 are taken"),
        (&week, with(&week, 2, "0"), "horizon `0`: leave it blank"),
        (&size, String::new(), "1 of 23 levels are missing"),
        (&size, with(&size, 7, "99999999"), "`peak inc flu hosp`: quantiles cross"),
        (&size, with(&size, 4, "99"), "location `99` is not taken"),
    ] {
        assert!(text.contains(line.as_str()));
        let (code, found) = check(Some(text.replacen(line.as_str(), &wrong, 1)));
        assert!(code == 2 && found.contains(expected), "{expected} in {found}");
    }
    let (code, found) = check(Some(text.replace("wk flu hosp rate change", "wk flu hosp change")));
    assert!(code == 2 && found.contains("`wk flu hosp change`: CDC FluSight takes"), "{found}");
}

#[test]
fn a_lake_keeps_weeks_and_tells_how_they_did() {
    let lake = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trajectories-lake");
    let _ = fs::remove_dir_all(&lake);
    let run = |day: &str, name: &str| -> serde_json::Value {
        let out = project(name, &["--as-of", day, "--lake", lake.to_str().unwrap()]);
        serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap()
    };
    assert_eq!(run("2025-12-17", "trajectories-first")["held"], serde_json::json!({}));
    let part = |table: &str, day: &str| lake.join(format!("{table}/reference_date={day}/part.parquet"));
    assert!(part("signals", "2025-12-20").exists());
    assert!(!part("signal_scores", "2025-12-20").exists(), "there was nothing to be scored");
    // By the Wednesday three weeks later the weeks of horizons 0 to 2 are published, of six areas.
    let held = &run("2026-01-07", "trajectories-third")["held"]["flu-admissions"];
    assert_eq!(held["weeks"], 18);
    assert!(held["held_95"].as_f64().unwrap() >= held["held_50"].as_f64().unwrap());
    // Of them the last week is scored, in six areas, for every model.
    let file = fs::File::open(part("signal_scores", "2026-01-10")).unwrap();
    let scores = ParquetReader::new(file).finish().unwrap();
    let models = scores.column("model").unwrap().str().unwrap();
    let blend = models.iter().filter(|model| *model == Some("blend")).count();
    assert!(blend == 6 && scores.height() > 6 && scores.height().is_multiple_of(6), "{} rows", scores.height());
    assert!(scores.column("horizon").unwrap().i32().unwrap().iter().all(|horizon| horizon == Some(2)));
    assert!(scores.column("wis").unwrap().f64().unwrap().iter().all(|wis| wis > Some(0.0)));
    // A repeated week stands once, and is not compared with itself.
    assert_eq!(run("2026-01-07", "trajectories-third")["held"]["flu-admissions"]["weeks"], 18);
}

#[test]
fn a_table_of_ones_own_replaces_a_hub_and_what_is_wrong_in_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("hubs.toml");
    let county = "[[hubs]]\nname = \"flusight\"\ntitle = \"Own\"\nrepository = \"\"\nbaseline = \"b\"\ndue = -3\n\
                  horizons = [0, 1]\nrequired = []\nlevels = [0.25, 0.5, 0.75]\n\n[[hubs.targets]]\n\
                  target = \"wk inc flu hosp\"\nsignal = \"flu-admissions\"\nscale = 1.0\ndecimals = 1\nlocations = [\"06\", \"36\"]\n";
    fs::write(&own, county).unwrap();
    let out = project("trajectories-own", &["--samples", "--hubs", own.to_str().unwrap()]);
    let path = out.join("hub/flusight/countycast-blend/2026-01-10-countycast-blend.csv");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1 + 2 * 2 * 3, "{text}");
    let check = |hubs: &[&str]| {
        let mut arguments = vec!["hub", "check", path.to_str().unwrap(), "--hub", "flusight"];
        arguments.extend(hubs);
        countycast(&arguments).assert()
    };
    check(&["--hubs", own.to_str().unwrap()]).success();
    check(&[]).code(2);
    for (wrong, expected) in [
        (county.replace("horizons = [0, 1]", "horizons = [1, 0]"), "the first is after the last"),
        (county.replace("flu-admissions", "flu-deaths"), "`flu-deaths` is not a weekly signal"),
        (county.replace("decimals", "decimal"), "unknown field `decimal`"),
        (
            county.to_owned() + "\n[hubs.peaks]\nweek = \"a\"\nsize = \"b\"\nof = \"c\"\nseasons = []\n",
            "of = \"c\" is none",
        ),
    ] {
        fs::write(&own, wrong).unwrap();
        let found = check(&["--hubs", own.to_str().unwrap()]).code(2);
        let text = String::from_utf8_lossy(&found.get_output().stderr).into_owned();
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(joined.contains(expected) && joined.contains("hubs.toml"), "{expected} in {text}");
    }
}
