//! `countycast completions` and `countycast man`.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use super::say::{mention_line, say};
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

pub(super) fn completions(args: &Completions) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "countycast", &mut script);
    say(&String::from_utf8_lossy(&script));
}

pub(super) fn man(args: &Man, quiet: bool) -> Result<(), Error> {
    let fail = |source| Error::write(&args.dir, source);
    std::fs::create_dir_all(&args.dir).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), &args.dir).map_err(fail)?;
    if !quiet {
        mention_line!("manual pages written to {}: `man {}/countycast.1`", args.dir.display(), args.dir.display());
    }
    Ok(())
}
