//! The search space: the settings to be searched and their ranges.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::config::DEFAULT_TOML;
use crate::error::{Error, InputError};

/// Tables of the configuration whose numbers may be searched. The blend's settings concern learning from past projections,
/// which a trial does not have.
const ROOTS: [&str; 4] = ["engines", "epidemiology", "fallback", "phase"];

/// A search space: one parameter per dimension, in the order of their keys.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Space {
    parameters: Vec<Parameter>,
    /// All starting settings: the defaults overridden by the user's.
    base: Table,
    /// The user's settings.
    given: Table,
}

/// One setting and its range.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Its key in the configuration, such as `engines.trend.rise.cases`; elements of a list by their number, from 0.
    pub key: String,
    range: Range,
    /// Whether it is a whole number.
    whole: bool,
}

/// The range of a parameter, as written in the search space.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    low: f64,
    high: f64,
    #[serde(default)]
    scale: Scale,
}

/// Scale on which values are uniform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scale {
    #[default]
    Linear,
    Log,
}

impl Parameter {
    /// The value at a position from 0 to 1 within its range.
    #[must_use]
    pub fn value(&self, place: f64) -> f64 {
        let Range { low, high, .. } = self.range;
        let value = self.unrounded(place);
        // Six digits are more than a search can resolve, and they have to be readable.
        let value = if self.whole { value.round() } else { format!("{value:.5e}").parse().unwrap_or(value) };
        value.clamp(low, high)
    }

    /// The same before rounding, for axes.
    pub(super) fn unrounded(&self, place: f64) -> f64 {
        let Range { low, high, scale } = self.range;
        match scale {
            Scale::Linear => low + place * (high - low),
            Scale::Log => (low.ln() + place * (high.ln() - low.ln())).exp(),
        }
    }

    /// The position of a value in the range, 0 to 1; a value outside is moved to the nearest end.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        let Range { low, high, scale } = self.range;
        let value = value.clamp(low, high);
        match scale {
            Scale::Linear => (value - low) / (high - low),
            Scale::Log => (value.ln() - low.ln()) / (high.ln() - low.ln()),
        }
    }
}

impl Space {
    /// Reads a search space: a TOML table with one line per setting, such as `"engines.trend.rise.cases" = { low = 0.2,
    /// high = 1.0 }`, over the user's settings `given`.
    ///
    /// # Errors
    /// [`Error::Input`] for an unknown key (the known ones are listed), a setting that is not a number, an empty range,
    /// or a logarithmic range that reaches zero.
    pub fn read(file: &Path, given: &str) -> Result<Self, Error> {
        let text = std::fs::read_to_string(file).map_err(|source| Error::read(file, source))?;
        Self::parse(&text, file, given)
    }

    pub(super) fn parse(text: &str, file: &Path, given: &str) -> Result<Self, Error> {
        let remedy =
            "write one line per setting: \"engines.trend.rise.cases\" = { low = 0.2, high = 1.0, scale = \"linear\" }";
        let ranges: BTreeMap<String, Range> = toml::from_str(text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
            let line = before.matches('\n').count() as u64 + 1;
            InputError::new(file, error.message(), remedy).on_line(line)
        })?;
        let parsed = |text: &str| text.parse::<Table>().map_err(|e| InputError::new(file, e.message(), remedy));
        let (mut base, given) = (parsed(DEFAULT_TOML)?, parsed(given)?);
        overlay(&mut base, &given);
        if ranges.is_empty() {
            return Err(InputError::new(file, "names no setting", remedy).into());
        }
        let parameter = |(key, range): (String, Range)| {
            let wrong = |problem: &str, remedy: String| InputError::new(file, problem, remedy).in_column(&key);
            let found = Some(key.split('.').collect::<Vec<_>>()).filter(|path| ROOTS.contains(&path[0]));
            let whole = match found.and_then(|path| get(&base, &path)) {
                Some(Value::Integer(_)) => true,
                Some(Value::Float(_)) => false,
                Some(_) => return Err(wrong("is not a number", known(&base, &key))),
                None => return Err(wrong("unknown setting", known(&base, &key))),
            };
            let Range { low, high, scale } = range;
            if !(low.is_finite() && high.is_finite() && low < high) {
                return Err(wrong(
                    &format!("from {low} to {high} is not a range"),
                    "give a low below a high".to_owned(),
                ));
            }
            if scale == Scale::Log && low <= 0.0 {
                return Err(wrong(&format!("a logarithm of {low} does not exist"), "give a low above 0".to_owned()));
            }
            Ok(Parameter { key, range, whole })
        };
        let parameters = ranges.into_iter().map(parameter).collect::<Result<_, _>>()?;
        Ok(Self { parameters, base, given })
    }

    /// The parameters, by key.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The starting values.
    #[must_use]
    pub fn start(&self) -> Vec<f64> {
        let number = |p: &Parameter| match get(&self.base, &p.key.split('.').collect::<Vec<_>>()) {
            Some(Value::Integer(n)) => *n as f64,
            Some(Value::Float(x)) => *x,
            _ => f64::NAN,
        };
        self.parameters.iter().map(number).collect()
    }

    /// The user's settings with these values inserted, as text for `--config`.
    #[must_use]
    pub fn config(&self, values: &[f64]) -> String {
        let mut table = self.given.clone();
        for (parameter, value) in self.parameters.iter().zip(values) {
            let path: Vec<&str> = parameter.key.split('.').collect();
            let value = if parameter.whole { Value::Integer(*value as i64) } else { Value::Float(*value) };
            // An element of a list or pair has to be written with the rest of it.
            let section = if path[0] == "engines" { 2 } else { 1 };
            let stands = get(&self.base, &path[..=section]).cloned();
            let Some(here) = descend(&mut table, &path[..section]) else { continue };
            let entry = here.entry(path[section]).or_insert(stands.unwrap_or(Value::Integer(0)));
            let target = path[section + 1..].iter().try_fold(entry, |value, name| match value {
                Value::Table(table) => table.get_mut(*name),
                Value::Array(list) => list.get_mut(name.parse::<usize>().ok()?),
                _ => None,
            });
            if let Some(target) = target {
                *target = value;
            }
        }
        table.to_string()
    }
}

