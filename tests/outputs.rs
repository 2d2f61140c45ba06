//! What `project` writes is what the documentation says: files, columns, types, places, and numbers that hold together.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{Projection, Task, demo, manifest, numbers, projections, succeed, table, texts};
use countycast::scores::quantiles::LEVELS;
use countycast_engine::Date;
use polars::prelude::DataType;

const AS_OF: &str = "2020-10-24";
const WEEKS: u32 = 2;

/// One run on the demonstration panel, for all tests.
fn out() -> &'static Path {
    static OUT: OnceLock<PathBuf> = OnceLock::new();
    OUT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outputs");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("quick.toml"), common::QUICK).unwrap();
        succeed(common::project(demo(), &folder, "out", &[]));
        folder.join("out")
    })
}

fn rows() -> &'static [Projection] {
    static ROWS: OnceLock<Vec<Projection>> = OnceLock::new();
    ROWS.get_or_init(|| projections(out()))
}

/// All locations of the demonstration panel: 120 counties, three states, the nation.
fn locations() -> BTreeSet<String> {
    let truth = fs::read_to_string(demo().join("truth.csv")).unwrap();
    let counties = truth.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned());
    let all: BTreeSet<String> = counties.chain(["US", "19", "31", "46"].map(str::to_owned)).collect();
    assert_eq!(all.len(), 124);
    all
}

/// Days from 1970-01-01 to the as-of day.
fn as_of() -> i64 {
    let epoch: Date = "1970-01-01".parse().unwrap();
    i64::from((AS_OF.parse::<Date>().unwrap() - epoch).get_days())
}

/// Quantiles with their values, by what they are about.
fn quantiles() -> BTreeMap<Task, Vec<(f64, f64)>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for row in rows() {
        found.entry(row.task()).or_default().push((row.quantile, row.value));
    }
    found
}

#[test]
fn projections_have_the_documented_columns() {
    let table = table(&out().join("projections.parquet"));
    let columns: Vec<_> = table.columns().iter().map(|c| (c.name().to_string(), c.dtype().clone())).collect();
    let expected = [
        ("as_of", DataType::Date),
        ("fips", DataType::String),
        ("model", DataType::String),
        ("target", DataType::String),
        ("resolution", DataType::String),
        ("horizon", DataType::Int32),
        ("target_end_date", DataType::Date),
        ("quantile", DataType::Float64),
        ("value", DataType::Float64),
    ];
    assert_eq!(columns, expected.map(|(name, kind)| (name.to_owned(), kind)));
    assert!(numbers(&table, "as_of").iter().all(|day| *day as i64 == as_of()));
}

#[test]
fn capacity_has_the_documented_columns_and_numbers_that_hold_together() {
    let table = table(&out().join("capacity.parquet"));
    let columns: Vec<String> = table.columns().iter().map(|c| c.name().to_string()).collect();
    let mut expected = vec!["as_of", "fips", "model", "bed", "area", "beds", "others"];
    expected.extend(["peak_q50", "peak_q90", "peak_q975", "peak_day", "overflow_probability", "first_overflow"]);
    expected.extend(["gap_q50", "gap_q90", "gap_q975", "rank"]);
    assert_eq!(columns, expected);
    let places = texts(&table, "fips").into_iter().zip(texts(&table, "model")).zip(texts(&table, "area"));
    let blended: BTreeSet<String> = places
        .filter(|((_, model), area)| model == "blend" && area != "catchment")
        .map(|((fips, _), _)| fips)
        .collect();
    assert_eq!(blended, locations(), "a row of the blend for every place");
    let number = |name: &str| numbers(&table, name);
    let (low, high, gap) = (number("peak_q50"), number("peak_q975"), number("gap_q975"));
    assert!(low.iter().zip(&high).all(|(low, high)| low <= high) && high.iter().any(|high| *high > 0.0));
    // What lacks is at least what the peak exceeds the free beds by (means of excesses, not excesses of means), and
    // nothing where no draw overflows.
    let probability = number("overflow_probability");
    for ((((high, beds), others), gap), probability) in
        high.iter().zip(number("beds")).zip(number("others")).zip(gap).zip(&probability)
    {
        if beds == 0.0 {
            assert!(gap.is_nan() && probability.is_nan(), "there is no hospital that could overflow");
            continue;
        }
        let excess = (high - (beds - others)).max(0.0);
        assert!(gap > excess - 0.02, "{high} patients, {beds} beds, {others} taken: {gap} lack");
        assert!(gap == 0.0 || *probability > 0.0, "{gap} lack with probability {probability}");
    }
    assert!(probability.iter().all(|p| p.is_nan() || (0.0..=1.0).contains(p)));
}

