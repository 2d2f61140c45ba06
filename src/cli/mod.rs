//! The command line: one file per command.

mod data;
mod evaluate;
mod folder;
mod from;
mod hub;
mod place;
mod progress;
mod project;
mod report;
mod say;
mod scores;
mod shell;
mod show;
mod signals;
mod summary;
mod tune;
mod warehouse;
mod what_if;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use miette::Diagnostic;

use self::say::{bounded, line, say, tell};
use crate::error::Error;
use crate::{panel, pipeline};

/// County-level epidemic projections: new cases and deaths for every US county, state and the nation.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 110,
    arg_required_else_help = true,
    after_help = "Exit codes:
  0    done; single places or engines may have failed, which the summary and run.json tell
  1    a file could not be read or written, or no thread started
  2    the arguments, the settings or the data cannot be used: nothing was written
  130  stopped by Ctrl-C: the last complete result is untouched, and the same command goes on from there"
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    /// Print nothing but errors.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Output format.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Readable text.
    #[default]
    Text,
    /// One JSON document on standard output, including errors.
    Json,
}

#[derive(Subcommand)]
enum Verb {
    Project(project::Args),
    Evaluate(evaluate::Args),
    Tune(tune::Args),
    Data(data::Args),
    Hub(hub::Args),
    Report(report::Args),
    Show(show::Args),
    WhatIf(what_if::Args),
    Sql(warehouse::Sql),
    Serve(warehouse::Serve),
    Load(warehouse::Load),
    Care(warehouse::Care),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Runs the program with the process's own arguments.
#[must_use]
pub fn run() -> ExitCode {
    silence_caught_panics();
    ExitCode::from(run_with(&std::env::args_os().collect::<Vec<_>>()))
}

/// Runs the program with these arguments, of which the first is its name; the exit code.
#[must_use]
pub fn run_with(arguments: &[OsString]) -> u8 {
    if let Some(result) = warehouse::asked(arguments) {
        return ended(result, Format::Text);
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, arguments),
    };
    let result = match &cli.verb {
        Verb::Project(args) => project::run(args, cli.quiet, cli.format),
        Verb::Evaluate(args) => evaluate::run(args, cli.quiet, cli.format),
        Verb::Tune(args) => tune::run(args, cli.quiet, cli.format),
        Verb::Data(args) => data::run(args, cli.quiet, cli.format),
        Verb::Hub(args) => hub::run(args, cli.quiet, cli.format),
        Verb::Report(args) => report::run(args, cli.quiet, cli.format),
        Verb::Show(args) => show::run(args, cli.format),
        Verb::Completions(args) => {
            shell::completions(args, cli.format);
            Ok(())
        }
        Verb::Man(args) => shell::man(args, cli.quiet, cli.format),
        Verb::WhatIf(args) => what_if::run(args, cli.quiet, cli.format),
        Verb::Sql(args) => return ended(warehouse::sql(args), cli.format),
        Verb::Serve(args) => return ended(warehouse::serve(args), cli.format),
        Verb::Load(args) => return ended(warehouse::load(args), cli.format),
        Verb::Care(args) => return ended(warehouse::care(args), cli.format),
    };
    ended(result.map(|()| 0), cli.format)
}

/// The exit code of what was done, or of its error, which is told.
fn ended(result: Result<u8, Error>, format: Format) -> u8 {
    result.unwrap_or_else(|error| {
        print_error(&error, format);
        error.exit_code()
    })
}

/// Prints what is wrong with the arguments, or the help that was asked for.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> u8 {
    let mut asked = arguments.iter().skip_while(|argument| *argument != "--format" && *argument != "--format=json");
    let json = asked.next().is_some_and(|found| found == "--format=json") || asked.next().is_some_and(|f| f == "json");
    if json && error.use_stderr() {
        let text = error.render().to_string();
        let message: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let message = message.join(" ");
        let message = message.trim_start_matches("error: ");
        line!("{}", serde_json::json!({ "error": message, "help": text, "exit_code": error.exit_code() }));
    } else if error.use_stderr() {
        // In colour on a terminal only; there is nowhere to tell that this cannot be told.
        let _ = error.print();
    } else {
        say(&error.render().to_string());
    }
    u8::try_from(error.exit_code()).unwrap_or(1)
}

/// An engine's panic is reported with its county at the end of the run, and a reader's with its file, so their messages
/// are suppressed.
pub fn silence_caught_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(pipeline::THREAD_NAME) && !panel::is_guarded() {
            usual(info);
        }
    }));
}

/// Threads that may be asked for: a machine of more cores is not known, and every thread takes memory.
fn threads() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(1..=1_024)
}

/// Threads: the requested number, or all cores.
fn jobs(wanted: Option<u16>) -> usize {
    wanted.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
}

fn print_error(error: &Error, format: Format) {
    let (message, help) = (error.to_string(), error.help().map(|help| help.to_string()));
    let (message, help) = (bounded(&message), help.as_deref().map(bounded));
    if format == Format::Json {
        let document = serde_json::json!({ "error": message, "help": help, "exit_code": error.exit_code() });
        line!("{document}");
        return;
    }
    tell(&format!("error: {message}\n"));
    if let Some(help) = help {
        tell(&format!("  help: {help}\n"));
    }
}