/// The table at a path, created if missing; none if there is something else.
fn descend<'a>(table: &'a mut Table, path: &[&str]) -> Option<&'a mut Table> {
    let Some((first, rest)) = path.split_first() else { return Some(table) };
    let next = table.entry(*first).or_insert_with(|| Value::Table(Table::new()));
    descend(next.as_table_mut()?, rest)
}

fn overlay(base: &mut Table, over: &Table) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => overlay(below, above),
            _ => drop(base.insert(key.clone(), value.clone())),
        }
    }
}

fn get<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, name| match value {
        Value::Table(table) => table.get(*name),
        Value::Array(list) => list.get(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The keys that may be searched: those of the same table, if there is one, otherwise all.
fn known(base: &Table, key: &str) -> String {
    let mut all = Vec::new();
    for root in ROOTS {
        if let Some(value) = base.get(root) {
            leaves(root.to_owned(), value, &mut all);
        }
    }
    let parts: Vec<&str> = key.split('.').collect();
    let table = parts[..if parts[0] == "engines" { parts.len().min(2) } else { 1 }].join(".") + ".";
    let near: Vec<&String> = all.iter().filter(|key| key.starts_with(&table)).collect();
    let listed = if near.is_empty() { all.iter().collect() } else { near };
    format!("known settings: {}", listed.into_iter().map(String::as_str).collect::<Vec<_>>().join(", "))
}

fn leaves(key: String, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Integer(_) | Value::Float(_) => found.push(key),
        Value::Table(table) => table.iter().for_each(|(name, value)| leaves(format!("{key}.{name}"), value, found)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| leaves(format!("{key}.{i}"), value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn space(text: &str, given: &str) -> Result<Space, Error> {
        Space::parse(text, Path::new("space.toml"), given)
    }

    #[test]
    fn values_go_where_they_belong_and_the_rest_stays() {
        let text = "\"engines.trend.rise.cases\" = { low = 0.2, high = 1.0 }\n\
                    \"engines.curve.max_waves\" = { low = 1, high = 4 }\n\
                    \"engines.curve.pull.curve_rise.1\" = { low = 0.01, high = 1.0, scale = \"log\" }\n\
                    \"fallback.ridge\" = { low = 1.0, high = 100.0 }\n";
        let given = "draws = 150\n[engines.trend]\ntail_freedom = { cases = 6.0, deaths = 6.0 }\n";
        let space = space(text, given).unwrap();
        assert_eq!(space.start(), [3.0, 0.05, 0.6, 20.0]);
        let values: Vec<f64> = space.parameters().iter().map(|p| p.value(0.5)).collect();
        assert_eq!((values[0], values[3]), (3.0, 50.5), "whole numbers are rounded: 2.5 to 3");
        assert_eq!(values[1], 0.1, "the middle of a logarithmic range is its geometric mean");
        let config = Config::parse(&space.config(&values), Path::new("best.toml")).unwrap();
        let mut expected = Config::parse(given, Path::new("given.toml")).unwrap();
        expected.engines.trend.rise.cases = values[2];
        expected.engines.curve.max_waves = 3;
        expected.engines.curve.pull.curve_rise[1] = values[1];
        expected.fallback.ridge = 50.5;
        assert_eq!(config, expected);
    }

    #[test]
    fn places_and_values_are_inverse() {
        let text = "\"fallback.ridge\" = { low = 1.0, high = 100.0, scale = \"log\" }";
        let space = space(text, "").unwrap();
        let parameter = &space.parameters()[0];
        for place in [0.0, 0.3, 1.0] {
            assert!((parameter.place(parameter.value(place)) - place).abs() < 1e-5);
        }
        assert_eq!(parameter.place(1e6), 1.0);
    }

    #[test]
    fn what_cannot_be_searched_is_refused_with_what_can() {
        for (text, expected) in [
            ("\"engines.trend.rize.cases\" = { low = 0.2, high = 1.0 }", "unknown setting"),
            ("\"blend.sharpness\" = { low = 1.0, high = 9.0 }", "unknown setting"),
            ("\"panel.gaps.backlog\" = { low = 1.0, high = 2.0 }", "unknown setting"),
            ("\"engines.trend.rise\" = { low = 0.2, high = 1.0 }", "is not a number"),
            ("\"fallback.ridge\" = { low = 2.0, high = 1.0 }", "from 2 to 1 is not a range"),
            ("\"fallback.ridge\" = { low = 0.0, high = 1.0, scale = \"log\" }", "a logarithm of 0"),
            ("\"fallback.ridge\" = { low = 0.0, hi = 1.0 }", "unknown field `hi`"),
            ("", "names no setting"),
        ] {
            let error = space(text, "").unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().starts_with("space.toml") && error.to_string().contains(expected), "{error}");
        }
        let error = space("\"engines.trend.rize\" = { low = 0.2, high = 1.0 }", "").unwrap_err();
        let help = miette::Diagnostic::help(&error).unwrap().to_string();
        assert!(help.contains("engines.trend.rise.cases") && !help.contains("fallback.ridge"), "{help}");
    }
}