#[test]
fn care_holds_each_specialty_against_the_nation() {
    let table = table(&out().join("care.parquet"));
    let columns: Vec<String> = table.columns().iter().map(|c| c.name().to_string()).collect();
    assert_eq!(columns, ["as_of", "fips", "specialty", "providers_per_100k", "patients_per_100k", "gap_index"]);
    let (fips, specialty) = (texts(&table, "fips"), texts(&table, "specialty"));
    assert_eq!(fips.iter().cloned().collect::<BTreeSet<_>>(), locations(), "a row for every place");
    let number = |name: &str| numbers(&table, name);
    let (providers, load, index) = (number("providers_per_100k"), number("patients_per_100k"), number("gap_index"));
    let nation =
        |specialty: &str, known: &[String]| (0..fips.len()).find(|&i| fips[i] == "US" && known[i] == specialty);
    for i in 0..fips.len() {
        let us = nation(&specialty[i], &specialty).expect("the nation has the specialty");
        let expected = load[i] / load[us] * providers[us] / providers[i];
        assert!((index[i] - expected).abs() < 0.002 * (1.0 + expected), "{} {}: {}", fips[i], specialty[i], index[i]);
    }
}

#[test]
fn every_row_set_has_all_quantiles_once_in_order_and_they_do_not_cross() {
    for (task, row_set) in quantiles() {
        assert_eq!(row_set.iter().map(|(quantile, _)| *quantile).collect::<Vec<_>>(), LEVELS, "{task:?}");
        assert!(row_set.iter().all(|(_, value)| value.is_finite() && *value >= 0.0), "{task:?}: {row_set:?}");
        assert!(row_set.is_sorted_by(|(_, a), (_, b)| a <= b), "{task:?}: {row_set:?}");
    }
}

#[test]
fn the_blend_has_every_location_target_and_resolution() {
    let found: BTreeSet<_> = quantiles().into_keys().filter(|task| task.1 == "blend").collect();
    let mut expected = BTreeSet::new();
    for fips in locations() {
        for target in ["inc case", "cum case", "inc death", "cum death"] {
            let days = (1..=7 * WEEKS).map(|day| ("day", day));
            let spans = (1..=WEEKS).map(|week| ("span", week)).filter(|_| target == "inc case");
            for (resolution, horizon) in days.chain((1..=WEEKS).map(|week| ("week", week))).chain(spans) {
                expected.insert((fips.clone(), "blend".to_owned(), target.to_owned(), resolution.to_owned(), horizon));
            }
        }
    }
    let known: BTreeSet<_> =
        found.iter().filter(|t| ["inc case", "cum case", "inc death", "cum death"].contains(&t.2.as_str())).collect();
    assert_eq!(known, expected.iter().collect());
}

#[test]
fn engines_have_the_weeks_and_spans_by_which_they_are_scored() {
    for row in rows().iter().filter(|row| row.model != "blend") {
        let kinds = [("inc case", "week"), ("inc case", "span"), ("inc death", "week")];
        let kind = (row.target.as_str(), row.resolution.as_str());
        assert!(kinds.contains(&kind) || !row.target.starts_with("inc "), "{row:?}");
    }
    let models = |fips: &str| -> BTreeSet<&str> {
        rows().iter().filter(|row| row.fips == fips).map(|row| row.model.as_str()).collect()
    };
    let engines = manifest(out())["engines"].as_array().unwrap().len();
    assert_eq!(models("46").len(), engines + 1, "a state has every engine and the blend");
    let counties = table(&out().join("counties.parquet"));
    for (fips, phase) in texts(&counties, "fips").iter().zip(texts(&counties, "phase")) {
        if phase == "fallback" {
            assert_eq!(models(fips), BTreeSet::from(["blend", "flat"]), "{fips}");
        }
    }
}

