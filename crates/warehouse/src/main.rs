//! The `countycast-warehouse` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    countycast_warehouse::cli::run()
}
