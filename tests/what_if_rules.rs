//! Measures by rule, from the scenario to the files.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A county of the demonstration panel with cases enough for both mechanistic engines.
const COUNTY: &str = "31005";

fn command(scenario: &Path, out: &Path, jobs: &str) -> Command {
    let mut command = common::program(&["what-if", "--quiet", "--format", "json", "--horizon", "56", "--draws", "40"]);
    command.args(["--engines", "trend,seir,abm", "--fips", COUNTY, "--jobs", jobs]).arg(scenario);
    command.arg("--out").arg(out).arg("--data").arg(common::demo());
    command
}

/// Runs one entry; what the program prints, and the bytes of its projections without the scenario's name.
fn answer(entry: &str, jobs: &str) -> (Value, Vec<u8>) {
    let folder = common::scratch();
    let (scenario, out) = (folder.path().join("s.toml"), folder.path().join("out"));
    fs::write(&scenario, format!("name = \"a\"\n[[entry]]\n{entry}\n")).unwrap();
    let answer = serde_json::from_slice(&common::succeed(command(&scenario, &out, jobs)).stdout).unwrap();
    (answer, fs::read(out.join("projections.parquet")).unwrap())
}

#[test]
fn a_rule_that_is_never_met_is_the_baseline_and_one_that_always_is_is_a_fixed_date() {
    let (never, never_bytes) = answer("kind = \"masks\"\nwhen = \"cases > 90000 per 100,000\"", "2");
    for effect in never["effects"].as_array().unwrap() {
        for end in ["median", "low", "high"] {
            assert_eq!(effect["difference"][end], 0.0, "{effect}");
        }
    }
    for rule in never["rules"].as_array().unwrap() {
        assert_eq!((&rule["share"], &rule["first_day"], &rule["days"]), (&0.0.into(), &Value::Null, &0.0.into()));
    }
    let (always, bytes) =
        answer("kind = \"masks\"\nwhen = \"cases > 0 per 100,000\"\nuntil = \"cases < 0 per 100,000\"", "2");
    let (fixed, fixed_bytes) = answer("kind = \"masks\"", "1");
    assert_eq!(always["effects"], fixed["effects"]);
    assert!(bytes == fixed_bytes && bytes != never_bytes, "the projections differ");
    let rules = always["rules"].as_array().unwrap();
    assert_eq!(rules.iter().map(|rule| rule["model"].as_str().unwrap()).collect::<Vec<_>>(), ["seir", "abm"]);
    assert!(rules.iter().all(|rule| rule["share"] == 1.0 && rule["days"] == 56.0), "{rules:?}");
    assert!(fixed["rules"].as_array().unwrap().is_empty());
}

#[test]
fn trajectories_decide_by_themselves_and_hold_between_the_thresholds() {
    // The county's cases of the last seven days, and a threshold that some trajectories reach.
    let rule =
        |until: &str| format!("kind = \"stay_at_home\"\nstrength = 0.6\nwhen = \"cases > 100 per 100,000\"\n{until}");
    let (short, bytes) = answer(&rule("until = \"cases < 100 per 100,000\""), "1");
    let (long, _) = answer(&rule("until = \"cases < 20 per 100,000\""), "2");
    assert!(bytes == answer(&rule("until = \"cases < 100 per 100,000\""), "2").1, "threads change the projections");
    for model in ["seir", "abm"] {
        let days = |answer: &Value, key: &str| {
            let rules = answer["rules"].as_array().unwrap();
            rules.iter().find(|rule| rule["model"] == model).unwrap()[key].as_f64().unwrap()
        };
        let (share, brief, lasting) = (days(&short, "share"), days(&short, "days"), days(&long, "days"));
        assert!(share > 0.0 && share < 1.0, "{model}: in force in a share of {share}");
        assert_eq!(share, days(&long, "share"), "{model}: the end does not change the start");
        assert!(lasting > brief, "{model}: {lasting} days in force, {brief} with an end at the start's threshold");
    }
}

#[test]
fn a_mistake_in_a_rule_tells_the_forms_that_are_accepted() {
    let folder = common::scratch();
    let cases = [
        ("when = \"icu above 0.8\"", "line 4", "masks.when = \"icu above 0.8\": not a rule", "icu > 0.8"),
        ("when = \"cases > 100\"", "line 4", "not a rule", "per 100,000"),
        ("when = \"icu > 0.8\"\nuntil = \"icu < 0.9\"", "line 5", "masks.until", "not above"),
        ("when = \"icu > 0.8\"\nat_least = -3", "line 5", "masks.at_least = -3", "0 to 366"),
        ("until = \"icu < 0.9\"", "line 4", "without `when`", "icu > 0.8"),
    ];
    for (rule, line, message, remedy) in cases {
        let (scenario, out) = (folder.path().join("s.toml"), folder.path().join("out"));
        fs::write(&scenario, format!("name = \"a\"\n[[entry]]\nkind = \"masks\"\n{rule}\n")).unwrap();
        let mut command = common::program(&["what-if", "--quiet", "--fips", COUNTY]);
        let output = command.arg(&scenario).arg("--out").arg(&out).arg("--data").arg(common::demo()).output().unwrap();
        // However the lines are broken.
        let text = String::from_utf8(output.stderr).unwrap();
        let text = text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{rule}: {text}");
        assert!([line, message, remedy].iter().all(|part| text.contains(part)), "{rule}: {text}");
        assert!(!out.exists());
    }
}
