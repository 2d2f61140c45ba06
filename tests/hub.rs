//! The Forecast Hub's files: its weekly counts as truth, its teams beside our models.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{fixture, numbers, program, projections, succeed, table, text, texts};
use countycast::observed;
use countycast_engine::Target;

/// Both as-of days, Saturdays: the teams' origins are the Mondays after them, 2020-09-14 and 2020-09-21.
const DAYS: [&str; 2] = ["2020-09-12", "2020-09-19"];

/// Sums of new cases after the as-of day in [`fixture::COUNTIES`], for one to three weeks, added up by hand from the
/// rule of the fixture and the hub's weeks: 110 instead of 100 cases in 50001 in the week to 2020-09-19, and 350 instead
/// of 340 in 56021 in the week to 2020-09-26.
const SUMS: [[[f64; 5]; 3]; 2] = [
    [[110.0, 520.0, 480.0, 60.0, 320.0], [210.0, 1060.0, 940.0, 120.0, 670.0], [310.0, 1620.0, 1380.0, 180.0, 1030.0]],
    [[100.0, 540.0, 460.0, 60.0, 350.0], [200.0, 1100.0, 900.0, 120.0, 710.0], [300.0, 1680.0, 1320.0, 180.0, 1090.0]],
];

/// The reference's absolute errors, summed over counties and both days. One week: |100 − 110| + |500 − 520| + |500 − 480| +
/// |60 − 60| + |300 − 320| = 70, and 10 + 20 + 20 + 0 + 30 = 80. Two weeks: 10 + 60 + 60 + 0 + 70 = 200, and
/// 20 + 60 + 60 + 0 + 70 = 210. Three weeks: 10 + 120 + 120 + 0 + 130 = 380, and 30 + 120 + 120 + 0 + 130 = 400.
const REFERENCE: [f64; 3] = [150.0, 410.0, 780.0];

fn data() -> &'static Path {
    static DATA: OnceLock<PathBuf> = OnceLock::new();
    DATA.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hub-fixture");
        let _ = fs::remove_dir_all(&folder);
        fixture::write(&folder);
        folder
    })
}

/// Evaluates both days: what it prints, and its folder.
fn evaluate(name: &str, more: &[&str]) -> (String, PathBuf) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&out);
    let days = ["--from", DAYS[0], "--to", DAYS[1], "--engines", "flat,trend"];
    let mut command = program(&["evaluate"]);
    command.args(days).args(more).arg("--data").arg(data()).arg("--out").arg(&out);
    (text(&succeed(command).stdout), out)
}

/// The evaluation of all places.
fn evaluated() -> &'static (String, PathBuf) {
    static EVALUATED: OnceLock<(String, PathBuf)> = OnceLock::new();
    EVALUATED.get_or_init(|| evaluate("hub-evaluated", &[]))
}

/// Number, mean absolute error and relative error by model and weeks.
type Teams = BTreeMap<(String, u64), (u64, f64, f64)>;

/// What `summary.json` has.
fn teams(out: &Path) -> Teams {
    let summary: serde_json::Value = serde_json::from_slice(&fs::read(out.join("summary.json")).unwrap()).unwrap();
    let row = |row: &serde_json::Value| {
        let number = |name: &str| row[name].as_f64().unwrap();
        let key = (row["model"].as_str().unwrap().to_owned(), row["horizon"].as_u64().unwrap());
        (key, (row["n"].as_u64().unwrap(), number("absolute_error"), number("relative")))
    };
    summary["teams"].as_array().unwrap().iter().map(row).collect()
}

fn of_model(teams: &Teams, model: &str) -> Vec<(u64, u64, f64, f64)> {
    let rows = teams.iter().filter(|((name, _), _)| name == model);
    rows.map(|((_, weeks), &(n, error, relative))| (*weeks, n, error, relative)).collect()
}

