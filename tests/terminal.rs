//! What the terminal shows: it ends quietly, fits into 80 columns, and says the same as the files.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use common::{demo, program, succeed, text};

/// A run of Iowa, made once.
fn out() -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = common::scratch();
        succeed(common::project(demo(), folder.path(), "out", &["--state", "IA"]));
        folder
    });
    folder.path().join("out")
}

fn printed(arguments: &[&str]) -> String {
    text(&succeed(program(arguments)).stdout)
}

#[test]
fn a_place_is_shown_with_the_numbers_of_the_files() {
    let shown = text(&succeed(with_out(&["show", "19001", "Iowa"])).stdout);
    let rows = common::projections(&out());
    let median = |fips: &str, target: &str, resolution: &str, horizon: u32| {
        let row = rows.iter().find(|row| {
            (row.fips.as_str(), row.model.as_str(), row.target.as_str(), row.resolution.as_str(), row.horizon)
                == (fips, "blend", target, resolution, horizon)
                && row.quantile == 0.5
        });
        format!("{:.0}", row.unwrap().value)
    };
    for (fips, place) in [("19001", "Demo 1, IA (19001)"), ("19", "Iowa (19)")] {
        let part = &shown[shown.find(place).unwrap()..];
        for (title, target, resolution, horizon) in [
            ("new cases in the week to", "inc case", "week", 1),
            ("new deaths in the week to", "inc death", "week", 1),
            ("patients in hospital on", "hosp census", "day", 7),
            ("patients in intensive care on", "icu census", "day", 7),
        ] {
            let first = part[part.find(title).unwrap()..].lines().nth(1).unwrap();
            assert!(first.trim_start().starts_with("2020-10-31"), "{first}");
            assert_eq!(first.split_whitespace().nth(1).unwrap(), median(fips, target, resolution, horizon), "{title}");
        }
    }

    let csv = text(&succeed(with_out(&["show", "Demo 1", "--csv"])).stdout);
    let blend = rows.iter().filter(|row| row.fips == "19001" && row.model == "blend").count();
    assert_eq!(csv.lines().count(), blend + 1);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert!(reader.records().all(|row| row.unwrap().len() == 9), "names with commas are one field");

    let json: serde_json::Value =
        serde_json::from_slice(&succeed(with_out(&["show", "19", "--format", "json"])).stdout).unwrap();
    assert_eq!(json["places"][0]["name"], "Iowa");
}

fn with_out(arguments: &[&str]) -> std::process::Command {
    let mut command = program(arguments);
    command.arg("--out").arg(out());
    command
}

#[test]
fn nobody_has_to_read_to_the_end() {
    let folder = demo().to_str().unwrap();
    let mut command = program(&["data", "check", folder]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!((child.wait().unwrap().code(), told.as_str()), (Some(0), ""));
}

#[test]
fn no_run_stops_because_nothing_can_be_said() {
    let folder = common::scratch();
    let run = |out: &str, redirection: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("exec \"$@\" {redirection}"), "sh"]).arg(env!("CARGO_BIN_EXE_countycast"));
        command.args(["project", "--state", "IA", "--data"]).arg(demo()).arg("--out").arg(folder.path().join(out));
        command.arg("--config").arg(folder.path().join("quick.toml")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        if redirection.is_empty() {
            // Both pipes are closed before anything is written to them.
            drop((child.stdout.take(), child.stderr.take()));
        }
        assert_eq!(child.wait().unwrap().code(), Some(0), "{redirection}");
    };
    let redirections = ["", "2>/dev/full", ">/dev/full", ">/dev/full 2>/dev/full", "2>&-", ">&- 2>&-"];
    for (number, redirection) in redirections.into_iter().enumerate() {
        run(&number.to_string(), redirection);
    }
    for number in 1..redirections.len() {
        let [one, other] = [0, number].map(|number| common::bytes(&folder.path().join(number.to_string())));
        common::assert_same(&one, &other);
    }
    // What was asked for and cannot be said is an error.
    let mut show = Command::new("sh");
    show.args(["-c", "exec \"$@\" >/dev/full", "sh"])
        .arg(env!("CARGO_BIN_EXE_countycast"))
        .args(["show", "19", "--out"]);
    let output = show.arg(folder.path().join("0")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot write to standard output"), "{}", text(&output.stderr));
}

