//! The table of sources: where publishers keep their tables, how they are paged, and under which licence.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::network::address::Address;

/// Name that stands for all sources.
pub const ALL: &str = "all";

/// All sources.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// The sources, in the order of the table.
    pub sources: Vec<Source>,
}

/// A table that a publisher keeps at an address.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name of the source and of its folder: lower-case letters, digits and hyphens.
    pub name: String,
    /// Names that stand for several sources.
    #[serde(default)]
    pub groups: Vec<String>,
    /// What it is used for.
    pub kind: Kind,
    /// What it holds.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Where it is.
    pub address: Address,
    /// Name of its file, which ends with `.csv` or `.parquet`.
    pub file: String,
    /// How it is divided into pages; as a whole where absent.
    pub paging: Option<Paging>,
    /// The token that its host takes.
    pub token: Option<Token>,
    /// How often it is renewed.
    pub cadence: String,
    /// Its licence.
    pub licence: String,
    /// Columns without which it is of no use.
    pub columns: Vec<String>,
}

/// What a source is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Weekly signals.
    Signals,
    /// Names, residents and areas, with which signals are read.
    Places,
    /// Daily counts by county, which are not renewed any more.
    Counts,
    /// Hospitals.
    Hospitals,
}

impl Kind {
    /// Its name in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Signals => "signals",
            Self::Places => "places",
            Self::Counts => "counts",
            Self::Hospitals => "hospitals",
        }
    }
}

/// How a table is divided into pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "lowercase")]
pub enum Paging {
    /// Socrata's `$limit`, `$offset` and `$order`.
    Socrata {
        /// Rows of a page.
        rows: u64,
    },
}

/// A token that a host takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Variable of the environment that holds it; its name begins with `COUNTYCAST_`, so that a table of sources can send no
    /// other secret away.
    pub variable: String,
    /// Header in which it is sent.
    pub header: String,
}

/// Form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with a row of names.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Sources {
    /// Reads a table, such as `config/sources.toml`.
    ///
    /// # Errors
    /// A message with the line or the source, and what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let table: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut names = BTreeSet::new();
        for source in &table.sources {
            source.check().map_err(|problem| format!("source `{}`: {problem}", source.name))?;
            if !names.insert(source.name.as_str()) {
                return Err(format!("source `{}` stands twice", source.name));
            }
        }
        let groups = table.sources.iter().flat_map(|source| &source.groups);
        match groups.into_iter().find(|group| names.contains(group.as_str()) || *group == ALL) {
            Some(group) => Err(format!("group `{group}` has the name of a source, or is `{ALL}`")),
            None => Ok(table),
        }
    }

    /// The sources of these names and groups, in the order of the table; those that weekly signals need if there are none, and
    /// every one for `all`.
    ///
    /// # Errors
    /// The first name that is neither.
    pub fn named(&self, names: &[String]) -> Result<Vec<&Source>, String> {
        let known = |name: &&String| *name == ALL || self.sources.iter().any(|source| source.is(name));
        if let Some(unknown) = names.iter().find(|name| !known(name)) {
            return Err(unknown.clone());
        }
        let wanted = |source: &&Source| {
            let default = names.is_empty() && matches!(source.kind, Kind::Signals | Kind::Places);
            default || names.iter().any(|name| name == ALL || source.is(name))
        };
        Ok(self.sources.iter().filter(wanted).collect())
    }

    /// Names of sources and groups, for messages.
    #[must_use]
    pub fn names(&self) -> String {
        let mut names: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        let groups: BTreeSet<&str> =
            self.sources.iter().flat_map(|source| &source.groups).map(String::as_str).collect();
        names.extend(groups);
        names.push(ALL);
        names.join(", ")
    }
}

impl Source {
    fn is(&self, name: &str) -> bool {
        self.name == name || self.groups.iter().any(|group| group == name)
    }

