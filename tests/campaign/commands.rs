//! The commands of the verbs that write.

use std::path::Path;
use std::process::Command;

use super::data;
use super::run::{argument, program};
use super::verb::Which;

/// Makes the command of a run into a folder.
pub(crate) type Run = fn(&Path, Which) -> Command;

/// The verbs that write results, with what stands for each in the table.
pub(crate) const ALL: [(&str, Run); 8] = [
    ("project", project),
    ("project --signal", project_signal),
    ("what-if", what_if),
    ("tune", tune),
    ("evaluate", evaluate),
    ("evaluate --hub", evaluate_hub),
    ("report", report),
    ("data demo", data_demo),
];

/// A run with the settings and the panel of the campaign into `out`.
fn run(arguments: &[&str], folder: &Path) -> Command {
    let mut command = program(arguments);
    command.args(["--data", argument(data::panel())]).arg("--out").arg(folder.join("out"));
    command
}

fn quick(mut command: Command, folder: &Path) -> Command {
    command.arg("--config").arg(folder.join("quick.toml"));
    command
}

fn project(folder: &Path, which: Which) -> Command {
    let mut command = run(&["project", "--as-of", "2020-10-24", "--seed", which.seed()], folder);
    command.arg("--learn").arg("--lake").arg(folder.join("lake"));
    quick(command, folder)
}

fn project_signal(folder: &Path, which: Which) -> Command {
    let day = ["2025-12-31", "2026-01-07", "2025-12-24"][which as usize];
    let mut command = program(&["project", "--signal", "flu-ed", "--as-of", day]);
    command.args(["--data", argument(data::signals())]).arg("--out").arg(folder.join("out"));
    command.arg("--lake").arg(folder.join("lake"));
    command
}

fn what_if(folder: &Path, which: Which) -> Command {
    let scenario = ["what-if", "--set", "masks.strength=1", "--fips", "19001", "--draws", "20", "--horizon", "14"];
    let mut command = run(&scenario, folder);
    command.args(["--engines", "flat,seir", "--seed", which.seed()]);
    command
}

fn tune(folder: &Path, which: Which) -> Command {
    // The trials of one search are not replaced by those of another: the earlier result is one of fewer trials.
    let budget = if which == Which::Earlier { "1" } else { "3" };
    let search = ["tune", "--engine", "trend", "--state", "IA", "--from", "2020-08-29", "--to", "2020-08-29"];
    let mut command = run(&search, folder);
    command.args(["--budget", budget, "--space"]).arg(folder.join("space.toml"));
    quick(command, folder)
}

fn evaluate(folder: &Path, which: Which) -> Command {
    let to = if which == Which::Earlier { "2020-09-12" } else { "2020-09-19" };
    quick(run(&["evaluate", "--learn", "--from", "2020-09-12", "--to", to], folder), folder)
}

fn evaluate_hub(folder: &Path, which: Which) -> Command {
    let to = if which == Which::Earlier { "2025-12-06" } else { "2025-12-13" };
    let mut command = program(&["evaluate", "--hub", "flusight", "--to", to]);
    command.args(["--data", argument(data::signals())]).arg("--out").arg(folder.join("out"));
    command
}

fn report(folder: &Path, which: Which) -> Command {
    let run = if which == Which::Earlier { "run-1" } else { "run-2" };
    let mut command = program(&["report", "--data", argument(data::panel())]);
    command.arg(folder.join(run)).arg("--site").arg(folder.join("out"));
    command
}

fn data_demo(folder: &Path, _: Which) -> Command {
    let mut command = program(&["data", "demo"]);
    command.arg(folder.join("out"));
    command
}

/// A finished run, of which `report` makes a site.
pub(crate) fn finished(folder: &Path, out: &str, seed: &str) -> Command {
    let mut command = program(&["project", "--seed", seed, "--state", "IA", "--data", argument(data::panel())]);
    command.arg("--out").arg(folder.join(out));
    quick(command, folder)
}
