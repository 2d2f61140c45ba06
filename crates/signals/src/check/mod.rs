//! What a hub would refuse about a file, and what a forecaster would.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::{Unit, Week};
use countycast_panel::{InputError, quoted};

use crate::hubs::{Hub, Target, is_abbreviation};
use crate::read::{Signals, Table};

/// Columns of a file, in any order.
const COLUMNS: [&str; 8] =
    ["reference_date", "target", "horizon", "target_end_date", "location", "output_type", "output_type_id", "value"];
/// Findings of one kind that are listed one by one.
const LISTED: usize = 5;
/// A median this many times the last published value, or one part in so many of it, looks like a slip.
const SLIP: f64 = 5.0;
/// Values below which such a ratio means nothing: people, and a share.
const SMALL: [f64; 2] = [20.0, 0.002];

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The hub's validation refuses the file.
    Error,
    /// The hub takes it, but it is probably not meant.
    Warning,
}

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1, where it has one.
    pub line: Option<u64>,
    /// What is wrong, with the value, and what to do about it.
    pub message: String,
    /// How many rows or tasks it concerns.
    pub count: usize,
}

/// Findings by kind, so that a mistake in every row is told once.
#[derive(Debug, Default)]
struct Findings {
    found: Vec<(&'static str, Finding)>,
    counts: BTreeMap<&'static str, usize>,
}

impl Findings {
    fn add(&mut self, kind: &'static str, severity: Severity, row: Option<usize>, message: String) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= LISTED {
            let line = row.map(|row| row as u64 + 2);
            self.found.push((kind, Finding { severity, line, message, count: 1 }));
        }
    }

    fn error(&mut self, kind: &'static str, row: impl Into<Option<usize>>, message: String) {
        self.add(kind, Severity::Error, row.into(), message);
    }

    fn warning(&mut self, kind: &'static str, row: impl Into<Option<usize>>, message: String) {
        self.add(kind, Severity::Warning, row.into(), message);
    }

    fn finish(self) -> Vec<Finding> {
        let Self { mut found, counts } = self;
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, (kind, _)) in found.iter().enumerate() {
            last.insert(kind, place);
        }
        for (kind, place) in last {
            let more = counts[kind].saturating_sub(LISTED);
            if more > 0 {
                found[place].1.count = more + 1;
            }
        }
        let mut findings: Vec<Finding> = found.into_iter().map(|(_, finding)| finding).collect();
        findings.sort_by_key(|finding| (finding.severity, finding.line));
        findings
    }
}

/// A task's quantiles, with the row of its first.
#[derive(Debug, Default)]
struct Quantiles {
    row: usize,
    values: BTreeMap<usize, f64>,
}

