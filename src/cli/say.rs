//! Text on standard output and standard error.

use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::process::exit;

/// Prints a text that was asked for, and ends the program quietly where nobody reads on, as in `countycast … | head -1`.
pub(super) fn say(text: &str) {
    match write(&mut std::io::stdout().lock(), text) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            tell(&format!("error: cannot write to standard output: {error}\n"));
            exit(1);
        }
    }
}

/// Prints what is to be said about a result that lies in its files: where that cannot be written, the result stands.
pub(super) fn mention(text: &str) {
    match write(&mut std::io::stdout().lock(), text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            tell(&format!("warning: the result is complete; its summary could not be printed: {error}\n"));
        }
        _ => {}
    }
}

/// Prints on standard error. Where that cannot be written there is nowhere to say so, and no reason to stop.
pub(super) fn tell(text: &str) {
    let _ = write(&mut std::io::stderr().lock(), text);
}

fn write(to: &mut impl Write, text: &str) -> std::io::Result<()> {
    to.write_all(harmless(text).as_bytes())?;
    to.flush()
}

/// Whether a terminal acts on a letter: names and cells of data must not move its cursor or turn its lines around.
fn acts(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (letter.is_control() && letter != '\n' && letter != '\t')
}

/// The text with everything escaped that a terminal would act on.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if acts(letter) { shown.extend(letter.escape_unicode()) } else { shown.push(letter) }
    }
    Cow::Owned(shown)
}

/// Most letters of a message: one that echoes a long cell is cut.
const LONGEST: usize = 2_000;

/// A message of bounded length.
pub(super) fn bounded(message: &str) -> Cow<'_, str> {
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &message[..end])),
        None => Cow::Borrowed(message),
    }
}

/// A field of a table for a spreadsheet: one that it would take for a formula is marked as text, and quotes are doubled.
pub(super) fn field(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

/// Columns of a terminal that lines are to fit into.
const COLUMNS: usize = 80;

/// A text of a list, in lines that fit into a terminal.
pub(super) fn wrapped(text: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::from(" "));
    for word in text.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > COLUMNS && line.trim() != "" {
            lines.push(std::mem::replace(&mut line, String::from("   ")));
        }
        line.push(' ');
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// [`say`] of a formatted line.
macro_rules! line {
    ($($part:tt)*) => { $crate::cli::say::say(&(format!($($part)*) + "\n")) };
}

/// [`mention`] of a formatted line.
macro_rules! mention_line {
    ($($part:tt)*) => { $crate::cli::say::mention(&(format!($($part)*) + "\n")) };
}

pub(super) use {line, mention_line};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_broken_between_words_and_none_is_lost() {
        let text = "word ".repeat(40) + &"w".repeat(90);
        let found = wrapped(&text);
        assert!(found.lines().all(|line| line.chars().count() <= COLUMNS || !line.trim().contains(' ')), "{found}");
        assert_eq!(found.split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
        assert_eq!(wrapped("a notice"), "  a notice");
    }

    #[test]
    fn a_terminal_acts_on_no_letter_of_data() {
        assert_eq!(harmless("Doña Ana\tCounty\n"), "Doña Ana\tCounty\n");
        assert_eq!(harmless("\x1b[2J\u{9b}\r\u{202e}a"), "\\u{1b}[2J\\u{9b}\\u{d}\\u{202e}a");
    }

    #[test]
    fn messages_are_bounded_and_fields_are_text() {
        assert_eq!(bounded("short"), "short");
        assert_eq!(bounded(&"é".repeat(10_000_000)).chars().count(), LONGEST + 1);
        assert_eq!(field("Cook, IL"), "\"Cook, IL\"");
        assert_eq!(field("=1+\"a\""), "\"'=1+\"\"a\"\"\"");
    }
}
