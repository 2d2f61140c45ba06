//! One entry of a scenario: the change, its dates and its strength.

use std::collections::BTreeMap;

use countycast_engine::{Change, Date, Horizon, Rule, Scenario, ScenarioError};
use jiff::Span;

use super::kind::{KINDS, Kind, Range, Value, Values};
use super::rule::{NO_MEASURES, UNTIL, WHEN, start, with_end};

/// Keys of every entry.
const COMMON: [&str; 8] = ["kind", "start", "end", "strength", "uncertainty", "when", "until", "at_least"];

/// Points that represent an uncertain strength: the midpoints of five equal parts of a normal distribution, scaled to a
/// standard deviation of 1.
const LEVELS: [f64; 5] = [-1.4634, -0.5988, 0.0, 0.5988, 1.4634];

/// Source of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// In the scenario's file, at this byte offset.
    File(usize),
    /// In a `--set` on the command line.
    Setting,
}

/// An entry as written: values and their positions.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// By key.
    pub(super) fields: BTreeMap<String, (toml::Value, At)>,
    /// Position of the entry.
    pub(super) at: At,
}

/// An error in a scenario, and its position.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) at: At,
    pub(super) message: String,
    pub(super) remedy: String,
}

/// The days of a run: the as-of day and the number of days after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) as_of: Date,
    pub(super) horizon: Horizon,
}

/// A checked entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    kind: &'static str,
    /// Subject within the kind, such as primary schools; the default counts as given.
    part: Vec<&'static str>,
    change: Change,
    /// Brings it into force, on its days; none where it is in force on all of them.
    rule: Option<Rule>,
    /// Several for a sweep.
    strengths: Vec<f64>,
    uncertainty: f64,
}

impl Window {
    /// The date this many days after the as-of day; at most the last date of the calendar.
    fn day(self, ahead: i64) -> Date {
        Span::new().try_days(ahead).map_or(Date::MAX, |span| self.as_of.saturating_add(span))
    }

    pub(super) fn last(self) -> Date {
        self.day(self.horizon.days() as i64)
    }
}

impl Draft {
    fn problem(&self, key: &str, message: String, remedy: String) -> Problem {
        let at = self.fields.get(key).map_or(self.at, |(_, at)| *at);
        Problem { at, message, remedy }
    }

    /// Checks the entry against its kind and the days of the run.
    pub(super) fn check(&self, window: Window) -> Result<Entry, Problem> {
        let kind = self.kind()?;
        let known = COMMON.iter().copied().chain(kind.parameters.iter().map(|p| p.name));
        if let Some(key) = self.fields.keys().find(|key| !known.clone().any(|name| name == *key)) {
            let remedy = format!("known values: {}", known.collect::<Vec<_>>().join(", "));
            return Err(self.problem(key, format!("`{}` takes no `{key}`", kind.name), remedy));
        }
        let mut values = Values::new();
        for parameter in kind.parameters {
            if let Some((value, _)) = self.fields.get(parameter.name) {
                let taken = take(value, parameter.range).ok_or_else(|| {
                    let message = format!("{}.{} = {value}: {}", kind.name, parameter.name, parameter.about);
                    self.problem(parameter.name, message, format!("allowed: {}", parameter.range))
                })?;
                values.insert(parameter.name, taken);
            }
        }
        let part = kind.part(&values);
        let (strengths, uncertainty) = (self.strengths(kind)?, self.share(kind, "uncertainty", 0.0)?);
        let (start, end) = (self.day("start", window, 1)?, self.day("end", window, window.horizon.days() as i64)?);
        if end < start {
            let message = format!("`{}` ends on {end}, before it starts on {start}", kind.name);
            return Err(self.problem("end", message, "give an end on or after the start".to_owned()));
        }
        let change = Change { start, end, measure: kind.measure(&values), strength: 1.0 };
        Ok(Entry { kind: kind.name, part, change, rule: self.rule(kind)?, strengths, uncertainty })
    }

