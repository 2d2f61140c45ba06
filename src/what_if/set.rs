//! Values given on the command line: `masks.strength=0.6`.

use std::str::FromStr;

use toml::{Table, Value};

/// One value of all entries of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    pub(super) kind: String,
    pub(super) key: String,
    pub(super) value: Value,
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, key, value } = self;
        match value.as_str() {
            Some(word) => write!(f, "{kind}.{key}={word}"),
            None => write!(f, "{kind}.{key}={value}"),
        }
    }
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a setting: write `masks.strength=0.6`");
        let (name, value) = text.split_once('=').ok_or_else(wrong)?;
        let (kind, key) = name.trim().split_once('.').ok_or_else(wrong)?;
        // As in a file; text that is not TOML is taken as a word.
        let table = format!("value = {value}").parse::<Table>().ok();
        let value = table.and_then(|mut table| table.remove("value"));
        let value =
            value.unwrap_or_else(|| Value::String(text.split_once('=').map_or("", |(_, v)| v.trim()).to_owned()));
        Ok(Self { kind: kind.to_owned(), key: key.to_owned(), value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_a_file_and_words_need_no_quotes() {
        let value = |text: &str| text.parse::<Setting>().map(|setting| setting.value);
        assert_eq!(value("masks.strength=0.6"), Ok(Value::Float(0.6)));
        assert_eq!(value("masks.strength=[0.2, 1]"), Ok(Value::Array(vec![Value::Float(0.2), Value::Integer(1)])));
        assert_eq!(value("schools.schools=primary"), Ok(Value::String("primary".to_owned())));
        assert!(value("masks=0.6").is_err() && value("masks.strength").is_err());
    }
}
