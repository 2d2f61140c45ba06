//! Patients start from those that states report, and one number stands for a quantity everywhere.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::BTreeMap;
use std::fs;

/// Patients in hospital, and in intensive care, of two states on the demonstration panel's last day; others do not report.
const REPORTS: [(&str, &str, f64, Option<f64>); 2] = [("IA", "19", 900.0, Some(120.0)), ("NE", "31", 250.0, None)];

/// Medians of the blend by place, target and day.
type Medians = BTreeMap<(String, String, u32), f64>;

#[test]
fn patients_start_from_the_reports_and_are_the_same_in_every_table() {
    let folder = common::scratch();
    let data = folder.path().join("data");
    common::demo_copy(&data);
    fs::create_dir(data.join("testing")).unwrap();
    let as_of = "2020-09-26";
    let row = |(state, _, hospital, icu): &(&str, &str, f64, Option<f64>)| {
        format!("{as_of},{state},{hospital},{}\n", icu.map_or_else(String::new, |icu| icu.to_string()))
    };
    let rows: String = REPORTS.iter().map(row).collect();
    let table = format!("date,state,hospitalizedCurrently,inIcuCurrently\n{rows}");
    fs::write(data.join("testing/covid_tracking_states.csv"), table).unwrap();
    common::succeed(common::project(&data, folder.path(), "out", &["--as-of", as_of]));
    let out = folder.path().join("out");

    let found = common::projections(&out);
    let middle = found.iter().filter(|row| row.model == "blend" && row.quantile == 0.5 && row.resolution == "day");
    let medians: Medians = middle.map(|row| ((row.fips.clone(), row.target.clone(), row.horizon), row.value)).collect();
    let of = |fips: &str, target: &str, day: u32| medians[&(fips.to_owned(), target.to_owned(), day)];
    for (_, fips, hospital, icu) in REPORTS {
        let first = of(fips, "hosp census", 1);
        // A day later; the counties' parts of it are rounded to whole cases.
        assert!((first / hospital - 1.0).abs() < 0.1, "{fips}: {first} patients where {hospital} were reported");
        let share = of(fips, "icu census", 1) / first;
        let reported = icu.map_or(120.0 / 900.0, |icu| icu / hospital);
        assert!((share / reported - 1.0).abs() < 0.15, "{fips}: {share} in intensive care, {reported} reported");
    }

    // Counties add up to their states and states to the nation, as nearly as medians do.
    for day in [1, 7, 14] {
        for target in ["hosp census", "icu census"] {
            let sum = |within: &dyn Fn(&str) -> bool| -> f64 {
                let places =
                    medians.iter().filter(|((fips, of, ahead), _)| within(fips) && of == target && *ahead == day);
                places.map(|(_, median)| median).sum()
            };
            let nation = of("US", target, day);
            let states = sum(&|fips| fips != "US" && fips.len() == 2);
            assert!((states / nation - 1.0).abs() < 0.08, "{target}, day {day}: {states} in states, {nation} in all");
            let counties = sum(&|fips| fips.len() == 5 && fips.starts_with("19"));
            let state = of("19", target, day);
            assert!(
                (counties / state - 1.0).abs() < 0.2,
                "{target}, day {day}: {counties} in counties, {state} in all"
            );
        }
    }

    // The peak in one table is that of the days in the other.
    let capacity = common::table(&out.join("capacity.parquet"));
    let text = |name: &str| common::texts(&capacity, name);
    let number = |name: &str| common::numbers(&capacity, name);
    let (fips, models, beds, areas) = (text("fips"), text("model"), text("bed"), text("area"));
    let (peaks, staffed, overflow) = (number("peak_q50"), number("beds"), number("overflow_probability"));
    let mut shared = std::collections::BTreeSet::new();
    for row in (0..fips.len()).filter(|row| models[*row] == "blend") {
        if areas[row] == "state" && beds[row] == "icu" {
            let days = (1..=14).map(|day| of(&fips[row], "icu census", day)).fold(0.0, f64::max);
            assert!((0.999..1.25).contains(&(peaks[row] / days)), "{}: {} and {days}", fips[row], peaks[row]);
        }
        if staffed[row] == 0.0 {
            assert!(overflow[row].is_nan(), "{}: there is no hospital that could overflow", fips[row]);
            assert_ne!(areas[row], "hospitals", "{}", fips[row]);
        }
        if areas[row] == "hospitals" {
            assert!(shared.insert((fips[row].clone(), beds[row].clone())), "one row for the hospitals of a county");
        }
    }
    assert!(shared.len() > 20, "{}", shared.len());
}
