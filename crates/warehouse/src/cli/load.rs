//! `load`: a lake's days into PostgreSQL.

use std::io::Write;
use std::path::PathBuf;

use chrono::NaiveDate;

use super::{tell, until_stopped};
use crate::engine::runtime;
use crate::error::Error;
use crate::load::{Loaded, Request, load, statements};

/// Loads a lake's days into PostgreSQL, each in one transaction; days that are there already are passed over.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  PGPASSWORD=… countycast-warehouse load --lake lake --into postgres://loader@db.example.org/forecasts
  countycast-warehouse load --lake lake --into \"host=/var/run/postgresql dbname=forecasts user=loader\"
  countycast-warehouse load --lake lake --into postgres://loader@localhost/forecasts --tables projections,counties --since 2026-01-01
  countycast-warehouse load --lake s3://bucket/lake --dry-run      # prints the SQL and asks no server

The tables lie in the schema countycast and are made where they are missing. config/warehouse has them as SQL, and grants for
a role that loads and one that reads. A day that has changed in the lake is replaced; a load that was stopped goes on with the
next day. Codes of places are text. Certificates are checked wherever the server has TLS; add ?sslmode=require to refuse one
without, and ?sslmode=disable for a server on this machine whose certificate is its own.")]
pub(super) struct Args {
    /// A lake; also s3://BUCKET/FOLDER.
    #[arg(long)]
    lake: PathBuf,
    /// Address of the database: postgres://USER@HOST:PORT/DATABASE; the password is taken from PGPASSWORD.
    #[arg(long, value_name = "ADDRESS", required_unless_present = "dry_run")]
    into: Option<String>,
    /// Tables to load [default: all].
    #[arg(long, value_name = "TABLE,…", value_delimiter = ',')]
    tables: Vec<String>,
    /// First day to load.
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Print the SQL, as if nothing had been loaded before, and do nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request = Request { lake: args.lake.clone(), tables: args.tables.clone(), since: args.since };
    let runtime = runtime(2)?;
    let into = match &args.into {
        Some(into) if !args.dry_run => into,
        _ => {
            let text = runtime.block_on(until_stopped(statements(&request)))?;
            // A reader that has seen enough closes its end.
            let _ = std::io::stdout().write_all(text.as_bytes());
            return Ok(());
        }
    };
    let (mut new, mut same, mut left) = (0, 0, 0);
    let told = |column: &str, day: NaiveDate, loaded: Loaded| {
        let kind = if column == "as_of" { "day" } else { "week" };
        match loaded {
            Loaded::New { tables, rows } => {
                new += 1;
                tell(&format!("{kind} {day}: {rows} rows of {tables} tables"));
            }
            Loaded::Same => same += 1,
            Loaded::Unfinished => {
                left += 1;
                tell(&format!("{kind} {day}: left out, because its files are not those that its manifest names"));
            }
        }
    };
    runtime.block_on(until_stopped(load(&request, into, told)))?;
    tell(&format!("{new} loaded, {same} unchanged, {left} left out"));
    Ok(())
}