#[test]
fn more_threads_than_a_machine_has_are_refused() {
    let output = program(&["project", "--jobs", "1025"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("1..=1024"), "{}", text(&output.stderr));
}

#[test]
fn tables_fit_into_a_terminal() {
    let folder = common::scratch();
    let mut command = program(&["project", "--engines", "flat,trend", "--data"]);
    command.arg(demo()).arg("--out").arg(folder.path().join("out"));
    let summary = text(&succeed(command).stdout);
    assert!(summary.contains("rising fastest") && summary.contains("greatest need"), "{summary}");
    let check = printed(&["data", "check", demo().to_str().unwrap()]);
    for line in summary.lines().chain(check.lines()).filter(|line| !line.starts_with("written to")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    // Whoever is listed as rising rises.
    let (_, rising) = summary.split_once("rising fastest").unwrap();
    for row in rising.lines().skip(2).take_while(|line| !line.is_empty()) {
        let numbers: Vec<f64> = row[34..].split_whitespace().take(2).map(|number| number.parse().unwrap()).collect();
        assert!(numbers[1] > numbers[0], "{row}");
    }
}

#[test]
fn only_the_selected_places_are_told_of() {
    let of = |arguments: &[&str]| {
        let folder = common::scratch();
        succeed(common::project(demo(), folder.path(), "out", arguments));
        let run = common::manifest(&folder.path().join("out"));
        run["repairs"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum::<u64>()
    };
    let (iowa, all) = (of(&["--engines", "flat", "--state", "IA"]), of(&["--engines", "flat"]));
    assert!(0 < iowa && iowa < all, "{iowa} of {all}");
}

#[test]
fn wrong_arguments_are_json_where_it_was_asked_for() {
    for arguments in [&["--format", "json", "project", "--wrong"][..], &["project", "--horizon", "x", "--format=json"]]
    {
        let output = program(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let error: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(error["exit_code"], 2);
        assert!(error["error"].as_str().is_some_and(|text| !text.is_empty()), "{error}");
    }
}

#[test]
fn shells_and_man_know_every_command() {
    let help = printed(&["--help"]);
    let verbs = [
        "project",
        "evaluate",
        "tune",
        "data",
        "report",
        "show",
        "what-if",
        "sql",
        "serve",
        "load",
        "care",
        "completions",
        "man",
    ];
    let folder = tempfile::tempdir().unwrap();
    printed(&["man", folder.path().to_str().unwrap()]);
    for verb in verbs {
        assert!(help.contains(&format!("  {verb} ")), "{verb}");
        for shell in ["bash", "zsh", "fish"] {
            assert!(printed(&["completions", shell]).contains(verb), "{verb} in {shell}");
        }
        let page = fs::read_to_string(folder.path().join(format!("countycast-{verb}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{verb}");
    }
    let json = |arguments: &[&str]| -> serde_json::Value { serde_json::from_str(&printed(arguments)).unwrap() };
    let script = json(&["completions", "bash", "--format", "json"]);
    assert_eq!(
        (&script["shell"], script["script"].as_str().unwrap()),
        (&"bash".into(), &*printed(&["completions", "bash"]))
    );
    let man = json(&["man", folder.path().to_str().unwrap(), "--format", "json"]);
    assert!(fs::exists(man["page"].as_str().unwrap()).unwrap(), "{man}");
    assert!(help.contains("Exit codes"), "{help}");
}

#[test]
fn a_site_is_made_from_the_counts_of_its_run_alone() {
    let folder = common::scratch();
    let data = folder.path().join("data");
    common::demo_copy(&data);
    succeed(common::project(&data, folder.path(), "out", &["--engines", "flat", "--state", "IA"]));
    let report = |data: Option<&Path>| {
        let mut command = program(&["report", "--quiet"]);
        command.arg(folder.path().join("out")).arg("--site").arg(folder.path().join("site"));
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        command.output().unwrap()
    };
    assert_eq!(report(None).status.code(), Some(0), "the run's folder is found");
    let cases = data.join("jhu/time_series_covid19_confirmed_US.csv");
    let changed = fs::read_to_string(&cases).unwrap() + "\n";
    fs::write(&cases, changed).unwrap();
    for named in [None, Some(data.as_path())] {
        let refused = report(named);
        assert_eq!(refused.status.code(), Some(2));
        let told = text(&refused.stderr);
        assert!(
            told.contains("time_series_covid19_confirmed_US.csv is not the file that this run was made from"),
            "{told}"
        );
    }
    assert_eq!(report(Some(demo())).status.code(), Some(0), "the same counts elsewhere");
    fs::remove_dir_all(&data).unwrap();
    let refused = report(None);
    assert!(text(&refused.stderr).contains("is not there"), "{}", text(&refused.stderr));
}

#[cfg(unix)]
#[test]
fn sql_serve_load_and_care_are_handed_over() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let ask = |arguments: &[&str]| program(arguments).env("PATH", folder.path()).output().unwrap();
    let output = ask(&["sql", "select 1"]);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("countycast-warehouse") && error.contains("  help: install it"), "{error}");
    let other = folder.path().join("countycast-warehouse");
    fs::write(&other, "#!/bin/sh\necho \"$#:$*\"\nexit 7\n").unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).unwrap();
    for (arguments, received) in [
        (&["sql", "--format", "csv", "select 1"][..], "4:sql --format csv select 1\n"),
        (&["serve", "--help"], "2:serve --help\n"),
        (&["load", "--lake", "lake", "--dry-run"], "4:load --lake lake --dry-run\n"),
        (&["care", "claims", "--lake", "lake"], "4:care claims --lake lake\n"),
        (&["--quiet", "sql", "-j", "2"], "3:sql -j 2\n"),
    ] {
        let output = ask(arguments);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(7), received), "{arguments:?}");
    }
}