#[test]
fn the_hubs_weeks_are_the_truth_where_it_has_them() {
    let panel = fixture::load(data(), "2020-10-10", false).unwrap();
    let [hub, daily] = [observed::truth_with_hub(&panel, data()).unwrap(), observed::truth(&panel)];
    let both = |fips: &str, target, end: &str| {
        [&hub, &daily].map(|truth| truth.week(fips.parse().unwrap(), target, end.parse().unwrap()))
    };
    assert_eq!(both("50001", Target::Cases, "2020-09-19"), [Some(110.0), Some(100.0)]);
    assert_eq!(both("56021", Target::Cases, "2020-09-26"), [Some(350.0), Some(340.0)]);
    // Other weeks, other counties, and deaths are added up from days; so is a week that the hub lists without a value.
    assert_eq!(both("50001", Target::Cases, "2020-09-26"), [Some(100.0); 2]);
    assert_eq!(both("50021", Target::Cases, "2020-09-19"), [Some(480.0); 2]);
    assert_eq!(both("56025", Target::Cases, "2020-09-19"), [Some(1.0); 2]);
    assert_eq!(both("50021", Target::Deaths, "2020-09-19"), [Some(2.0); 2]);
    // The state stays the sum of its days: 100 + 520 + 480 and the one without a county.
    assert_eq!(both("50", Target::Cases, "2020-09-19"), [Some(1_101.0); 2]);
    // A county without counts has the hub's alone.
    assert_eq!(both("50003", Target::Cases, "2020-09-19"), [Some(7.0), None]);
    for (day, sums) in DAYS.into_iter().zip(SUMS) {
        for (weeks, sums) in (1..).zip(sums) {
            for ((fips, _), sum) in fixture::COUNTIES.iter().zip(sums) {
                let span = hub.span(fips.parse().unwrap(), Target::Cases, day.parse().unwrap(), weeks);
                assert_eq!(span, Some(sum), "{fips}, {weeks} weeks after {day}");
            }
        }
    }
}

#[test]
fn what_cannot_be_used_is_named_with_line_and_column() {
    let panel = fixture::load(data(), "2020-10-10", false).unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::create_dir(folder.path().join("hub")).unwrap();
    let error = |table: &str| {
        fs::write(folder.path().join("hub/county_weekly_cases.csv"), table).unwrap();
        observed::truth_with_hub(&panel, folder.path()).unwrap_err().to_string()
    };
    let header = "fips,target_end_date,actual_cases\n50001,2020-09-19,110\n";
    for (rows, place, problem) in [
        ("50007,2020-09-19,many\n", "line 3, column `actual_cases`", "`many`"),
        ("50007,2020-09-19,NaN\n", "line 3, column `actual_cases`", "`NaN`"),
        ("50007,9/19/20,5\n", "line 3, column `target_end_date`", "`9/19/20`"),
        ("50007,2020-09-19,5\n5007x,2020-09-19,5\n", "line 4, column `fips`", "`5007x`"),
    ] {
        let found = error(&format!("{header}{rows}"));
        assert!(found.contains(&format!("county_weekly_cases.csv, {place}: {problem} cannot be used")), "{found}");
    }
    let found = error("fips,target_end_date,cases\n");
    assert!(found.contains("line 1, column `actual_cases`: the header has no such column"), "{found}");
}

#[test]
fn teams_are_compared_in_the_same_counties_and_weeks() {
    let (printed, out) = evaluated();
    let teams = teams(out);
    // Five counties on two days.
    let reference = [(1, 10, 15.0, 1.0), (2, 10, 41.0, 1.0), (3, 10, 78.0, 1.0)];
    assert_eq!(of_model(&teams, "COVIDhub-baseline"), reference);
    // One week: 5 + 10 + 5 + 5 + 10 = 35, and 5 + 10 + 10 + 0 + 5 = 30. Three weeks: 10 + 20 + 10 + 10 + 30 = 80, and
    // 10 + 10 + 10 + 10 + 20 = 60. It has none for two weeks. Its points for 56025, where the reference has none, for
    // 50003, which we do not project, and for the origin of 2020-09-07 do not count.
    assert_eq!(of_model(&teams, "Hills-Growth"), [(1, 10, 6.5, 65.0 / 150.0), (3, 10, 14.0, 140.0 / 780.0)]);
    // Only for 2020-09-14, so the reference is that of this day. One week: 100 + 100 + 50 + 0 + 100 = 350 of 70. Two
    // weeks: 200 + 200 + 100 + 0 + 200 = 700 of 200.
    assert_eq!(of_model(&teams, "Plains-SEIR"), [(1, 5, 70.0, 5.0), (2, 5, 140.0, 3.5)]);
    // One county is too few.
    assert!(of_model(&teams, "Valley-Local").is_empty());

    let line = |model: &str| {
        let line =
            printed.lines().find(|line| line.trim_start().starts_with(model)).unwrap_or_else(|| panic!("{printed}"));
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("COVIDhub-baseline"), "1.000 1.000 1.000 –");
    assert_eq!(line("Hills-Growth"), "0.433 – 0.179 –");
    assert_eq!(line("Plains-SEIR"), "5.000 3.500 – –");
}

