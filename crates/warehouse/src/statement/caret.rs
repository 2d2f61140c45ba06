//! Where in a statement something is wrong, and the line with a caret below it.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::error::Error;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// Line, from 1.
    pub line: usize,
    /// Column in letters, from 1.
    pub column: usize,
    /// Number of letters, at least 1.
    pub length: usize,
}

impl Location {
    /// The first place where a name stands as a word of its own, whatever its case; outside of words in quotes if there is
    /// such a place.
    #[must_use]
    pub fn of_word(text: &str, name: &str) -> Option<Self> {
        let (text_lower, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let alone = |at: &usize| {
            !text_lower[..*at].ends_with(part)
                && !text_lower[at + name.len()..].starts_with(part)
                && text_lower[..*at].matches('\'').count() % 2 == 0
        };
        if name.is_empty() {
            return None;
        }
        let start = text_lower.match_indices(&name).map(|(at, _)| at).find(alone)?;
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Some(Self {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            length: name.chars().count(),
        })
    }

    /// The bytes of the place in its text; the text's end where it lies beyond.
    fn bytes(self, text: &str) -> std::ops::Range<usize> {
        let line_start: usize = text.split_inclusive('\n').take(self.line.saturating_sub(1)).map(str::len).sum();
        let line = text[line_start..].split('\n').next().unwrap_or_default();
        let at = |letters: usize| line.char_indices().nth(letters).map_or(line.len(), |(at, _)| at);
        let start = at(self.column.saturating_sub(1));
        let end = at(self.column.saturating_sub(1) + self.length.max(1)).max(start);
        line_start + start..line_start + end
    }
}

/// An error as text: what is wrong, the line of the statement with a caret below the place, and what to do about it.
#[must_use]
pub fn render(error: &Error, sql: &str, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let message = printable(&error.to_string());
    let remedy = error.remedy().map(printable);
    let sql = printable(sql);
    let mut group = Group::with_title(Level::ERROR.primary_title(&message));
    if let Error::Statement(crate::error::StatementError { location: Some(location), .. }) = error {
        let annotation = AnnotationKind::Primary.span(location.bytes(&sql));
        group = group.element(Snippet::source(&sql).path("statement").annotation(annotation));
    }
    if let Some(remedy) = &remedy {
        group = group.element(Level::HELP.message(remedy));
    }
    renderer.render(&[group]) + "\n"
}

/// A text in which nothing moves the cursor or colours a terminal. As many letters as before.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { if c == '\t' { ' ' } else { '\u{fffd}' } } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::StatementError;

    #[test]
    fn the_caret_stands_below_the_name() {
        let sql = "select *\nfrom forecasts, 'projektions', projektions";
        let location = Location::of_word(sql, "PROJEKTIONS");
        assert_eq!(location, Some(Location { line: 2, column: 32, length: 11 }));
        let error = Error::Statement(StatementError {
            message: "there is no table `projektions`".into(),
            remedy: Some("show tables lists them".into()),
            location,
        });
        let text = render(&error, sql, false);
        let lines: Vec<&str> = text.lines().collect();
        let shown = lines.iter().position(|line| line.contains("from forecasts")).unwrap();
        let column = lines[shown].rfind("projektions").unwrap();
        assert_eq!(lines[shown + 1].find('^'), Some(column), "{text}");
        assert!(
            text.starts_with("error: there is no table") && text.contains("help: show tables lists them"),
            "{text}"
        );
    }

    #[test]
    fn places_beyond_the_text_and_letters_of_several_bytes_are_no_trouble() {
        let end = Location { line: 9, column: 80, length: 3 };
        assert_eq!(end.bytes("select 'ü'"), 11..11);
        let letter = Location { line: 1, column: 9, length: 1 };
        assert_eq!(letter.bytes("select 'ü'"), 8..10);
        assert_eq!(Location::of_word("abc", ""), None);
        assert_eq!(Location::of_word("xfips fips_", "fips"), None);
    }

    #[test]
    fn nothing_in_a_statement_reaches_the_terminal_as_a_command() {
        let error = Error::Statement(StatementError {
            message: "no \u{1b}[31mred".into(),
            remedy: None,
            location: Some(Location { line: 1, column: 8, length: 1 }),
        });
        assert!(!render(&error, "select \u{1b}[2J", false).contains('\u{1b}'));
    }
}
