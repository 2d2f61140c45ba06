//! `countycast completions` and `countycast man`.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::say::{line, mention_line, say};
use super::{Cli, Format};
use crate::error::Error;

/// Print a completion script for a shell.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast completions bash > ~/.local/share/bash-completion/completions/countycast
  countycast completions zsh > ~/.zfunc/_countycast
  countycast completions fish > ~/.config/fish/completions/countycast.fish")]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

/// Write manual pages: one for the program and one for each command.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast man ~/.local/share/man/man1        then: man countycast-project")]
pub(super) struct Man {
    /// Folder to write them into.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(super) fn completions(args: &Completions, format: Format) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "countycast", &mut script);
    let script = String::from_utf8_lossy(&script);
    if format == Format::Json {
        line!("{}", serde_json::json!({ "shell": args.shell.to_string(), "script": script }));
    } else {
        say(&script);
    }
}

pub(super) fn man(args: &Man, quiet: bool, format: Format) -> Result<(), Error> {
    let fail = |source| Error::write(&args.dir, source);
    std::fs::create_dir_all(&args.dir).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), &args.dir).map_err(fail)?;
    if format == Format::Json {
        let page = args.dir.join("countycast.1");
        line!("{}", serde_json::json!({ "dir": args.dir, "page": page }));
    } else if !quiet {
        mention_line!("manual pages written to {}: `man {}/countycast.1`", args.dir.display(), args.dir.display());
    }
    Ok(())
}
