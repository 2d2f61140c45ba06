//! The kinds of entries in a scenario.

use std::collections::BTreeMap;

use countycast_engine::{Date, Measure, Schools, Setting};

/// A kind of entry: one measure or event.
#[derive(Debug)]
pub struct Kind {
    /// Its name in scenario files.
    pub name: &'static str,
    /// Its effect, and the meaning of strength.
    pub about: &'static str,
    /// Its parameters besides dates, strength and uncertainty.
    pub parameters: &'static [Parameter],
    make: fn(&Values) -> Measure,
}

/// A parameter of a kind of entry.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its permitted values and default.
    pub range: Range,
    /// Its meaning.
    pub about: &'static str,
}

/// Permitted values of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// A number in a closed range.
    Number {
        /// Default.
        default: f64,
        /// Least.
        low: f64,
        /// Greatest.
        high: f64,
    },
    /// One of these words; the first is the default.
    Word(&'static [&'static str]),
    /// A day.
    Day(Date),
}

/// The value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Word(&'static str),
    Day(Date),
}

/// Values by name.
pub(super) type Values = BTreeMap<&'static str, Value>;

impl Range {
    /// The default.
    pub(super) fn default(self) -> Value {
        match self {
            Self::Number { default, .. } => Value::Number(default),
            Self::Word(words) => Value::Word(words.first().copied().unwrap_or_default()),
            Self::Day(day) => Value::Day(day),
        }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number { default, low, high } => write!(f, "{low} to {high}, default {default}"),
            Self::Word(words) => write!(f, "{}, default {}", words.join(" | "), words.first().unwrap_or(&"")),
            Self::Day(day) => write!(f, "a date, default {day}"),
        }
    }
}

impl Kind {
    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The words that select a subject within the kind.
    pub(super) fn part(&self, values: &Values) -> Vec<&'static str> {
        let word =
            |parameter: &Parameter| match values.get(parameter.name).copied().unwrap_or(parameter.range.default()) {
                Value::Word(word) => Some(word),
                Value::Number(_) | Value::Day(_) => None,
            };
        self.parameters.iter().filter_map(word).collect()
    }

    /// The measure with these values; omitted ones have their defaults.
    pub(super) fn measure(&self, values: &Values) -> Measure {
        let mut all: Values = self.parameters.iter().map(|p| (p.name, p.range.default())).collect();
        all.extend(values);
        (self.make)(&all)
    }
}

const fn number(name: &'static str, default: f64, low: f64, high: f64, about: &'static str) -> Parameter {
    Parameter { name, range: Range::Number { default, low, high }, about }
}

const FACTOR: Parameter = number("factor", 1.0, 0.0, 10.0, "at full strength: 1 changes nothing, 0 stops it");
const SCHOOLS: [&str; 4] = ["all", "primary", "secondary", "college"];
const SETTINGS: [&str; 5] = ["community", "household", "school", "work", "care"];