/// Checks a file against a hub's rules, and against what is known on the day it is due where `signals` are given.
///
/// # Errors
/// Where the file cannot be read as a table at all.
pub fn check(path: &Path, hub: &Hub, signals: Option<&Signals>) -> Result<Vec<Finding>, InputError> {
    let table = Table::read(path)?;
    let mut findings = Findings::default();
    let date = file_name(path, &mut findings);
    let columns = COLUMNS.map(|name| table.find(name));
    for (name, _) in COLUMNS.iter().zip(&columns).filter(|(_, column)| column.is_none()) {
        findings.error("column", None, format!("there is no column `{name}`"));
    }
    for name in table.names().filter(|name| !COLUMNS.contains(name)) {
        findings.error("column", None, format!("column `{}` is not taken: leave it out", quoted(name)));
    }
    let [Some(reference), Some(target), Some(horizon), Some(end), Some(location), Some(kind), Some(level), Some(value)] =
        columns
    else {
        return Ok(findings.finish());
    };
    if table.rows() == 0 {
        findings.error("rows", None, "there are no rows".to_owned());
    }
    let mut tasks: BTreeMap<(Date, String, String, i64), Quantiles> = BTreeMap::new();
    for row in 0..table.rows() {
        let Ok(day) = table.date(row, reference) else {
            let text = quoted(table.text(row, reference).as_ref());
            findings.error("date", row, format!("reference_date `{text}` is not a date: write 2026-01-10"));
            continue;
        };
        if Week::ending(day).is_none() {
            let next = Week::of(day).saturday();
            findings.error("saturday", row, format!("reference_date {day} is no Saturday; the next one is {next}"));
        }
        if date.is_some_and(|date| date != day) {
            findings.error("file date", row, format!("reference_date {day} is not the date in the file's name"));
        }
        let name = table.text(row, target).into_owned();
        if matches!(table.text(row, kind).as_ref(), "sample" | "pmf") {
            continue;
        }
        let Some(rule) = hub.target(&name) else {
            let known: Vec<&str> = hub.targets.iter().map(|target| target.target.as_str()).collect();
            let known = known.join("`, `");
            findings.error("target", row, format!("target `{}`: {} takes `{known}`", quoted(&name), hub.title));
            continue;
        };
        if table.text(row, kind) != "quantile" {
            let text = quoted(table.text(row, kind).as_ref());
            findings.error("output type", row, format!("output_type `{text}`: write `quantile`"));
            continue;
        }
        let place = table.text(row, location).into_owned();
        if !rule.locations.contains(&place) {
            let near = nearest(&place, rule);
            findings.error("location", row, format!("location `{}` is not taken{near}", quoted(&place)));
            continue;
        }
        let weeks = table.number(row, horizon).ok().flatten().filter(|weeks| weeks.fract() == 0.0);
        let Some(weeks) = weeks.filter(|weeks| hub.horizons().any(|known| f64::from(known) == *weeks)) else {
            let [first, last] = hub.horizons;
            let text = quoted(table.text(row, horizon).as_ref());
            findings.error("horizon", row, format!("horizon `{text}`: {} takes {first} to {last}", hub.title));
            continue;
        };
        let weeks = weeks as i64;
        let expected = day.saturating_add(jiff::Span::new().weeks(weeks));
        match table.date(row, end) {
            Ok(found) if found == expected => {}
            Ok(found) => {
                let off = (found - expected).get_days();
                let text = format!("target_end_date {found} is {off} days off: horizon {weeks} ends on {expected}");
                findings.error("target_end_date", row, text);
            }
            Err(_) => {
                findings.error("target_end_date", row, format!("target_end_date is not a date; {expected} is due"))
            }
        }
        let Some(at) = table.number(row, level).ok().flatten().and_then(|level| hub.level(level)) else {
            let text = quoted(table.text(row, level).as_ref());
            findings.error("level", row, format!("output_type_id `{text}` is none of the {} levels", hub.levels.len()));
            continue;
        };
        let Some(number) = table.number(row, value).ok().flatten() else {
            let text = quoted(table.text(row, value).as_ref());
            findings.error("value", row, format!("value `{text}` is not a number"));
            continue;
        };
        bounds(rule, number, row, &mut findings);
        let task = tasks.entry((day, name, place, weeks)).or_insert_with(|| Quantiles { row, values: BTreeMap::new() });
        if task.values.insert(at, number).is_some() {
            let level = table.text(row, level).into_owned();
            findings.error("twice", row, format!("level {level} of this task stands twice"));
        }
    }
    whole(hub, &tasks, &mut findings);
    if let Some(signals) = signals {
        plausible(hub, &tasks, signals, &mut findings);
    }
    Ok(findings.finish())
}

/// Checks `DATE-TEAM-MODEL.csv` in a folder `TEAM-MODEL`; returns the date.
fn file_name(path: &Path, findings: &mut Findings) -> Option<Date> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let date = name.get(..10).and_then(|text| text.parse().ok());
    let model = name.get(11..).unwrap_or_default();
    let parts: Vec<&str> = model.split('-').collect();
    if date.is_none() || parts.len() != 2 || !parts.iter().all(|part| is_abbreviation(part)) {
        let text = format!(
            "the file's name is `{}`: hubs take DATE-TEAM-MODEL.csv, such as 2026-01-10-Dept-blend.csv",
            quoted(name.as_bytes())
        );
        findings.error("file name", None, text);
        return date;
    }
    let folder = path.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy().into_owned());
    if folder.as_deref().is_some_and(|folder| folder != model && !folder.is_empty()) {
        let folder = quoted(folder.unwrap_or_default());
        findings.warning("folder", None, format!("it lies in `{folder}`: hubs want it in a folder `{model}`"));
    }
    date
}

/// Checks a value against what is possible.
fn bounds(rule: &Target, value: f64, row: usize, findings: &mut Findings) {
    let most = rule.signal.unit().greatest() * rule.scale;
    if value < 0.0 {
        findings.error("negative", row, format!("value {value} is negative"));
    } else if value > most {
        let hint = if rule.scale == 1.0 { "; shares are 0 to 1 here, not per cent" } else { "" };
        findings.error("above", row, format!("value {value} is above {most}{hint}"));
    }
}

/// The location that was probably meant.
fn nearest(place: &str, rule: &Target) -> String {
    let plain = place.to_lowercase().replace([' ', '_'], "-");
    let padded = format!("{place:0>2}");
    let found = rule.locations.iter().find(|known| known.to_lowercase() == plain || **known == padded);
    found.map(|known| format!("; write `{known}`")).unwrap_or_default()
}

