//! `countycast sql`, `countycast serve`, `countycast load` and `countycast care`: handed over to `countycast-warehouse`, a program of its own.
//!
//! Its query engine takes as long to build as all else, so that it is no part of this one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;

/// Name of the program.
const PROGRAM: &str = "countycast-warehouse";

/// Ask a run or a lake in SQL (needs countycast-warehouse).
///
/// All arguments go to `countycast-warehouse sql`, from beside this program or from PATH; `countycast sql --help` shows them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(super) struct Sql {
    /// Arguments of `countycast-warehouse sql`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Serve a lake: the Redshift Data API, /api, the site, PostgreSQL's protocol (needs countycast-warehouse).
///
/// All arguments go to `countycast-warehouse serve`, from beside this program or from PATH; `countycast serve --help` shows
/// them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(super) struct Serve {
    /// Arguments of `countycast-warehouse serve`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Load a lake into PostgreSQL (needs countycast-warehouse).
///
/// All arguments go to `countycast-warehouse load`, from beside this program or from PATH; `countycast load --help` shows
/// them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(super) struct Load {
    /// Arguments of `countycast-warehouse load`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Measure the care of other diseases from claims-like records (needs countycast-warehouse).
///
/// All arguments go to `countycast-warehouse care`, from beside this program or from PATH; `countycast care --help` shows
/// them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(super) struct Care {
    /// Arguments of `countycast-warehouse care`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub(super) fn sql(args: &Sql) -> Result<u8, Error> {
    hand_over("sql", &args.arguments)
}

pub(super) fn serve(args: &Serve) -> Result<u8, Error> {
    hand_over("serve", &args.arguments)
}

pub(super) fn load(args: &Load) -> Result<u8, Error> {
    hand_over("load", &args.arguments)
}

pub(super) fn care(args: &Care) -> Result<u8, Error> {
    hand_over("care", &args.arguments)
}

/// The command and its arguments, if they are for the other program. Its options have names that this program's have, too,
/// and are not read here.
pub(super) fn asked(arguments: &[OsString]) -> Option<Result<u8, Error>> {
    let (verb, rest) = arguments.get(1..)?.split_first()?;
    let verb = verb.to_str().filter(|verb| ["sql", "serve", "load", "care"].contains(verb))?;
    Some(hand_over(verb, rest))
}

/// Runs the other program in the place of this one; its exit code.
fn hand_over(verb: &str, arguments: &[OsString]) -> Result<u8, Error> {
    let program = found().ok_or_else(|| Error::Request {
        message: format!("countycast {verb} needs the program {PROGRAM}, which is not beside this one and not on PATH"),
        remedy: "install it from countycast's sources: cargo install --locked --path crates/warehouse".into(),
    })?;
    let mut command = Command::new(&program);
    command.arg(verb).args(arguments);
    run(command).map_err(|source| Error::Io {
        action: "cannot run",
        path: program,
        source,
        remedy: "install it again: cargo install --locked --path crates/warehouse".into(),
    })
}

#[cfg(unix)]
fn run(mut command: Command) -> std::io::Result<u8> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn run(mut command: Command) -> std::io::Result<u8> {
    Ok(command.status()?.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

fn found() -> Option<PathBuf> {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = beside.into_iter().chain(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    folders.map(|folder| folder.join(&name)).find(|program| program.is_file())
}
