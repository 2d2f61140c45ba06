//! Text on standard output.

use std::io::{ErrorKind, Write};
use std::process::exit;

/// Prints a text, and ends the program quietly where nobody reads on, as in `countycast … | head -1`.
pub(super) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            eprintln!("error: cannot write to standard output: {error}");
            exit(1);
        }
    }
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

pub(super) use line;

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
}
