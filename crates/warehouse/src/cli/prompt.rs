//! The prompt: statements until a semicolon, with history and editing of the line.

use std::path::PathBuf;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use tokio::runtime::Runtime;

use super::{act, copy, tell, tell_error, until_stopped};
use crate::engine::Warehouse;
use crate::error::Error;
use crate::output::{Format, to_screen};
use crate::statement::{Parameter, parse};

const HELP: &str = "\
statements end in a semicolon and may have several lines
.tables  \\d          lists the tables
.schema T  \\d T      lists the columns of a table
.help  \\?            this list
.quit  \\q  Ctrl-D    ends";

/// Reads statements from the terminal and answers them, until the end. A wrong statement is no end.
pub(super) fn run(
    warehouse: &Warehouse,
    runtime: &Runtime,
    format: Format,
    parameters: &[Parameter],
) -> Result<(), Error> {
    let failed = |error: ReadlineError| Error::System {
        message: format!("the terminal cannot be read: {error}"),
        remedy: "give the statement as an argument".into(),
    };
    let mut editor = DefaultEditor::new().map_err(failed)?;
    let history = history();
    if let Some(history) = &history {
        // There is none before the first time.
        let _ = editor.load_history(history);
    }
    tell("select from the tables; .help lists what else there is");
    let mut text = String::new();
    loop {
        match editor.readline(if text.is_empty() { "sql> " } else { "  -> " }) {
            Ok(line) => {
                let command = line.trim();
                if text.is_empty() && is_end(command) {
                    return Ok(());
                }
                if text.is_empty() && (command == ".help" || command == "\\?") {
                    tell(HELP);
                    continue;
                }
                if text.is_empty()
                    && let Some(statement) = short(command)
                {
                    text = statement;
                } else {
                    text.push_str(&line);
                    text.push('\n');
                }
                if text.trim().is_empty() {
                    text.clear();
                } else if text.trim_end().ends_with(';') {
                    let statement = std::mem::take(&mut text);
                    let _ = editor.add_history_entry(statement.trim_end());
                    if let Some(history) = &history {
                        // Statements are answered whether they can be remembered or not.
                        let _ = editor.append_history(history);
                    }
                    answer(warehouse, runtime, format, parameters, &statement);
                }
            }
            Err(ReadlineError::Interrupted) => text.clear(),
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
    }
}

/// The file of earlier statements, in the user's folder of such files.
fn history() -> Option<PathBuf> {
    let folder = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    let folder = folder.join("countycast");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("sql-history"))
}

fn is_end(command: &str) -> bool {
    matches!(command.trim_end_matches(';'), ".quit" | ".exit" | "\\q" | "quit" | "exit")
}

/// The statement that a short command stands for.
fn short(command: &str) -> Option<String> {
    let mut words = command.split_whitespace();
    match (words.next()?, words.next(), words.next()) {
        (".tables" | "\\d" | "\\dt", None, _) => Some("show tables;".into()),
        (".schema" | "\\d", Some(table), None) => Some(format!("describe {};", table.trim_end_matches(';'))),
        _ => None,
    }
}

fn answer(warehouse: &Warehouse, runtime: &Runtime, format: Format, parameters: &[Parameter], text: &str) {
    let started = std::time::Instant::now();
    let work = async {
        let mut last = None;
        for statement in parse(text)? {
            if let Some(job) = copy::job(&statement, text, warehouse.access())? {
                copy::run(warehouse, job, text, parameters).await?;
                continue;
            }
            let Some(rows) = act(warehouse, statement, text, parameters).await? else { continue };
            last = Some(to_screen(rows, format, text).await?);
        }
        Ok(last)
    };
    match runtime.block_on(until_stopped(work)) {
        Ok(Some(shown)) => {
            if let Some(remark) = shown.remark {
                tell(&remark);
            }
            tell(&format!("{} rows in {:.2} s", shown.rows, started.elapsed().as_secs_f64()));
        }
        Ok(None) => {}
        Err(error) => tell_error(&error, text),
    }
}
