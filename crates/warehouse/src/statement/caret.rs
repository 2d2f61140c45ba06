//! Where in a statement something is wrong, and the line with a caret below it.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::error::Error;

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
    use crate::location::Location;

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
