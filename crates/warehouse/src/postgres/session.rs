//! Statements of a session, which no table answers: SET, SHOW, BEGIN and their like.

use pgwire::api::results::{Response, Tag};

/// What a client may ask of the server's settings.
const SETTINGS: [(&str, &str); 20] = [
    ("server_version", "15.0 (countycast)"),
    ("server_version_num", "150000"),
    ("server_encoding", "UTF8"),
    ("client_encoding", "UTF8"),
    ("is_superuser", "off"),
    ("default_transaction_read_only", "on"),
    ("transaction_read_only", "on"),
    ("transaction_isolation", "read committed"),
    ("transaction isolation level", "read committed"),
    ("default_transaction_isolation", "read committed"),
    ("standard_conforming_strings", "on"),
    ("integer_datetimes", "on"),
    ("search_path", "public"),
    ("timezone", "UTC"),
    ("datestyle", "ISO, YMD"),
    ("intervalstyle", "postgres"),
    ("bytea_output", "hex"),
    ("max_identifier_length", "63"),
    ("lc_collate", "C"),
    ("extra_float_digits", "1"),
];

/// A setting's value.
pub(super) fn setting(name: &str) -> Option<&'static str> {
    SETTINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// What a statement of a session asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Is answered with the command alone.
    Done(String),
    /// Begins a transaction.
    Begin,
    /// Ends one, by the command's name.
    End(&'static str),
    /// Shows a setting: its name and value.
    Show(String, &'static str),
}

impl Word {
    /// Reads a statement; none where it is one for the tables.
    pub(super) fn read(sql: &str) -> Option<Self> {
        let plain = sql.trim().trim_end_matches(';').trim();
        let mut words = plain.split_whitespace();
        let first = words.next()?.to_uppercase();
        Some(match first.as_str() {
            "BEGIN" | "START" => Self::Begin,
            "COMMIT" | "END" => Self::End("COMMIT"),
            "ROLLBACK" | "ABORT" if !plain.to_uppercase().contains(" TO ") => Self::End("ROLLBACK"),
            "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "SET" | "RESET" | "DISCARD" | "DEALLOCATE" | "LISTEN"
            | "UNLISTEN" => Self::Done(first),
            "SHOW" => {
                let name = words.collect::<Vec<_>>().join(" ").to_lowercase();
                Self::Show(name.replace(' ', "_"), setting(&name)?)
            }
            _ => return None,
        })
    }

    /// The answer, where it is no row.
    pub(super) fn answer(&self) -> Option<Response> {
        match self {
            Self::Done(word) => Some(Response::Execution(Tag::new(word))),
            Self::Begin => Some(Response::TransactionStart(Tag::new("BEGIN"))),
            Self::End(word) => Some(Response::TransactionEnd(Tag::new(word))),
            Self::Show(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_session_are_known() {
        assert_eq!(Word::read("begin read only;"), Some(Word::Begin));
        assert_eq!(Word::read(" COMMIT "), Some(Word::End("COMMIT")));
        assert_eq!(Word::read("rollback to a"), Some(Word::Done("ROLLBACK".into())));
        assert_eq!(Word::read("set search_path = public"), Some(Word::Done("SET".into())));
        assert_eq!(
            Word::read("show Transaction Isolation level"),
            Some(Word::Show("transaction_isolation_level".into(), "read committed"))
        );
        assert_eq!(Word::read("show tables"), None);
        assert_eq!(Word::read("select 1"), None);
    }
}
