//! The command line: one file per command.

mod care;
mod copy;
mod load;
mod prompt;
mod serve;
mod sql;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use bytesize::ByteSize;
use clap::{Parser, Subcommand};

use datafusion::execution::SendableRecordBatchStream;
use datafusion::sql::parser::Statement;

use crate::act::{Outcome, Transaction};
use crate::engine::{Holdings, Limits, STACK, Warehouse};
use crate::error::Error;
use crate::statement::{Parameter, render};
use crate::stores::Roots;

/// SQL over what countycast writes: a run's folder, a lake, or any folder of Parquet files.
#[derive(Parser)]
#[command(
    name = "countycast-warehouse",
    version,
    max_term_width = 110,
    arg_required_else_help = true,
    after_help = "Exit codes:
  0    done
  1    a file could not be read or written, or memory ran out
  2    the arguments, the statement or the data cannot be used: nothing was written
  130  stopped by Ctrl-C"
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Sql(sql::Args),
    Care(care::Args),
    Serve(serve::Args),
    Load(load::Args),
}

/// What statements may use.
#[derive(Debug, Clone, clap::Args)]
struct Use {
    /// Memory for sorting, joining and grouping; what needs more uses temporary files.
    #[arg(long, value_name = "SIZE", default_value = "2GB", value_parser = memory)]
    memory: ByteSize,
    /// Threads [default: all cores].
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    jobs: Option<u16>,
}

impl Use {
    fn limits(&self) -> Limits {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Limits {
            memory: usize::try_from(self.memory.as_u64()).unwrap_or(usize::MAX),
            threads: self.jobs.map_or_else(cores, usize::from),
        }
    }
}

/// What statements may change and reach beside the lake.
#[derive(Debug, Clone, clap::Args)]
struct Beside {
    /// Folder of tables of your own; with --write statements make, fill and drop them.
    #[arg(long, value_name = "FOLDER")]
    tables: Option<PathBuf>,
    /// Where COPY reads from and UNLOAD writes to: a folder or s3://BUCKET/FOLDER; may be repeated.
    #[arg(long, value_name = "PLACE", requires = "write")]
    root: Vec<PathBuf>,
}

impl Beside {
    fn holdings(&self) -> Result<Holdings, Error> {
        Ok(Holdings { tables: self.tables.clone(), roots: Roots::new(&self.root)? })
    }
}

/// Runs a statement in a transaction of its own: its rows, or none where it changed something, which is told.
async fn act(
    warehouse: &Warehouse,
    statement: Statement,
    sql: &str,
    parameters: &[Parameter],
) -> Result<Option<SendableRecordBatchStream>, Error> {
    let mut transaction = Transaction::new(warehouse);
    match transaction.run(statement, sql, parameters).await? {
        Outcome::Rows(rows) => Ok(Some(rows)),
        Outcome::Changed(count) => {
            transaction.commit()?;
            tell(&format!("done: {count} rows"));
            Ok(None)
        }
    }
}

/// Least memory: below it even small statements fail.
const LEAST_MEMORY: u64 = 16 << 20;

fn memory(text: &str) -> Result<ByteSize, String> {
    let size: ByteSize = text.parse()?;
    if size.as_u64() < LEAST_MEMORY {
        return Err(format!("at least {} is needed, such as 512MB or 2GB", ByteSize(LEAST_MEMORY)));
    }
    Ok(size)
}

/// Runs the program with the process's own arguments.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // The first thread's stack is as large as the system likes.
    let work = std::thread::Builder::new().stack_size(STACK).spawn(move || choose(cli));
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic has been told.
        Ok(Err(_)) => ExitCode::FAILURE,
        Err(error) => {
            tell(&format!("error: no thread could be started: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn choose(cli: Cli) -> ExitCode {
    let (result, sql) = match cli.verb {
        Verb::Sql(args) => sql::run(&args),
        Verb::Care(args) => (care::run(&args), String::new()),
        Verb::Serve(args) => (serve::run(&args), String::new()),
        Verb::Load(args) => (load::run(&args), String::new()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell_error(&error, &sql);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Says on standard error what is wrong. That it cannot be told, there is nowhere to tell.
fn tell_error(error: &Error, sql: &str) {
    tell(render(error, sql, std::io::stderr().is_terminal()).trim_end());
}

/// Writes a line to standard error.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Does a work, unless Ctrl-C comes first.
async fn until_stopped<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::select! {
        done = work => done,
        _ = tokio::signal::ctrl_c() => Err(Error::Interrupted),
    }
}
