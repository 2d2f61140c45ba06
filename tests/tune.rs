//! `countycast tune`: what it finds, that it goes on where it was stopped, and what it refuses.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{demo, numbers, program, scratch, succeed, table, text};

/// Two settings of the trend on two days, quick. The weekly drift given is far too large.
const SPACE: &str = "\"engines.trend.drift_per_week.cases\" = { low = 0.05, high = 1.5, scale = \"log\" }\n\
                     \"engines.trend.damping_per_week.cases\" = { low = 0.1, high = 1.0 }\n";
const GIVEN: &str = "draws = 100\n[engines.trend]\ndrift_per_week = { cases = 1.4, deaths = 0.3 }\n";

fn tune(folder: &Path, out: &str, more: &[&str]) -> Command {
    fs::write(folder.join("space.toml"), SPACE).unwrap();
    fs::write(folder.join("given.toml"), GIVEN).unwrap();
    let mut command = program(&["tune", "--state", "SD", "--jobs", "2", "--data"]);
    command.arg(demo()).arg("--out").arg(folder.join(out)).arg("--space").arg(folder.join("space.toml"));
    command.arg("--config").arg(folder.join("given.toml"));
    for (flag, value) in [("--engine", "trend"), ("--from", "2020-09-05"), ("--to", "2020-09-12")] {
        if !more.contains(&flag) {
            command.args([flag, value]);
        }
    }
    command.args(more);
    command
}

/// Values and losses of all trials: what the clock has no part in.
fn trials(out: &Path) -> Vec<[f64; 3]> {
    let table = table(&out.join("trials.parquet"));
    let column = |name: &str| numbers(&table, name);
    let (loss, drift) = (column("loss"), column("engines.trend.drift_per_week.cases"));
    let damping = column("engines.trend.damping_per_week.cases");
    (0..table.height()).map(|i| [loss[i], drift[i], damping[i]]).collect()
}

