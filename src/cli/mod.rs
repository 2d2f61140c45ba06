//! The command line: one file per command.

mod data;
mod evaluate;
mod folder;
mod progress;
mod project;
mod report;
mod scores;
mod summary;
mod tune;
mod what_if;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use miette::Diagnostic;

use crate::error::Error;
use crate::pipeline;

/// County-level epidemic projections: new cases and deaths for every US county, state and the nation.
#[derive(Parser)]
#[command(version, max_term_width = 110, arg_required_else_help = true)]
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
    Report(report::Args),
    WhatIf(what_if::Args),
}

/// Runs the program with the process's own arguments.
#[must_use]
pub fn run() -> ExitCode {
    silence_engine_panics();
    let cli = Cli::parse();
    let result = match &cli.verb {
        Verb::Project(args) => project::run(args, cli.quiet, cli.format),
        Verb::Evaluate(args) => evaluate::run(args, cli.quiet, cli.format),
        Verb::Tune(args) => tune::run(args, cli.quiet, cli.format),
        Verb::Data(args) => data::run(args, cli.quiet, cli.format),
        Verb::Report(args) => report::run(args, cli.quiet, cli.format),
        Verb::WhatIf(args) => what_if::run(args, cli.quiet, cli.format),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error, cli.format);
            ExitCode::from(error.exit_code())
        }
    }
}

/// An engine's panic is reported with its county at the end of the run, so panic messages in between are suppressed.
fn silence_engine_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(pipeline::THREAD_NAME) {
            usual(info);
        }
    }));
}

/// Threads: the requested number, or all cores.
fn jobs(wanted: Option<u16>) -> usize {
    wanted.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
}

fn print_error(error: &Error, format: Format) {
    let help = error.help().map(|help| help.to_string());
    if format == Format::Json {
        let document = serde_json::json!({ "error": error.to_string(), "help": help, "exit_code": error.exit_code() });
        println!("{document}");
        return;
    }
    eprintln!("error: {error}");
    if let Some(help) = help {
        eprintln!("  help: {help}");
    }
}
