//! `sql`: a statement, several from standard input, or a prompt.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::time::Instant;

use super::{Beside, Use, act, copy, prompt, tell, until_stopped};
use crate::engine::{Warehouse, runtime};
use crate::error::Error;
use crate::output::{Format, to_file, to_screen};
use crate::statement::{Access, MOST_BYTES, Parameter, parse};

/// Asks a lake in SQL: a run's folder, an archive, or any folder of Parquet files.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countycast-warehouse sql --lake out \"show tables\"
  countycast-warehouse sql --lake out \"select name, rt from counties order by rt desc limit 10\"
  countycast-warehouse sql --lake archive --param fips=01001 \"select * from projections where fips = :fips\"
  countycast-warehouse sql --lake archive --out scores.csv \"select * from scores where model = 'blend'\"
  countycast-warehouse sql --lake s3://bucket/archive \"select count(*) from scores\"
  countycast-warehouse sql --write --root s3://bucket/out \\
    \"unload ('select * from scores') to 's3://bucket/out/scores_' format as csv header gzip\"
  countycast-warehouse sql --lake archive        # a prompt; .help lists what it knows

Each folder of Parquet files below LAKE is a table, and so is each Parquet file in it. Names with capitals or points stand
in double quotes: \"q0.5\". Stores are reached by AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")]
pub(super) struct Args {
    /// Statements, separated by semicolons; without any, they are read from standard input.
    statement: Option<String>,
    /// A run's folder, an archive, a lake, or a Parquet file; also s3://BUCKET/FOLDER.
    #[arg(long, default_value = "out")]
    lake: PathBuf,
    /// How rows are written [default: by the name of --out, or a table].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the rows to a file. It appears when it is complete.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A value for `:NAME` in the statement.
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    param: Vec<Parameter>,
    /// Say how long each statement took.
    #[arg(long)]
    time: bool,
    /// Allow what writes: tables of --tables, COPY and UNLOAD below --root, COPY to files, and views that last until the end.
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    beside: Beside,
    #[command(flatten)]
    limits: Use,
}

fn parameter(text: &str) -> Result<Parameter, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Parameter { name: name.to_owned(), value: value.to_owned() }),
        _ => Err("a parameter has a name and a value: fips=01001".into()),
    }
}

/// Runs the command. Also gives the text in which an error lies.
pub(super) fn run(args: &Args) -> (Result<(), Error>, String) {
    let text = match &args.statement {
        Some(text) => Some(text.clone()),
        None if std::io::stdin().is_terminal() => None,
        None => match standard_input() {
            Ok(text) => Some(text),
            Err(error) => return (Err(error), String::new()),
        },
    };
    let result = ask(args, text.as_deref());
    (result, text.unwrap_or_default())
}

fn standard_input() -> Result<String, Error> {
    let mut text = String::new();
    // One byte more than is allowed tells that there is more.
    let read = std::io::stdin().lock().take(MOST_BYTES as u64 + 1).read_to_string(&mut text);
    read.map_err(|source| Error::input(format!("standard input is no text: {source}"), "give statements in UTF-8"))?;
    Ok(text)
}

fn ask(args: &Args, text: Option<&str>) -> Result<(), Error> {
    let access = if args.write { Access::Write } else { Access::Read };
    let limits = args.limits.limits();
    let format = match (args.format, &args.out) {
        (Some(format), _) => format,
        (None, Some(out)) => Format::of_file(out)?,
        (None, None) => Format::Table,
    };
    let warehouse = Warehouse::open_with(&args.lake, &limits, access, args.beside.holdings()?)?;
    let runtime = runtime(limits.threads)?;
    let Some(text) = text else { return prompt::run(&warehouse, &runtime, format, &args.param) };
    let work = async {
        let statements = parse(text)?;
        if statements.is_empty() {
            return Err(Error::statement("there is no statement", "write one: countycast-warehouse sql \"select 1\""));
        }
        if args.out.is_some() && statements.len() > 1 {
            return Err(Error::statement(
                "--out takes the rows of one statement, and there are several",
                "run them one by one",
            ));
        }
        for statement in statements {
            if let Some(job) = copy::job(&statement, text, access)? {
                copy::run(&warehouse, job, text, &args.param).await?;
                continue;
            }
            let started = Instant::now();
            let Some(rows) = act(&warehouse, statement, text, &args.param).await? else { continue };
            match &args.out {
                Some(out) => {
                    let count = to_file(rows, format, out, text).await?;
                    tell(&format!("{count} rows in {}", crate::error::shown(out)));
                }
                None => {
                    let shown = to_screen(rows, format, text).await?;
                    if let Some(remark) = shown.remark {
                        tell(&remark);
                    }
                    if args.time {
                        tell(&format!("{} rows in {:.4} s", shown.rows, started.elapsed().as_secs_f64()));
                    }
                }
            }
        }
        Ok(())
    };
    runtime.block_on(until_stopped(work))
}
