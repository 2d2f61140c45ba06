//! What a health department knows of providers: whether they take new patients, by telehealth too, and which insurances.
//!
//! A file is CSV, a JSON list, or JSON lines, which is also the form of a log of updates.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::table::{self, Names};
use crate::error::{Error, InputError};
use crate::output::regular;
use crate::panel::quoted;

/// Largest file, bytes.
const MOST_BYTES: u64 = 1 << 30;

/// What is known of a provider in one specialty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The provider's number in its list: CMS certification number, HIFLD identifier or NPI. It is text: `15E064`.
    pub provider: String,
    /// NUCC taxonomy code; empty for the provider as a whole.
    #[serde(default)]
    pub specialty: String,
    /// Whether new patients are taken; none where that is not known.
    #[serde(default)]
    pub accepting_new_patients: Option<bool>,
    /// Whether there is telehealth.
    #[serde(default)]
    pub telehealth: Option<bool>,
    /// Names of insurances that are accepted; empty where that is not known.
    #[serde(default)]
    pub insurances: Vec<String>,
    /// When this was so.
    pub updated_at: Timestamp,
    /// In the log of updates: what told this update from others.
    #[serde(default)]
    pub nonce: String,
    /// In the log of updates: when it was accepted.
    #[serde(default)]
    pub received_at: Option<Timestamp>,
}

/// Availability of providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The last entry of each provider and specialty, by these.
    pub entries: Vec<Entry>,
    /// Entries of providers that are in no list.
    pub unknown: usize,
}

const COLUMNS: [Names<'static>; 6] =
    [&["provider"], &["updated_at"], &["specialty"], &["accepting_new_patients"], &["telehealth"], &["insurances"]];

impl Availability {
    /// Reads a file; its ending tells the form: `.json`, `.jsonl`, or CSV, whose `insurances` are divided by semicolons.
    ///
    /// # Errors
    /// [`Error::Input`] for the first entry that is not of the form.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let all = match ending.as_str() {
            "json" => list(path)?,
            "jsonl" => lines(path)?,
            _ => rows(path)?,
        };
        let mut latest: BTreeMap<(String, String), Entry> = BTreeMap::new();
        for entry in all {
            let key = (entry.provider.clone(), entry.specialty.clone());
            let newer = latest.get(&key).is_none_or(|known| known.updated_at <= entry.updated_at);
            if newer {
                latest.insert(key, entry);
            }
        }
        Ok(Self { entries: latest.into_values().collect(), unknown: 0 })
    }

    /// Leaves out what is told of other providers than the known ones, and counts it.
    pub fn keep(&mut self, known: impl Fn(&str) -> bool) {
        let before = self.entries.len();
        self.entries.retain(|entry| known(&entry.provider));
        self.unknown += before - self.entries.len();
    }
}

fn read_text(path: &Path) -> Result<String, Error> {
    let bytes = regular::bytes(path, MOST_BYTES).map_err(|source| Error::read(path, source))?;
    String::from_utf8(bytes).map_err(|_| InputError::new(path, "it is not text in UTF-8", "write it in UTF-8").into())
}

const FORM: &str = "an entry has provider, specialty, accepting_new_patients, telehealth, insurances and updated_at, such as \
    \"2026-11-02T08:00:00Z\"";

fn list(path: &Path) -> Result<Vec<Entry>, Error> {
    let entries = serde_json::from_str::<Vec<Entry>>(&read_text(path)?);
    let entries = entries.map_err(|error| {
        Error::from(InputError::new(path, quoted(error.to_string()), FORM).on_line(error.line() as u64))
    })?;
    for (i, entry) in entries.iter().enumerate() {
        named(entry, path, i as u64 + 1)?;
    }
    Ok(entries)
}

/// The last line of a log may be cut off by a crash: it was never accepted.
fn lines(path: &Path) -> Result<Vec<Entry>, Error> {
    let text = read_text(path)?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut entries = Vec::new();
    for (i, line) in whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong =
            |error: serde_json::Error| InputError::new(path, quoted(error.to_string()), FORM).on_line(i as u64 + 1);
        let entry: Entry = serde_json::from_str(line).map_err(wrong)?;
        named(&entry, path, i as u64 + 1)?;
        entries.push(entry);
    }
    Ok(entries)
}

