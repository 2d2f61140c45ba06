//! The publisher's files as of a past day.
//!
//! `vintages/DATE/` holds whole files as of the end of DATE. `vintages_weekly/through_DATE_*` holds files whose last
//! day is DATE, complete at the end of that day and cut to the last 84 days; the days before come from the base file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::Date;

use super::align;
use super::geography::Unit;
use super::input::Reader;
use super::sources::{self, Counts, Files, Published, Publisher, days_between};
use crate::error::{Error, InputError};

/// A pair of files and when they were published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Vintage {
    published: Date,
    /// Whether the files contain the whole history. Of two published on one day, the whole one sorts later.
    whole: bool,
    cases: PathBuf,
    deaths: PathBuf,
}

/// Reads the newest vintage published within `lag` days of the as-of day; without an as-of day, the newest one.
pub(super) fn read(files: &Files, as_of: Option<Date>, lag: u32, reader: &mut Reader) -> Result<Published, Error> {
    let folder = files.cases.parent().unwrap_or(Path::new(".")).to_owned();
    if files.publisher != Publisher::Jhu {
        return Err(Error::Request {
            message: format!("no vintages are available for {:?}", files.publisher),
            remedy: "leave out --vintage, or use JHU's files with their folders of vintages".to_owned(),
        });
    }
    let vintages = list(&folder)?;
    let known_by = as_of.map(|day| day.saturating_add(i64::from(lag).days()));
    let Some(vintage) = vintages.iter().rfind(|v| known_by.is_none_or(|day| v.published <= day)) else {
        return Err(none(&folder, as_of, vintages.first()));
    };
    let name = vintage.cases.strip_prefix(&folder).unwrap_or(&vintage.cases).display();
    reader.notice(format!("vintage published {}: {name}", vintage.published), 1);
    let recent = Published {
        cases: sources::wide(&vintage.cases, as_of, reader)?,
        deaths: sources::wide(&vintage.deaths, as_of, reader)?,
    };
    recent.check_first_days()?;
    if let Some(day) = as_of.filter(|day| *day > recent.cases.last_day) {
        return Err(Error::Request {
            message: format!("the newest vintage known on {day} ends on {}", recent.cases.last_day),
            remedy: format!("ask for --as-of {}, or leave out --vintage", recent.cases.last_day),
        });
    }
    if vintage.whole {
        return Ok(recent);
    }
    let until = recent.cases.first_day;
    let base = sources::read(files, Some(until), reader)?;
    Ok(Published { cases: join(base.cases, recent.cases)?, deaths: join(base.deaths, recent.deaths)? })
}

/// All vintages, oldest first.
fn list(folder: &Path) -> Result<Vec<Vintage>, Error> {
    let mut found = Vec::new();
    let whole = folder.join("vintages");
    for path in if whole.is_dir() { sources::entries(&whole)? } else { Vec::new() } {
        let Some(published) = name(&path).parse().ok() else { continue };
        let file = |kind: &str| path.join(format!("time_series_covid19_{kind}_US.csv"));
        found.push(Vintage { published, whole: true, cases: file("confirmed"), deaths: file("deaths") });
    }
    let weekly = folder.join("vintages_weekly");
    for path in if weekly.is_dir() { sources::entries(&weekly)? } else { Vec::new() } {
        let name = name(&path);
        let Some(last) = name.strip_prefix("through_").and_then(|n| n.strip_suffix("_confirmed_US.csv.gz")) else {
            continue;
        };
        let Ok(last) = last.parse::<Date>() else { continue };
        let deaths = weekly.join(format!("through_{last}_deaths_US.csv.gz"));
        found.push(Vintage { published: last, whole: false, cases: path, deaths });
    }
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The recent file's days, preceded by the base file's: increments are joined, so a revision of the distant past causes
/// no jump where the files meet.
fn join(mut base: Counts, mut recent: Counts) -> Result<Counts, Error> {
    let Some(offset) = days_between(base.first_day, recent.first_day) else {
        let problem = format!("starts on {}, after the vintage's {}", base.first_day, recent.first_day);
        return Err(InputError::new(&base.path, problem, "use the publisher's whole file as base").into());
    };
    if base.rows.iter().any(|row| row.cumulative.len() <= offset) {
        let problem = format!("ends on {}, before the vintage starts on {}", base.last_day, recent.first_day);
        return Err(InputError::new(&base.path, problem, "use a newer base file").into());
    }
    // Where the vintage has New York City as one, the base file's five counties are added up, and the whole is divided
    // by population later: dividing only the last weeks would cause a step in every borough where the files meet.
    if align::city_is_lumped(&recent) {
        align::lump_city(&mut base);
    }
    let earlier: HashMap<(Unit, &str), &[f64]> =
        base.rows.iter().map(|row| ((row.unit, key(row.unit, &row.name)), row.cumulative.as_slice())).collect();
    let positions: HashMap<Unit, (f64, f64)> =
        base.rows.iter().filter_map(|row| Some((row.unit, row.position?))).collect();
    for row in &mut recent.rows {
        let Some(first) = row.cumulative.first().copied() else { continue };
        let mut joined = match earlier.get(&(row.unit, key(row.unit, &row.name))) {
            Some(before) => before[..=offset].to_vec(),
            None => vec![0.0; offset + 1],
        };
        let level = joined[offset] - first;
        joined.extend(row.cumulative[1..].iter().map(|count| count + level));
        row.cumulative = joined;
        row.position = row.position.or_else(|| positions.get(&row.unit).copied());
    }
    recent.first_day = base.first_day;
    Ok(recent)
}

/// A county is known by its code; files differ in how they write its name.
fn key(unit: Unit, name: &str) -> &str {
    if matches!(unit, Unit::County(_)) { "" } else { name }
}

fn none(folder: &Path, as_of: Option<Date>, oldest: Option<&Vintage>) -> Error {
    match (as_of, oldest) {
        (Some(day), Some(oldest)) => Error::Request {
            message: format!("no vintage had been published by {day}: the oldest is of {}", oldest.published),
            remedy: "ask for a later --as-of, or leave out --vintage".to_owned(),
        },
        _ => {
            let problem = "there is no vintage: neither vintages/DATE/ nor vintages_weekly/through_DATE_…";
            InputError::new(folder, problem, "leave out --vintage, or add the folders").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, Sources};

    #[test]
    fn a_vintage_whose_deaths_start_later_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let vintage = folder.path().join("vintages/2020-03-05");
        std::fs::create_dir_all(&vintage).unwrap();
        let table = |days: &str, counts: &str| {
            format!("FIPS,Admin2,Province_State,Population,{days}\n19001,Adair,Iowa,7000,{counts}\n")
        };
        let (days, counts) = ("3/2/20,3/3/20,3/4/20", "1,2,3");
        let cases = table(days, counts).replace("Population,", "").replace("7000,", "");
        let write = |path: PathBuf, text: &str| std::fs::write(path, text).unwrap();
        for (folder, later) in [(folder.path(), table(days, counts)), (&vintage, table("3/3/20,3/4/20", "2,3"))] {
            write(folder.join("time_series_covid19_confirmed_US.csv"), &cases);
            write(folder.join("time_series_covid19_deaths_US.csv"), &later);
        }
        let sources = Sources::open(folder.path(), &Settings::default()).unwrap();
        assert!(sources.as_of(None, false).is_ok());
        let error = sources.as_of(None, true).unwrap_err().to_string();
        assert!(error.contains("starts on 2020-03-03 where") && error.ends_with("starts on 2020-03-02"), "{error}");
    }
}