#[test]
fn dates_follow_from_as_of_and_horizon() {
    for row in rows() {
        let days = if row.resolution == "day" { row.horizon } else { 7 * row.horizon };
        assert_eq!(row.target_end_date, as_of() + i64::from(days), "{row:?}");
    }
}

#[test]
fn cumulative_counts_start_from_the_last_published_total() {
    let mut reader = csv::Reader::from_path(demo().join("jhu/time_series_covid19_confirmed_US.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let code = header.iter().position(|name| name == "FIPS").unwrap();
    let mut totals = BTreeMap::<String, f64>::new();
    for row in reader.records().map(Result::unwrap) {
        let code = row[code].trim_end_matches(".0").to_owned();
        totals.insert(code, row[header.len() - 1].parse().unwrap());
    }
    let found = quantiles();
    let mut seen = 0;
    for (task, cumulative) in found.iter().filter(|(t, _)| t.1 == "blend" && t.2 == "cum case" && t.3 == "week") {
        let mut span = task.clone();
        (span.2, span.3) = ("inc case".to_owned(), "span".to_owned());
        let Some(total) = totals.get(&task.0) else { continue };
        seen += 1;
        for ((_, cumulative), (_, new)) in cumulative.iter().zip(&found[&span]) {
            assert!((cumulative - total - new).abs() < 1e-6, "{task:?}: {cumulative} is not {total} + {new}");
        }
    }
    assert_eq!(seen, 120 * WEEKS as usize, "every county's total is known");
}

#[test]
fn the_first_span_is_the_first_week() {
    let found = quantiles();
    for (task, span) in found.iter().filter(|(task, _)| task.3 == "span" && task.4 == 1) {
        let mut week = task.clone();
        week.3 = "week".to_owned();
        assert_eq!(&found[&week], span, "{task:?}");
    }
}

#[test]
fn counties_have_a_row_for_each_location() {
    let table = table(&out().join("counties.parquet"));
    let engines: Vec<String> = manifest(out())["engines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| format!("weight_{}", name.as_str().unwrap()))
        .collect();
    let text = ["fips", "name", "phase", "phase_reason", "engine_failures"];
    let number = ["population", "rt", "rt_lower_90", "rt_upper_90", "doubling_days"];
    for name in text {
        assert_eq!(table.column(name).unwrap().dtype(), &DataType::String, "{name}");
    }
    for name in number.into_iter().chain(engines.iter().map(String::as_str)) {
        assert_eq!(table.column(name).unwrap().dtype(), &DataType::Float64, "{name}");
    }
    for series in ["cases", "deaths"] {
        for kind in ["negative", "gap", "dump", "holiday", "unreported"] {
            let name = format!("{series}_{kind}");
            assert_eq!(table.column(&name).unwrap().dtype(), &DataType::UInt32, "{name}");
        }
    }
    let fips = texts(&table, "fips");
    assert_eq!(fips.iter().cloned().collect::<BTreeSet<_>>(), locations());
    assert_eq!(fips.len(), locations().len(), "one row each");
    let phases = texts(&table, "phase");
    let weights: Vec<Vec<f64>> = engines.iter().map(|name| numbers(&table, name)).collect();
    let [rt, low, high] = ["rt", "rt_lower_90", "rt_upper_90"].map(|name| numbers(&table, name));
    for i in 0..table.height() {
        let sum: f64 = weights.iter().map(|w| w[i]).sum();
        match phases[i].as_str() {
            "independent" => assert!((sum - 1.0).abs() < 1e-9, "{}: weights add up to {sum}", fips[i]),
            "fallback" => assert_eq!(sum, 0.0, "{}", fips[i]),
            other => panic!("{}: phase {other}", fips[i]),
        }
        assert!(rt[i].is_nan() || (0.0 < low[i] && low[i] < rt[i] && rt[i] < high[i]), "{}: R_t {}", fips[i], rt[i]);
    }
    assert!(rt.iter().filter(|rt| !rt.is_nan()).count() > 60);
    assert!(phases.contains(&"fallback".to_owned()), "the panel has counties of next to no history");
    let repaired: f64 = numbers(&table, "cases_negative").iter().sum();
    assert!(repaired > 0.0, "the panel has corrections");
}

#[test]
fn the_hub_file_is_valid() {
    let path = out().join(format!("hub/countycast-blend/{AS_OF}-countycast-blend.csv"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns = [
        "reference_date",
        "target",
        "horizon",
        "target_end_date",
        "location",
        "output_type",
        "output_type_id",
        "value",
    ];
    assert_eq!(reader.headers().unwrap(), columns.as_slice());
    let mut found = BTreeMap::<(String, String, u32), Vec<(String, f64)>>::new();
    for row in reader.records().map(Result::unwrap) {
        assert_eq!((&row[0], &row[5]), (AS_OF, "quantile"));
        let (horizon, end): (u32, Date) = (row[2].parse().unwrap(), row[3].parse().unwrap());
        assert_eq!(end.weekday(), jiff::civil::Weekday::Saturday);
        let weeks = jiff::Span::new().weeks(i64::from(horizon));
        assert_eq!(end, AS_OF.parse::<Date>().unwrap().checked_add(weeks).unwrap());
        let key = (row[4].to_owned(), row[1].to_owned(), horizon);
        found.entry(key).or_default().push((row[6].to_owned(), row[7].parse().unwrap()));
    }
    let mut expected = BTreeSet::new();
    for location in locations() {
        for target in ["inc case", "inc death"] {
            expected.extend((1..=WEEKS).map(|week| (location.clone(), target.to_owned(), week)));
        }
    }
    assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), expected);
    let seven = ["0.025", "0.1", "0.25", "0.5", "0.75", "0.9", "0.975"];
    let all = LEVELS.map(|level| level.to_string());
    let blend = quantiles();
    for ((location, target, horizon), values) in found {
        let levels: Vec<&str> = values.iter().map(|(level, _)| level.as_str()).collect();
        let wanted: Vec<&str> = if location.len() == 5 { seven.to_vec() } else { all.iter().map(|l| &**l).collect() };
        assert_eq!(levels, wanted, "{location} {target} {horizon}");
        assert!(values.iter().all(|(_, value)| value.is_finite() && *value >= 0.0));
        assert!(values.is_sorted_by(|(_, a), (_, b)| a <= b), "{location} {target} {horizon}: {values:?}");
        let parquet = &blend[&(location, "blend".to_owned(), target, "week".to_owned(), horizon)];
        for (level, value) in values {
            let level: f64 = level.parse().unwrap();
            assert!(parquet.iter().any(|(l, v)| *l == level && (v - value).abs() < 1e-9), "both files say the same");
        }
    }
}

#[test]
fn the_manifest_has_every_field() {
    let manifest = manifest(out());
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["as_of"], AS_OF);
    assert_eq!(manifest["config"], common::QUICK);
    assert!(manifest["seed"].is_u64());
    assert_eq!(manifest["full_scale"], false);
    let inputs = manifest["inputs"].as_array().unwrap();
    assert_eq!(inputs.len(), 8);
    for input in inputs {
        let bytes = fs::read(demo().join(input["path"].as_str().unwrap())).unwrap();
        let hash = countycast::panel::sha256(&bytes);
        assert_eq!(input["sha256"], hash);
    }
    assert_eq!(inputs[0]["last_day"], AS_OF);
    let stages = manifest["stages"].as_array().unwrap();
    for stage in ["read", "project", "write"] {
        let stage = stages.iter().find(|found| found["name"] == stage).unwrap();
        assert!(stage["wall_seconds"].as_f64().unwrap() > 0.0 && stage["cpu_seconds"].as_f64().unwrap() > 0.0);
    }
    let phases = &manifest["phases"];
    assert_eq!(phases["independent"].as_u64().unwrap() + phases["fallback"].as_u64().unwrap(), 124);
    assert!(manifest["failures"].is_object());
}

#[test]
fn the_summary_tells_of_missing_covariates_together() {
    let folder = common::scratch();
    let mut command = common::program(&["project", "--fips", "19001", "--engines", "flat", "--data"]);
    command.arg(demo()).arg("--out").arg(folder.path().join("out"));
    let summary = common::text(&succeed(command).stdout);
    let lines: Vec<&str> = summary.lines().filter(|line| line.contains("missing in")).collect();
    assert_eq!(lines.len(), 2, "one for all that are missing in as many counties: {lines:?}");
    let notices = manifest(&folder.path().join("out"))["notices"].to_string();
    assert_eq!(notices.matches("covariates missing in").count(), 2);
}
