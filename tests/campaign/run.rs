//! Runs of the program, watched for panics and hangs.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::common::text;

/// Longer than any run of this campaign takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(300);

/// The program with these arguments, without settings or kept models from the environment.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let attacked = std::env::var_os("COUNTYCAST_PROGRAM").unwrap_or(env!("CARGO_BIN_EXE_countycast").into());
    let mut command = Command::new(attacked);
    apart(&mut command);
    command.args(arguments);
    command
}

/// The same run under another program, such as one that limits or traces it.
pub(crate) fn under(outer: &str, arguments: &[String], run: &Command) -> Command {
    let mut command = Command::new(outer);
    apart(&mut command);
    command.args(arguments).arg(run.get_program()).args(run.get_args());
    command
}

fn apart(command: &mut Command) {
    for variable in ["COUNTYCAST_DATA_DIR", "XDG_CACHE_HOME", "HOME"] {
        command.env_remove(variable);
    }
}

/// Whether a program of others is there.
pub(crate) fn there_is(name: &str) -> bool {
    Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Starts a run, which prints as it does for people.
pub(crate) fn start(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs a command to its end; one that panics or hangs is a loss.
pub(crate) fn end(command: Command) -> Result<Output, String> {
    ended(start(command))
}

/// Waits for a run.
pub(crate) fn ended(mut child: Child) -> Result<Output, String> {
    let start = Instant::now();
    let mut stderr = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut told = Vec::new();
        std::io::Read::read_to_end(&mut stderr, &mut told).map(|_| told).unwrap_or_default()
    });
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() > LONGEST => {
                child.kill().unwrap();
                child.wait().unwrap();
                return Err("it hung".to_owned());
            }
            None => sleep(Duration::from_millis(2)),
        }
    };
    let stderr = reader.join().unwrap();
    let told = text(&stderr);
    if status.code() == Some(101) || told.contains("panicked") {
        return Err(format!("it panicked: {told}"));
    }
    Ok(Output { status, stdout: Vec::new(), stderr })
}

/// How a run ended that ended otherwise than it may.
pub(crate) fn otherwise(output: &Output) -> Result<(), String> {
    Err(format!("it ended with {}: {}", output.status, text(&output.stderr)))
}

/// A path as an argument.
pub(crate) fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}
