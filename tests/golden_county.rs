//! One county's projection in numbers that a person can read.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fmt::Write;

use common::{demo, program, projections, succeed};

/// Demo 11, Iowa: half a million residents.
const COUNTY: &str = "19021";

/// The blend's 5 %, 50 % and 95 % quantiles of the four weeks after 2020-10-24, and what the synthetic epidemic brought
/// then. In the four weeks before, 551, 364, 293 and 221 cases and 13, 10, 8 and 4 deaths had been reported.
#[rustfmt::skip]
const GOLDEN: [(&str, u32, [f64; 3], f64); 8] = [
    ("inc case",  1, [115.1, 205.9, 368.7], 178.0),
    ("inc case",  2, [ 84.3, 176.7, 404.1], 144.0),
    ("inc case",  3, [ 62.5, 168.0, 509.5], 120.0),
    ("inc case",  4, [ 56.3, 165.7, 786.4],  75.0),
    ("inc death", 1, [  2.3,   6.0,  14.8],   8.0),
    ("inc death", 2, [  1.6,   5.0,  12.3],   2.0),
    ("inc death", 3, [  1.4,   4.0,  12.3],   1.0),
    ("inc death", 4, [  1.3,   4.0,  11.5],   3.0),
];

/// A number is the same within this share or this many people, whichever is more: other processors and mathematical
/// libraries round the last digits of powers and logarithms differently.
const SHARE: f64 = 0.005;
const PEOPLE: f64 = 0.1;

/// All default engines, trained on the demonstration counties, with the default settings and seed.
///
/// A change that is meant to move numbers (an engine, a repair, the blend, a default) updates the table; the failing test
/// prints the new one. Look at it first: medians should continue the weeks before without a jump, cases' intervals should
/// widen from week to week, and most of what came should lie within them. Whether the change is an improvement is not
/// decided here but by `countycast evaluate` on past days (docs/scores.md). A change that is not meant to move numbers
/// (speed, structure, words) leaves the table as it is: if the test fails, the change is at fault.
#[test]
fn one_county_keeps_its_numbers() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let out = folder.path().join("out");
    let mut command = program(&["project", "--quiet", "--fips", COUNTY, "--data"]);
    command.arg(demo()).arg("--out").arg(&out);
    succeed(command);
    let rows = projections(&out);
    let quantile = |target: &str, week: u32, level: f64| {
        let found = rows.iter().find(|row| {
            (&*row.fips, &*row.model, &*row.target, &*row.resolution) == (COUNTY, "blend", target, "week")
                && (row.horizon, row.quantile) == (week, level)
        });
        found.unwrap().value
    };
    let (mut table, mut same) = (String::new(), true);
    for (target, week, golden, came) in GOLDEN {
        let found = [0.05, 0.5, 0.95].map(|level| quantile(target, week, level));
        same &= found.iter().zip(golden).all(|(found, golden)| (found - golden).abs() <= PEOPLE.max(SHARE * golden));
        let [low, median, high] = found;
        writeln!(table, "    ({target:?}, {week}, [{low:.1}, {median:.1}, {high:.1}], {came:.1}),").unwrap();
    }
    assert!(same, "the projection of {COUNTY} is now\n{table}");
}
