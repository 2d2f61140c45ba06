//! The program, run as a user runs it.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod answers;
mod availability;
mod bad_input;
mod care;
mod documentation;
mod hostile;
mod lakes;
mod service;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_countycast-warehouse");

/// A lake of the tests: `archive` or `out`.
fn lake(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lake").join(name)
}

/// The command `sql` over a lake.
fn sql(lake: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("sql").arg("--lake").arg(lake).args(["--jobs", "1"]).stdin(Stdio::null());
    command
}

/// The rows of a statement as CSV.
fn csv(lake: &Path, statement: &str) -> String {
    let output = sql(lake).args(["--format", "csv", statement]).output().unwrap();
    assert!(output.status.success(), "{statement}: {}", errors(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command answers to a text on its standard input.
fn told(mut command: Command, text: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that has read enough closes its end.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait_with_output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
