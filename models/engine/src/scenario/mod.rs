//! Scenarios: assumed changes relative to the recent past.

mod measure;

use jiff::civil::Date;

pub use measure::{Measure, Schools, Setting};

/// Dated changes to the course of an epidemic. Without changes, conditions stay as on the as-of day.
///
/// Mechanistic engines simulate every [`Measure`]. All others respond only to [`Scenario::transmission`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenario {
    changes: Vec<Change>,
}

/// A measure with its first and last day, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// What changes.
    pub measure: Measure,
    /// Strength, 0 to 1: 0 changes nothing, 1 is the full measure.
    pub strength: f64,
}

/// An invalid change.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The change ends before it starts.
    #[error("a change that starts on {start} cannot end on {end}")]
    Dates {
        /// First day.
        start: Date,
        /// Last day.
        end: Date,
    },
    /// A number outside its range.
    #[error("{measure}: {name} is {value}, it must be at least {least} and at most {most}")]
    Range {
        /// Name of the measure.
        measure: &'static str,
        /// Name of the number.
        name: &'static str,
        /// Its value.
        value: f64,
        /// Lower end of its range.
        least: f64,
        /// Upper end of its range.
        most: f64,
    },
}

impl Change {
    /// Transmission multiplied by `factor` from one day to another, both included.
    #[must_use]
    pub const fn transmission(start: Date, end: Date, factor: f64) -> Self {
        Self { start, end, measure: Measure::Transmission { factor }, strength: 1.0 }
    }

    /// Whether it is active on a day, with any strength.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.strength > 0.0 && (self.start..=self.end).contains(&day)
    }
}

impl Scenario {
    /// Nothing changes.
    #[must_use]
    pub fn baseline() -> Self {
        Self::default()
    }

    /// Adds a change.
    ///
    /// # Errors
    /// [`ScenarioError`] for an end before the start, or a number outside its range.
    pub fn with(mut self, change: Change) -> Result<Self, ScenarioError> {
        if change.end < change.start {
            return Err(ScenarioError::Dates { start: change.start, end: change.end });
        }
        let measure = change.measure.name();
        let mut numbers = change.measure.numbers();
        numbers.push(("strength", change.strength, 0.0, 1.0));
        for (name, value, least, most) in numbers {
            if !(least..=most).contains(&value) {
                return Err(ScenarioError::Range { measure, name, value, least, most });
            }
        }
        self.changes.push(change);
        Ok(self)
    }

    /// All changes, in the order in which they were added.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The active measures on a day, each with its strength; those of strength 0 are left out.
    pub fn on(&self, day: Date) -> impl Iterator<Item = (Measure, f64)> + '_ {
        self.changes.iter().filter(move |change| change.holds_on(day)).map(|change| (change.measure, change.strength))
    }

    /// The direct factor on all transmission on a day: the product over active [`Measure::Transmission`]. It is 1 if
    /// there are none, whatever else changes.
    #[must_use]
    pub fn transmission(&self, day: Date) -> f64 {
        let factor = |(measure, strength)| match measure {
            Measure::Transmission { factor } => 1.0 + strength * (factor - 1.0),
            _ => 1.0,
        };
        self.on(day).map(factor).product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn changes_hold_on_their_days_and_multiply() {
        let masks = Change::transmission(date(2020, 10, 1), date(2020, 10, 10), 0.5);
        let schools = Change::transmission(date(2020, 10, 10), date(2020, 10, 20), 0.8);
        let scenario = Scenario::baseline().with(masks).unwrap().with(schools).unwrap();
        let factors = [30, 1, 10, 20, 21].map(|d| if d == 30 { date(2020, 9, 30) } else { date(2020, 10, d) });
        assert_eq!(factors.map(|d| scenario.transmission(d)), [1.0, 0.5, 0.4, 0.8, 1.0]);
    }

    #[test]
    fn strength_lies_between_nothing_and_all() {
        let day = date(2020, 10, 5);
        let change = Change { strength: 0.25, ..Change::transmission(day, day, 0.2) };
        assert_eq!(Scenario::baseline().with(change).unwrap().transmission(day), 0.8);
        let none = Scenario::baseline().with(Change { strength: 0.0, ..change }).unwrap();
        assert_eq!((none.transmission(day), none.on(day).count()), (1.0, 0));
    }

    #[test]
    fn refuses_what_means_nothing() {
        let change = Change::transmission(date(2020, 10, 2), date(2020, 10, 1), 0.5);
        assert!(matches!(Scenario::baseline().with(change), Err(ScenarioError::Dates { .. })));
        let day = date(2020, 10, 3);
        let wrong = [
            Measure::Transmission { factor: f64::NAN },
            Measure::Contacts { setting: Setting::Work, factor: -1.0 },
            Measure::Masks { efficacy: 1.5 },
            Measure::Wane { mean_days: 0.0 },
        ];
        for measure in wrong {
            let change = Change { start: day, end: day, measure, strength: 1.0 };
            assert!(matches!(Scenario::baseline().with(change), Err(ScenarioError::Range { .. })), "{measure:?}");
        }
        let change = Change { start: day, end: day, measure: Measure::WorkFromHome, strength: 1.1 };
        let error = Scenario::baseline().with(change).unwrap_err();
        assert_eq!(error.to_string(), "work_from_home: strength is 1.1, it must be at least 0 and at most 1");
    }
}
