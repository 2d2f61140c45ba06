//! Content of files in messages.

/// Most letters of a file's content in a message.
const MOST: usize = 60;

/// A field or line for a message: shortened, and without anything that a terminal would act on.
#[must_use]
pub fn quoted(text: impl AsRef<[u8]>) -> String {
    let text = text.as_ref();
    // A letter has at most four bytes.
    let start = String::from_utf8_lossy(&text[..text.len().min(4 * (MOST + 1))]);
    let mut letters = start.chars();
    let mut quoted: String = letters.by_ref().take(MOST).flat_map(shown).collect();
    if letters.next().is_some() {
        quoted.push('…');
    }
    quoted
}

/// A name as it is kept: anything that a terminal would act on is replaced.
pub(crate) fn cleaned(text: &[u8]) -> String {
    let cleaned = String::from_utf8_lossy(text);
    let safe = |letter: char| if is_visible(letter) { letter } else { char::REPLACEMENT_CHARACTER };
    cleaned.trim().chars().map(safe).collect()
}

fn is_visible(letter: char) -> bool {
    matches!(letter, '\'' | '"' | '\\') || letter.escape_debug().len() == 1
}

fn shown(letter: char) -> impl Iterator<Item = char> {
    let visible = is_visible(letter);
    visible.then_some(letter).into_iter().chain((!visible).then(|| letter.escape_debug()).into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_harmless() {
        for (text, expected) in [
            (&b"1,234"[..], "1,234"),
            ("Doña Ana's \"seat\" \\".as_bytes(), "Doña Ana's \"seat\" \\"),
            (b"\x1b[2J\x07\n", "\\u{1b}[2J\\u{7}\\n"),
            ("a\u{202e}b".as_bytes(), "a\\u{202e}b"),
            (b"\xff\xfe", "\u{fffd}\u{fffd}"),
            (b"", ""),
        ] {
            assert_eq!(quoted(text), expected);
        }
        assert_eq!(quoted("x".repeat(MOST)), "x".repeat(MOST));
        assert_eq!(quoted("é".repeat(100_000)), format!("{}…", "é".repeat(MOST)));
    }

    #[test]
    fn names_keep_their_letters() {
        assert_eq!(cleaned(" Doña Ana ".as_bytes()), "Doña Ana");
        assert_eq!(cleaned(b"a\x1b[2Jb"), "a\u{fffd}[2Jb");
    }
}