/// Checks each task's quantiles as a whole, and that no place or horizon is forgotten.
fn whole(hub: &Hub, tasks: &BTreeMap<(Date, String, String, i64), Quantiles>, findings: &mut Findings) {
    for ((_, target, place, weeks), quantiles) in tasks {
        let missing = (0..hub.levels.len()).filter(|level| !quantiles.values.contains_key(level)).count();
        let task = format!("{place}, `{target}`, horizon {weeks}");
        if missing > 0 {
            findings.error(
                "levels",
                quantiles.row,
                format!("{task}: {missing} of {} levels are missing", hub.levels.len()),
            );
        }
        let values: Vec<f64> = quantiles.values.values().copied().collect();
        if let Some(pair) = values.windows(2).find(|pair| pair[1] < pair[0] - 1e-9) {
            findings.error(
                "crossing",
                quantiles.row,
                format!("{task}: quantiles cross, {} comes before {}", pair[0], pair[1]),
            );
        }
        if values.len() > 1 && values.first() == values.last() && *weeks > 0 {
            findings.warning("point", quantiles.row, format!("{task}: all quantiles are {}", values[0]));
        }
    }
    let mut horizons: BTreeMap<(&str, &str), BTreeSet<i64>> = BTreeMap::new();
    for (_, target, place, weeks) in tasks.keys() {
        horizons.entry((target, place)).or_default().insert(*weeks);
    }
    if let [first, last] = hub.required[..] {
        for ((target, place), found) in &horizons {
            let lacking: Vec<String> = (i64::from(first)..=i64::from(last))
                .filter(|weeks| !found.contains(weeks))
                .map(|w| w.to_string())
                .collect();
            if !lacking.is_empty() {
                let lacking = lacking.join(", ");
                findings.error(
                    "horizons",
                    None,
                    format!("{place}, `{target}`: horizons {lacking} are required and missing"),
                );
            }
        }
    }
    let targets: BTreeSet<&str> = horizons.keys().map(|(target, _)| *target).collect();
    for rule in hub.targets.iter().filter(|rule| targets.contains(rule.target.as_str())) {
        let lacking: Vec<&str> = rule
            .locations
            .iter()
            .map(String::as_str)
            .filter(|place| !horizons.contains_key(&(rule.target.as_str(), *place)))
            .collect();
        if !lacking.is_empty() {
            let names = lacking.iter().take(12).copied().collect::<Vec<_>>().join(", ");
            let more = if lacking.len() > 12 { ", …" } else { "" };
            let text = format!("`{}`: {} locations are missing: {names}{more}", rule.target, lacking.len());
            findings.warning("places", None, text);
        }
    }
}

/// Checks medians against the last value that was published when the forecast was due.
fn plausible(
    hub: &Hub,
    tasks: &BTreeMap<(Date, String, String, i64), Quantiles>,
    signals: &Signals,
    findings: &mut Findings,
) {
    let Some(reference) = tasks.keys().next().and_then(|(day, ..)| Week::ending(*day)) else { return };
    let known = signals.vintages.as_of(hub.due(reference), &signals.geography).snapshot;
    let Some(first) = tasks.keys().map(|(.., weeks)| *weeks).filter(|weeks| *weeks >= 0).min() else { return };
    for ((_, target, place, weeks), quantiles) in tasks.iter().filter(|((.., weeks), _)| *weeks == first) {
        let Some(rule) = hub.target(target) else { continue };
        let Some(series) = signals.geography.located(place).and_then(|area| known.find(rule.signal, &area)) else {
            continue;
        };
        let stale = reference.since(series.last());
        if stale > 2 {
            let text = format!("{place}, `{target}`: nothing was published for {stale} weeks, since {}", series.last());
            findings.warning("stale", quantiles.row, text);
        }
        let median = hub.level(0.5).and_then(|middle| quantiles.values.get(&middle));
        let (Some(last), Some(median)) = (series.values().last(), median) else {
            continue;
        };
        let small = SMALL[usize::from(rule.signal.unit() == Unit::Share)];
        let (last, median) = (last.max(small), (median / rule.scale).max(small));
        let ratio = median / last;
        if !(1.0 / SLIP..=SLIP).contains(&ratio) {
            let text = format!(
                "{place}, `{target}`, horizon {weeks}: the median is {ratio:.2} times the last published value; \
                 look at unit and date"
            );
            findings.warning("slip", quantiles.row, text);
        }
    }
}