    fn kind(&self) -> Result<&'static Kind, Problem> {
        let names = || format!("known entries: {}", KINDS.each_ref().map(|kind| kind.name).join(", "));
        let Some((value, _)) = self.fields.get("kind") else {
            return Err(self.problem("kind", "an entry has no `kind`".to_owned(), names()));
        };
        let kind = value.as_str().and_then(Kind::named);
        kind.ok_or_else(|| self.problem("kind", format!("unknown entry {value}"), names()))
    }

    fn strengths(&self, kind: &Kind) -> Result<Vec<f64>, Problem> {
        let wrong = |value: &toml::Value| {
            let message = format!("{}.strength = {value}: must be a number from 0 to 1", kind.name);
            self.problem("strength", message, "a list of numbers is a sweep: [0.2, 0.4]".to_owned())
        };
        match self.fields.get("strength") {
            None => Ok(vec![1.0]),
            Some((value @ toml::Value::Array(list), _)) => {
                let strengths: Option<Vec<f64>> = list.iter().map(share).collect();
                let once = |list: &Vec<f64>| list.iter().enumerate().all(|(i, strength)| !list[..i].contains(strength));
                let strengths = strengths.filter(|list| !list.is_empty()).ok_or_else(|| wrong(value))?;
                if once(&strengths) {
                    return Ok(strengths);
                }
                let message = format!("{}.strength = {value}: duplicate strength", kind.name);
                Err(self.problem("strength", message, "list each step of a sweep once".to_owned()))
            }
            Some((value, _)) => Ok(vec![share(value).ok_or_else(|| wrong(value))?]),
        }
    }

    fn share(&self, kind: &Kind, key: &str, default: f64) -> Result<f64, Problem> {
        let Some((value, _)) = self.fields.get(key) else { return Ok(default) };
        share(value).ok_or_else(|| {
            let message = format!("{}.{key} = {value}: must be a number from 0 to 1", kind.name);
            self.problem(key, message, "this is the standard deviation of the strength".to_owned())
        })
    }

    /// The rule that brings the entry into force, if there is one.
    fn rule(&self, kind: &Kind) -> Result<Option<Rule>, Problem> {
        let wrong = |key: &str, remedy: &str| {
            let value = self.fields.get(key).map_or(String::new(), |(value, _)| value.to_string());
            self.problem(key, format!("{}.{key} = {value}: not a rule", kind.name), remedy.to_owned())
        };
        let Some((when, _)) = self.fields.get("when") else {
            let Some(key) = ["until", "at_least"].into_iter().find(|key| self.fields.contains_key(*key)) else {
                return Ok(None);
            };
            let message = format!("{}.{key} without `when`: no rule brings the entry into force", kind.name);
            return Err(self.problem(key, message, WHEN.to_owned()));
        };
        if NO_MEASURES.contains(&kind.name) {
            let message = format!("{}.when: nobody decides on `{}`", kind.name, kind.name);
            return Err(self.problem("when", message, "rules are for measures; give the entry a start".to_owned()));
        }
        let mut rule = when.as_str().and_then(start).ok_or_else(|| wrong("when", WHEN))?;
        if let Some((until, _)) = self.fields.get("until") {
            rule = until.as_str().and_then(|until| with_end(rule, until)).ok_or_else(|| wrong("until", UNTIL))?;
        }
        if let Some((days, _)) = self.fields.get("at_least") {
            let days =
                days.as_integer().and_then(|days| usize::try_from(days).ok()).filter(|days| *days <= Horizon::MAX_DAYS);
            let remedy = format!("a number of days, 0 to {}", Horizon::MAX_DAYS);
            rule = rule.at_least(days.ok_or_else(|| wrong("at_least", &remedy))?);
        }
        Ok(Some(rule))
    }

    /// A date within the run: a calendar day, or `"+7"` for days after the as-of day.
    fn day(&self, key: &str, window: Window, default: i64) -> Result<Date, Problem> {
        let Some((value, _)) = self.fields.get(key) else { return Ok(window.day(default)) };
        let ahead = value.as_str().and_then(|text| text.strip_prefix('+')?.parse().ok()).map(|days| window.day(days));
        let (first, last) = (window.day(1), window.last());
        match ahead.or_else(|| calendar(value)) {
            Some(day) if (first..=last).contains(&day) => Ok(day),
            found => {
                let what = found.map_or_else(
                    || format!("{key} = {value} is not a day"),
                    |day| format!("{key} = {day} is outside the run"),
                );
                let remedy = format!("name a day from {first} to {last}, or \"+7\" for seven days after the as-of day");
                Err(self.problem(key, what, remedy))
            }
        }
    }
}

