//! What a file is, told by its first line.

use super::Publisher;
use super::days::day;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// Counts by place and day.
    Counts(Publisher, Kind),
    /// A publisher's table of places, but no series of days: what is wrong with it, and what to do.
    NoSeries(Publisher, Kind, &'static str, &'static str),
    /// USAFacts' residents of counties.
    Residents,
    /// No table, or none separated by commas: what it is, and what to do.
    NoTable(String, &'static str),
    /// Something else.
    Other,
}

/// Which counts a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Cases,
    Deaths,
    Both,
    /// Cases or deaths: the header does not say.
    Either,
}

const AGAIN: &str = "download the file itself again, as CSV";
const UNPACK: &str = "unpack it, and put the CSV file here";

/// First letters of what is no table: what it is, and what to do.
const NO_TABLES: [(&str, &str, &str); 8] = [
    ("<", "is a web page, not a table", AGAIN),
    ("{", "is JSON, not a table", AGAIN),
    ("version https://git-lfs.github.com/", "is a pointer of Git LFS to the table, not the table", "run git lfs pull"),
    ("sep=", "starts with a line for Excel, not with the header", "remove the line"),
    ("PK\u{3}\u{4}", "is a ZIP archive or an Excel workbook", UNPACK),
    ("BZh", "is packed by bzip2", UNPACK),
    ("\u{fffd}7zXZ", "is packed by xz", UNPACK),
    ("(\u{fffd}/\u{fffd}", "is packed by zstd", UNPACK),
];

/// Separators other than commas.
const SEPARATORS: [(char, &str); 3] = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")];

/// Tells what a file with this first line is.
pub(super) fn of(line: &str) -> Layout {
    let line = line.trim();
    if line.is_empty() {
        return Layout::NoTable("is empty".to_owned(), AGAIN);
    }
    if let Some((_, what, remedy)) = NO_TABLES.iter().find(|(start, ..)| line.starts_with(start)) {
        return Layout::NoTable((*what).to_owned(), remedy);
    }
    if line.contains('\0') {
        return Layout::NoTable("is no text".to_owned(), AGAIN);
    }
    for (separator, name) in SEPARATORS {
        let columns = columns(line, separator);
        if table(&columns) != Layout::Other {
            let problem = format!("is separated by {name}, not by commas");
            return Layout::NoTable(problem, "save it as CSV with commas between the columns");
        }
    }
    table(&columns(line, ','))
}

/// Names of the columns of a header.
pub(super) fn columns(line: &str, separator: char) -> Vec<&str> {
    line.trim().split(separator).map(|name| name.trim().trim_matches('"')).collect()
}

fn table(header: &[&str]) -> Layout {
    let has = |name: &str| header.iter().any(|column| column.eq_ignore_ascii_case(name));
    let all = |names: &[&str]| names.iter().all(|name| has(name));
    let days = header.iter().any(|name| day(name).is_some());
    let wide = |publisher, kind| {
        let problem = "the header has no dates, so this is no series of counts";
        let remedy = "name day columns as 1/22/20, as in the publisher's time series";
        if days { Layout::Counts(publisher, kind) } else { Layout::NoSeries(publisher, kind, problem, remedy) }
    };
    if all(&["FIPS", "Admin2", "Province_State"]) {
        wide(Publisher::Jhu, if has("Population") { Kind::Deaths } else { Kind::Cases })
    } else if all(&["date", "county", "state", "fips", "cases", "deaths", "confirmed_cases"]) {
        let problem = "holds the unfinished counts of one day";
        Layout::NoSeries(Publisher::Nyt, Kind::Both, problem, "put us-counties.csv there, which has all days")
    } else if all(&["date", "county", "state", "fips", "cases", "deaths"]) {
        Layout::Counts(Publisher::Nyt, Kind::Both)
    } else if all(&["countyFIPS", "County Name", "State", "population"]) {
        Layout::Residents
    } else if all(&["countyFIPS", "County Name", "State", "stateFIPS"]) {
        wide(Publisher::UsaFacts, Kind::Either)
    } else {
        Layout::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_told_by_the_first_line() {
        use Publisher::{Jhu, Nyt, UsaFacts};
        for (line, expected) in [
            ("UID,FIPS,Admin2,Province_State,1/22/20", Layout::Counts(Jhu, Kind::Cases)),
            ("UID,FIPS,Admin2,Province_State,Population,1/22/20", Layout::Counts(Jhu, Kind::Deaths)),
            ("\"date\",\"county\",\"state\",\"fips\",\"cases\",\"deaths\"", Layout::Counts(Nyt, Kind::Both)),
            ("Date, County, State, FIPS, Cases, Deaths", Layout::Counts(Nyt, Kind::Both)),
            ("countyFIPS,County Name,State,StateFIPS,2020-01-22", Layout::Counts(UsaFacts, Kind::Either)),
            ("countyFIPS,County Name,State,stateFIPS,2020/1/22", Layout::Counts(UsaFacts, Kind::Either)),
            ("countyFIPS,County Name,State,population", Layout::Residents),
            ("Province/State,Country/Region,Lat,Long,1/22/20", Layout::Other),
            ("date,geoid,county,state,cases,cases_avg,deaths", Layout::Other),
            ("date,state,fips,cases,deaths", Layout::Other),
            ("a;b;c", Layout::Other),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_series_and_no_table_is_named() {
        for (line, part) in [
            ("UID,iso2,FIPS,Admin2,Province_State,Lat,Long_,Combined_Key,Population", "the header has no dates"),
            ("FIPS,Admin2,Province_State,Country_Region,Last_Update,Confirmed,Deaths", "the header has no dates"),
            ("date,county,state,fips,cases,deaths,confirmed_cases,confirmed_deaths", "unfinished counts of one day"),
            ("", "is empty"),
            ("date;county;state;fips;cases;deaths", "separated by semicolons"),
            ("date\tcounty\tstate\tfips\tcases\tdeaths", "separated by tabs"),
            ("FIPS|Admin2|Province_State|1/22/20", "separated by bars"),
            ("<!DOCTYPE html>", "is a web page"),
            ("version https://git-lfs.github.com/spec/v1", "pointer of Git LFS"),
            ("sep=,", "a line for Excel"),
            ("PK\u{3}\u{4}\u{14}", "a ZIP archive"),
            ("date\0county", "is no text"),
        ] {
            let found = match of(line) {
                Layout::NoSeries(_, _, problem, _) => problem.to_owned(),
                Layout::NoTable(problem, _) => problem,
                other => panic!("{line}: {other:?}"),
            };
            assert!(found.contains(part), "{line}: {found}");
        }
    }
}