/// All kinds, in the order of listing.
pub static KINDS: [Kind; 14] = [
    Kind {
        name: "schools",
        about: "schools are closed; strength is the share of pupils who stay at home",
        parameters: &[Parameter { name: "schools", range: Range::Word(&SCHOOLS), about: "which are closed" }],
        make: |values| Measure::CloseSchools {
            schools: match word(values, "schools") {
                "primary" => Schools::Primary,
                "secondary" => Schools::Secondary,
                "college" => Schools::College,
                _ => Schools::All,
            },
        },
    },
    Kind {
        name: "work_from_home",
        about: "strength is the share of workers who no longer go to their workplace",
        parameters: &[],
        make: |_| Measure::WorkFromHome,
    },
    Kind {
        name: "gatherings",
        about: "gatherings are limited; strength is the share of community contacts that no longer take place",
        parameters: &[],
        make: |_| Measure::LimitGatherings,
    },
    Kind {
        name: "masks",
        about: "strength is the share of people who wear a mask outside their home, beyond those who do so already",
        parameters: &[number("efficacy", 0.5, 0.0, 1.0, "reduction of transmission if both people wear one")],
        make: |values| Measure::Masks { efficacy: amount(values, "efficacy") },
    },
    Kind {
        name: "stay_at_home",
        about: "strength is the share of people who comply: no work, school or community contacts",
        parameters: &[],
        make: |_| Measure::StayAtHome,
    },
    Kind {
        name: "testing",
        about: "symptomatic people are tested and isolated; strength is the share of them",
        parameters: &[number("delay_days", 2.0, 0.0, 14.0, "days from symptom onset to isolation")],
        make: |values| Measure::TestAndIsolate { delay_days: amount(values, "delay_days") },
    },
    Kind {
        name: "tracing",
        about: "contacts of the isolated are quarantined (needs `testing`); strength is the share of contacts found",
        parameters: &[number("delay_days", 2.0, 0.0, 14.0, "days from isolation of the case to quarantine")],
        make: |values| Measure::TraceAndQuarantine { delay_days: amount(values, "delay_days") },
    },
    Kind {
        name: "vaccination",
        about: "people are vaccinated, oldest first; strength multiplies the daily share",
        parameters: &[
            number("daily_share", 0.005, 0.0, 1.0, "daily share of the eligible who are vaccinated"),
            number("minimum_age", 16.0, 0.0, 120.0, "youngest eligible age, years"),
            number("against_infection", 0.8, 0.0, 1.0, "reduction of the risk of infection"),
            number(
                "against_severity",
                0.9,
                0.0,
                1.0,
                "reduction of the risk of hospitalisation and death given infection",
            ),
        ],
        make: |values| Measure::Vaccinate {
            daily_share: amount(values, "daily_share"),
            // Checked to be at most 120.
            minimum_age: amount(values, "minimum_age") as u8,
            against_infection: amount(values, "against_infection"),
            against_severity: amount(values, "against_severity"),
        },
    },
    Kind {
        name: "variant",
        about: "a variant is introduced; strength multiplies the introductions",
        parameters: &[
            number("introductions_per_100k", 1.0, 0.0, 1000.0, "daily introductions per 100,000 residents"),
            number("transmissibility", 1.5, 0.0, 10.0, "reproduction number over that of current strains"),
        ],
        make: |values| Measure::Variant {
            introductions_per_100k: amount(values, "introductions_per_100k"),
            transmissibility: amount(values, "transmissibility"),
        },
    },
    Kind {
        name: "season",
        about: "transmission is seasonal; strength multiplies the amplitude",
        parameters: &[
            number("amplitude", 0.2, 0.0, 1.0, "relative amplitude about the mean"),
            Parameter {
                name: "peak",
                range: Range::Day(Date::constant(2021, 1, 15)),
                about: "day of the highest transmission",
            },
        ],
        make: |values| Measure::Season { amplitude: amount(values, "amplitude"), peak: day(values, "peak") },
    },
    Kind {
        name: "waning",
        about: "immunity wanes; strength multiplies the rate",
        parameters: &[number("mean_days", 270.0, 1.0, 36500.0, "mean days to the loss of immunity")],
        make: |values| Measure::Wane { mean_days: amount(values, "mean_days") },
    },
    Kind {
        name: "travel",
        about: "travel between counties is multiplied by a factor, which strength interpolates from 1",
        parameters: &[FACTOR],
        make: |values| Measure::Travel { factor: amount(values, "factor") },
    },
    Kind {
        name: "transmission",
        about: "all transmission is multiplied by a factor, which strength interpolates from 1",
        parameters: &[FACTOR],
        make: |values| Measure::Transmission { factor: amount(values, "factor") },
    },
    Kind {
        name: "contacts",
        about: "contacts in one setting are multiplied by a factor, which strength interpolates from 1",
        parameters: &[Parameter { name: "setting", range: Range::Word(&SETTINGS), about: "where" }, FACTOR],
        make: |values| Measure::Contacts {
            setting: match word(values, "setting") {
                "household" => Setting::Household,
                "school" => Setting::School,
                "work" => Setting::Work,
                "care" => Setting::Care,
                _ => Setting::Community,
            },
            factor: amount(values, "factor"),
        },
    },
];

fn amount(values: &Values, name: &str) -> f64 {
    if let Some(Value::Number(number)) = values.get(name) { *number } else { 0.0 }
}

fn word(values: &Values, name: &str) -> &'static str {
    if let Some(Value::Word(word)) = values.get(name) { word } else { "" }
}

fn day(values: &Values, name: &str) -> Date {
    if let Some(Value::Day(day)) = values.get(name) { *day } else { Date::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_measure_has_a_kind_of_its_own_name_and_defaults_that_it_takes() {
        let names: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
        for kind in &KINDS {
            let measure = kind.measure(&Values::new());
            assert_eq!(measure.name(), kind.name);
            let (start, end) = (Date::constant(2020, 9, 1), Date::constant(2020, 9, 2));
            let change = countycast_engine::Change { start, end, measure, strength: 1.0 };
            assert!(countycast_engine::Scenario::baseline().with(change).is_ok(), "{}", kind.name);
        }
    }
}