fn rows(path: &Path) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    table::each_row(path, &COLUMNS, 2, |row| {
        let flag = |column: usize| match row.text(column).to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "true" | "yes" | "1" => Ok(Some(true)),
            "false" | "no" | "0" => Ok(Some(false)),
            _ => Err(row.wrong(column, "true or false")),
        };
        let updated_at = row.text(1).parse().map_err(|_| row.wrong(1, "a time such as 2026-11-02T08:00:00Z"))?;
        if row.text(0).is_empty() {
            return Err(row.wrong(0, "the number of a provider"));
        }
        let insurances = row.text(5).split(';').map(str::trim).filter(|name| !name.is_empty());
        entries.push(Entry {
            provider: row.text(0).to_owned(),
            specialty: row.text(2).to_owned(),
            accepting_new_patients: flag(3)?,
            telehealth: flag(4)?,
            insurances: insurances.map(str::to_owned).collect(),
            updated_at,
            nonce: String::new(),
            received_at: None,
        });
        Ok(())
    })?;
    Ok(entries)
}

fn named(entry: &Entry, path: &Path, number: u64) -> Result<(), Error> {
    if entry.provider.trim().is_empty() {
        return Err(InputError::new(path, format!("entry {number} names no provider"), FORM).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Availability, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Availability::read(&path)
    }

    #[test]
    fn all_forms_tell_the_same_and_numbers_stay_text() {
        let csv = "provider,specialty,accepting_new_patients,telehealth,insurances,updated_at\n\
            15E064,207RC0000X,yes,false,Medicare; Blue Cross,2026-11-02T08:00:00Z\n\
            010001,,,,,2026-10-02T08:00:00-05:00\n";
        let first = r#"{"provider":"15E064","specialty":"207RC0000X","accepting_new_patients":true,"telehealth":false,"insurances":["Medicare","Blue Cross"],"updated_at":"2026-11-02T08:00:00Z"}"#;
        let second = r#"{"provider":"010001","updated_at":"2026-10-02T13:00:00Z"}"#;
        let from_csv = read("a.csv", csv).unwrap();
        assert_eq!(from_csv.entries[1].provider, "15E064");
        assert_eq!(from_csv.entries[0].accepting_new_patients, None);
        assert_eq!(read("a.json", &format!("[{first},{second}]")).unwrap(), from_csv);
        // A line that a crash cut off was never accepted.
        assert_eq!(read("a.jsonl", &format!("{first}\n{second}\n{}", &first[..30])).unwrap(), from_csv);
    }

    #[test]
    fn the_last_of_a_providers_entries_counts_and_unknown_ones_are_counted() {
        let line = |provider: &str, accepts: bool, day: u8| {
            format!(
                r#"{{"provider":"{provider}","accepting_new_patients":{accepts},"updated_at":"2026-11-{day:02}T00:00:00Z"}}"#
            )
        };
        let text = [line("a", true, 2), line("a", false, 3), line("a", true, 1), line("b", true, 1)].join("\n") + "\n";
        let mut found = read("a.jsonl", &text).unwrap();
        found.keep(|number| number == "a");
        assert_eq!((found.entries.len(), found.unknown), (1, 1));
        assert_eq!(found.entries[0].accepting_new_patients, Some(false));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let error = read("a.csv", "provider,updated_at\nx,yesterday\n").unwrap_err().to_string();
        assert!(
            error.ends_with("line 2, column `updated_at`: `yesterday` is not a time such as 2026-11-02T08:00:00Z"),
            "{error}"
        );
        let error = read("a.jsonl", "{\"provider\":\"x\"}\n").unwrap_err().to_string();
        assert!(error.contains("line 1") && error.contains("updated_at"), "{error}");
        let error =
            read("a.csv", "provider,updated_at,telehealth\nx,2026-11-02T08:00:00Z,maybe\n").unwrap_err().to_string();
        assert!(error.contains("`maybe` is not true or false"), "{error}");
    }
}