    /// The form of its file.
    #[must_use]
    pub fn format(&self) -> Format {
        if self.file.ends_with(".parquet") { Format::Parquet } else { Format::Csv }
    }

    fn check(&self) -> Result<(), String> {
        let plain = |text: &str, more: &str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric())
                && text.len() <= 64
                && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        if !plain(&self.name, "-") || self.name.chars().any(|c| c.is_ascii_uppercase()) {
            return Err("a name has lower-case letters, digits and hyphens".to_owned());
        }
        if !plain(&self.file, "-._") || !(self.file.ends_with(".csv") || self.file.ends_with(".parquet")) {
            return Err(format!("file `{}`: write a plain name that ends with .csv or .parquet", self.file));
        }
        if self.columns.is_empty() {
            return Err("columns: name at least one".to_owned());
        }
        if let Some(Paging::Socrata { rows }) = &self.paging {
            if !(1..=1_000_000).contains(rows) {
                return Err(format!("paging: {rows} rows a page; write 1 to 1,000,000"));
            }
            if self.format() != Format::Csv {
                return Err("paging: pages are of CSV".to_owned());
            }
        }
        match &self.token {
            Some(token) if !token.variable.starts_with("COUNTYCAST_") => {
                Err(format!("token: `{}` must begin with COUNTYCAST_", token.variable))
            }
            Some(token) if !plain(&token.header, "-") => Err(format!("token: `{}` is no header", token.header)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "[[sources]]\nname = \"a\"\ngroups = [\"g\"]\nkind = \"signals\"\ntitle = \"A\"\npublisher = \"P\"\n\
                       address = \"https://example.org/a.csv\"\nfile = \"a.csv\"\ncadence = \"weekly\"\nlicence = \"CC0\"\n\
                       columns = [\"x\"]\n";

    #[test]
    fn the_shipped_table_is_valid_and_names_select() {
        let sources = Sources::parse(include_str!("../../../../config/sources.toml")).unwrap();
        let names = |wanted: &[&str]| -> Vec<String> {
            let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
            sources.named(&wanted).unwrap().iter().map(|source| source.name.clone()).collect()
        };
        assert_eq!(names(&["nhsn", "nssp"]), ["nssp", "nhsn"], "in the order of the table");
        assert!(names(&["flusight"]).len() >= 2 && names(&["all"]).len() == sources.sources.len());
        let default = names(&[]);
        assert!(default.contains(&"nssp".to_owned()) && !default.iter().any(|name| name.starts_with("jhu")));
        assert_eq!(sources.named(&["nsp".to_owned()]).unwrap_err(), "nsp");
        assert!(sources.names().contains("nssp") && sources.names().ends_with("all"));
        for source in &sources.sources {
            assert!(!source.address.is_loopback() && !source.licence.is_empty(), "{}", source.name);
        }
    }

    #[test]
    fn a_source_that_cannot_be_is_refused_by_name() {
        assert!(Sources::parse(ONE).is_ok());
        let twice = ONE.repeat(2);
        for (text, part) in [
            (ONE.replace("\"a\"", "\"../a\""), "lower-case letters"),
            (ONE.replace("\"a.csv\"", "\"../a.csv\""), "plain name"),
            (ONE.replace("\"a.csv\"", "\"_a.csv\""), "plain name"),
            (ONE.replace("https:", "http:"), "only https"),
            (ONE.replace("[\"x\"]", "[]"), "at least one"),
            (ONE.replace("\"g\"", "\"a\""), "group `a`"),
            (ONE.to_owned() + "paging = { kind = \"socrata\", rows = 0 }\n", "0 rows a page"),
            (ONE.to_owned() + "token = { variable = \"AWS_SECRET\", header = \"X\" }\n", "COUNTYCAST_"),
            (ONE.to_owned() + "tken = 1\n", "unknown field"),
            (twice, "stands twice"),
        ] {
            let problem = Sources::parse(&text).unwrap_err();
            assert!(problem.contains(part), "{part} in {problem}");
        }
    }
}