impl Entry {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The rule that brings it into force; none where it is in force on all of its days.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        self.rule
    }

    /// The requested strengths: one, or several for a sweep.
    #[must_use]
    pub fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    /// The same entry with one strength.
    #[must_use]
    pub fn at(&self, strength: f64) -> Self {
        Self { strengths: vec![strength], ..self.clone() }
    }

    /// Whether another entry of the same kind and subject is active on a common day.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.kind == other.kind && self.part == other.part && self.meets(other)
    }

    /// Whether another entry is active on a common day.
    fn meets(&self, other: &Self) -> bool {
        self.change.start <= other.change.end && other.change.start <= self.change.end
    }

    /// Whether it requires another kind of entry that is missing here: contact tracing requires testing.
    pub(super) fn lacks(&self, others: &[Self]) -> Option<&'static str> {
        let tested = || others.iter().any(|other| other.kind == "testing" && other.meets(self));
        (self.kind == "tracing" && !tested()).then_some("testing")
    }

    /// Whether its strength is uncertain. A strength of 0 is certain.
    pub(super) fn is_uncertain(&self) -> bool {
        self.uncertainty > 0.0 && self.strengths.iter().any(|strength| *strength > 0.0)
    }

    /// The change at one of the points of its uncertainty.
    fn change(&self, level: usize) -> Change {
        let strength = self.strengths.first().copied().unwrap_or(0.0);
        let strength = if self.is_uncertain() {
            (strength + self.uncertainty * LEVELS[level % LEVELS.len()]).clamp(0.0, 1.0)
        } else {
            strength
        };
        Change { strength, ..self.change }
    }
}

/// The scenarios that represent these entries: one, or one per point if a strength is uncertain.
///
/// Each entry takes every point once, in a different order (a Latin square), so that uncertain entries are
/// uncorrelated.
pub(super) fn scenarios(entries: &[Entry]) -> Result<Vec<Scenario>, ScenarioError> {
    let levels = if entries.iter().any(Entry::is_uncertain) { LEVELS.len() } else { 1 };
    let scenario = |level: usize| {
        let shifted = |i: usize| level * (i % (LEVELS.len() - 1) + 1);
        entries.iter().enumerate().try_fold(Scenario::baseline(), |scenario, (i, e)| match e.rule {
            Some(rule) => scenario.with_rule(e.change(shifted(i)), rule),
            None => scenario.with(e.change(shifted(i))),
        })
    };
    (0..levels).map(scenario).collect()
}

fn number(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

fn share(value: &toml::Value) -> Option<f64> {
    number(value).filter(|share| (0.0..=1.0).contains(share))
}

fn calendar(value: &toml::Value) -> Option<Date> {
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_datetime().map(ToString::to_string));
    text.and_then(|text| text.parse().ok())
}

fn take(value: &toml::Value, range: Range) -> Option<Value> {
    match range {
        Range::Number { low, high, .. } => number(value).filter(|n| (low..=high).contains(n)).map(Value::Number),
        Range::Word(words) => words.iter().find(|word| value.as_str() == Some(**word)).map(|word| Value::Word(word)),
        Range::Day(_) => calendar(value).map(Value::Day),
    }
}
