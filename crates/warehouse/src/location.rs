//! Where in a statement something is.

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
        Some(Self::at(text, start, name.chars().count()))
    }

    /// The first place of a text within another.
    pub(crate) fn of_text(text: &str, part: &str) -> Option<Self> {
        let start = text.find(part).filter(|_| !part.is_empty())?;
        Some(Self::at(text, start, part.chars().count()))
    }

    fn at(text: &str, start: usize, length: usize) -> Self {
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            length,
        }
    }

    /// The bytes of the place in its text; the text's end where it lies beyond.
    pub(crate) fn bytes(self, text: &str) -> std::ops::Range<usize> {
        let line_start: usize = text.split_inclusive('\n').take(self.line.saturating_sub(1)).map(str::len).sum();
        let line = text[line_start..].split('\n').next().unwrap_or_default();
        let at = |letters: usize| line.char_indices().nth(letters).map_or(line.len(), |(at, _)| at);
        let start = at(self.column.saturating_sub(1));
        let end = at(self.column.saturating_sub(1) + self.length.max(1)).max(start);
        line_start + start..line_start + end
    }
}