#[test]
fn our_medians_are_compared_as_the_teams_points_are() {
    let (_, out) = evaluated();
    let teams = teams(out);
    let mut errors: BTreeMap<(String, u64), f64> = BTreeMap::new();
    for (day, sums) in DAYS.into_iter().zip(SUMS) {
        let medians = projections(&out.join("runs").join(day))
            .into_iter()
            .filter(|row| (row.target.as_str(), row.resolution.as_str(), row.quantile) == ("inc case", "span", 0.5));
        for row in medians.filter(|row| row.horizon <= 3) {
            let Some(i) = fixture::COUNTIES.iter().position(|(fips, _)| *fips == row.fips) else { continue };
            let error = (row.value - sums[row.horizon as usize - 1][i]).abs();
            *errors.entry((row.model, u64::from(row.horizon))).or_default() += error;
        }
    }
    assert_eq!(errors.len(), 9, "flat, trend and blend");
    for ((model, weeks), sum) in errors {
        let (n, error, relative) = teams[&(model.clone(), weeks)];
        assert_eq!(n, 10);
        // Quantiles are kept in single precision.
        assert!((error - sum / 10.0).abs() < 1e-6 * sum, "{model} {weeks}: {error} and {sum}");
        let expected = sum / REFERENCE[weeks as usize - 1];
        assert!((relative - expected).abs() < 1e-6 * expected, "{model} {weeks}: {relative} and {expected}");
    }
}

#[test]
fn an_evaluation_of_one_state_compares_the_teams_there() {
    let (_, out) = evaluate("hub-vermont", &["--state", "VT"]);
    let teams = teams(&out);
    // Of the five counties 50001, 50007, and 50021: the reference has 10 + 20 + 20 = 50 on both days.
    assert_eq!(of_model(&teams, "COVIDhub-baseline")[0], (1, 6, 100.0 / 6.0, 1.0));
    // 5 + 10 + 5 = 20, and 5 + 10 + 10 = 25.
    assert_eq!(of_model(&teams, "Hills-Growth")[0], (1, 6, 7.5, 0.45));
    assert!(of_model(&teams, "Valley-Local").is_empty());
}

/// The Forecast Hub's quantiles for counties.
const LEVELS: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/// The weighted interval score as the mean of twice the pinball loss.
fn weighted_interval_score(quantiles: &BTreeMap<u64, f64>, truth: f64) -> f64 {
    let loss = |level: &f64| {
        let value = quantiles[&level.to_bits()];
        2.0 * if truth >= value { level * (truth - value) } else { (1.0 - level) * (value - truth) }
    };
    LEVELS.iter().map(loss).sum::<f64>() / LEVELS.len() as f64
}

#[test]
fn scores_are_those_of_the_plain_formula() {
    let (_, out) = evaluated();
    let mut quantiles: BTreeMap<(i64, String, String, u32), BTreeMap<u64, f64>> = BTreeMap::new();
    for day in DAYS {
        let run = out.join("runs").join(day);
        for row in projections(&run).into_iter().filter(|row| (&*row.target, &*row.resolution) == ("inc case", "week"))
        {
            let key = (row.target_end_date - 7 * i64::from(row.horizon), row.fips, row.model, row.horizon);
            quantiles.entry(key).or_default().insert(row.quantile.to_bits(), row.value);
        }
    }
    let scores = table(&out.join("scores.parquet"));
    let [fips, model, target] = ["fips", "model", "target"].map(|column| texts(&scores, column));
    let [as_of, horizon, truth, wis] = ["as_of", "horizon", "truth", "wis"].map(|column| numbers(&scores, column));
    // 2020-05-31 is day 18,413 since 1970-01-01.
    let week = |i: usize| (as_of[i] - 18_413.0 + 1.0) / 7.0 + horizon[i];
    let mut compared = 0;
    for i in (0..scores.height()).filter(|&i| target[i] == "inc case") {
        let Some((_, rule)) = fixture::COUNTIES.iter().find(|(county, _)| *county == fips[i]) else { continue };
        let expected = match (&*fips[i], week(i)) {
            ("50001", 16.0) => 110.0,
            ("56021", 17.0) => 350.0,
            (_, week) => rule(week),
        };
        assert_eq!(truth[i], expected, "{} in week {}", fips[i], week(i));
        let key = (as_of[i] as i64, fips[i].clone(), model[i].clone(), horizon[i] as u32);
        let plain = weighted_interval_score(&quantiles[&key], expected);
        // Quantiles are kept in single precision.
        assert!((wis[i] - plain).abs() < 1e-6 * (1.0 + expected + plain), "{key:?}: {} and {plain}", wis[i]);
        compared += 1;
    }
    // Three models, five counties; of the second day's four weeks three are over.
    assert_eq!(compared, 3 * 5 * (4 + 3));
}
