//! The `countycast` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    countycast::cli::run()
}