#[test]
fn it_finds_better_settings_that_project_takes() {
    let folder = scratch();
    let out = folder.path().join("tuned");
    let output = succeed(tune(folder.path(), "tuned", &["--method", "bayes", "--budget", "20"]));
    let found = trials(&out);
    assert_eq!(found.len(), 20);
    assert_eq!(found[0][1], 1.4, "the first trial is the settings as given");
    let best = found.iter().copied().min_by(|a, b| a[0].total_cmp(&b[0])).unwrap();
    assert!(best[0] < 0.97 * found[0][0], "best {best:?}, given {:?}", found[0]);
    assert!(best[1] < 0.8, "intervals of a reasonable width: {best:?}");

    let settings: countycast::config::Config =
        toml::from_str(&fs::read_to_string(out.join("best.toml")).unwrap()).unwrap();
    assert_eq!(settings.engines.trend.drift_per_week.cases, best[1]);
    assert_eq!(settings.engines.trend.drift_per_week.deaths, 0.3, "what was not searched stays");
    assert_eq!(settings.draws, 100);
    let mut command = program(&["project", "--quiet", "--fips", "46009", "--data"]);
    command.arg(demo()).arg("--out").arg(folder.path().join("projected"));
    command.arg("--config").arg(out.join("best.toml"));
    succeed(command);

    let (printed, progress) = (text(&output.stdout), text(&output.stderr));
    assert!(printed.contains("influence") && printed.contains("damping_per_week.cases"), "{printed}");
    assert_eq!(progress.lines().filter(|line| line.contains("; best ")).count(), 20, "{progress}");
    let svg = fs::read_to_string(out.join("response.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("damping_per_week"));
    let png = fs::read(out.join("response.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG") && png.len() > 5_000);
}

#[test]
fn a_stopped_search_goes_on_and_ends_where_an_undisturbed_one_does() {
    let folder = scratch();
    for method in ["cmaes", "bayes"] {
        let arguments = ["--quiet", "--method", method, "--budget", "10"];
        succeed(tune(folder.path(), &format!("whole-{method}"), &arguments));
        let whole = trials(&folder.path().join(format!("whole-{method}")));

        let out = folder.path().join(format!("stopped-{method}"));
        let name = out.file_name().unwrap().to_str().unwrap().to_owned();
        let mut child = tune(folder.path(), &name, &arguments).stderr(Stdio::piped()).spawn().unwrap();
        let start = Instant::now();
        let partial = folder.path().join(format!(".stopped-{method}.partial"));
        while !partial.join("trials.parquet").exists() {
            assert!(start.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none());
            sleep(Duration::from_millis(5));
        }
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        let kept = trials(&partial);
        assert!((1..10).contains(&kept.len()), "{} trials", kept.len());
        assert!(!out.exists());

        succeed(tune(folder.path(), &name, &arguments));
        assert_eq!(trials(&out), whole, "{method}");
        // A larger budget goes on from there.
        succeed(tune(folder.path(), &name, &["--quiet", "--method", method, "--budget", "11"]));
        assert_eq!(trials(&out)[..10], whole);
    }
}

#[test]
fn settings_that_no_engine_takes_are_refused_trials() {
    let folder = scratch();
    let mut command = tune(folder.path(), "tuned", &["--method", "random", "--budget", "8", "--quiet"]);
    fs::write(
        folder.path().join("space.toml"),
        "\"engines.trend.level_half_life_days.cases\" = { low = 1.0, high = 90.0 }\n",
    )
    .unwrap();
    command.arg("--seed").arg("3");
    succeed(command);
    let table = table(&folder.path().join("tuned/trials.parquet"));
    let scored = table.column("refused").unwrap().null_count();
    assert!((1..8).contains(&scored), "a level slower than its slope is refused, others are scored");
    assert!(numbers(&table, "loss").iter().any(|loss| loss.is_finite()));
}

#[test]
fn bad_requests_are_told() {
    let folder = scratch();
    let refused = |more: &[&str], space: Option<&str>, expected: &[&str]| {
        let mut command = tune(folder.path(), "tuned", more);
        if let Some(space) = space {
            fs::write(folder.path().join("space.toml"), space).unwrap();
        }
        let output = command.output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        for part in expected {
            assert!(message.contains(part), "`{part}` is not in: {message}");
        }
        assert!(!folder.path().join("tuned").exists(), "something was written");
    };
    let typo = "\"engines.trend.dampening.cases\" = { low = 0.1, high = 1.0 }\n";
    refused(
        &[],
        Some(typo),
        &["space.toml", "unknown setting", "known settings:", "engines.trend.damping_per_week.cases"],
    );
    refused(&["--engine", "oracle"], None, &["engine `oracle`", "known engines: flat"]);
    refused(&["--budget", "soon"], None, &["`soon` is not a budget"]);
    refused(&["--from", "2020-10-01"], None, &["--from 2020-10-01 is after --to 2020-09-12"]);
    refused(&["--from", "2020-10-24", "--to", "2020-10-24"], None, &["there is nothing to score"]);

    succeed(tune(folder.path(), "tuned", &["--quiet", "--budget", "1"]));
    let output = tune(folder.path(), "tuned", &["--quiet", "--budget", "1", "--seed", "9"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("holds the trials of another search"), "{}", text(&output.stderr));

    // A key that would keep its reader waiting.
    let key = folder.path().join("tuned/key");
    fs::remove_file(&key).unwrap();
    assert!(Command::new("mkfifo").arg(&key).status().unwrap().success());
    let output = tune(folder.path(), "tuned", &["--quiet", "--budget", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("tuned/key: cannot be read: it is not a regular file"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn settings_that_cannot_act_are_refused_before_the_search() {
    let folder = scratch();
    let mut command = tune(folder.path(), "tuned", &["--budget", "3"]);
    let space = SPACE.to_owned()
        + "\"engines.curve.pull.curve_rise.0\" = { low = 0.0, high = 1.0 }\n\
                                     \"fallback.ridge\" = { low = 1.0, high = 100.0, scale = \"log\" }\n";
    fs::write(folder.path().join("space.toml"), space).unwrap();
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    let inert = "`engines.curve.pull.curve_rise.0`, `fallback.ridge` cannot act: the scores of `trend`";
    assert!(told.contains(inert), "{told}");
    assert!(!folder.path().join("tuned").exists());
}
