//! Scenarios: assumed changes relative to the recent past.

mod measure;
mod rule;

use jiff::civil::Date;

pub use measure::{Measure, Schools, Setting};
pub use rule::{Indicator, Rule, RuleError};

/// Dated changes to the course of an epidemic. Without changes, conditions stay as on the as-of day.
///
/// Mechanistic engines simulate every [`Measure`]. All others respond only to [`Scenario::transmission`].
///
/// Changes under a [`Rule`] have no days of their own: engines draw scenarios that [`Scenario::with_days`] has dated, and see
/// nothing of the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenario {
    changes: Vec<Change>,
    ruled: Vec<Ruled>,
}

/// A change that a rule brings into force, on any of its days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ruled {
    /// The change; its days are those on which it may be in force.
    pub change: Change,
    /// When it is.
    pub rule: Rule,
    /// How many dated changes stand before it.
    after: usize,
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
        check(&change)?;
        self.changes.push(change);
        Ok(self)
    }

    /// Adds a change that is in force on those of its days on which a rule holds.
    ///
    /// # Errors
    /// [`ScenarioError`] for an end before the start, or a number outside its range.
    pub fn with_rule(mut self, change: Change, rule: Rule) -> Result<Self, ScenarioError> {
        check(&change)?;
        self.ruled.push(Ruled { change, rule, after: self.changes.len() });
        Ok(self)
    }

    /// All changes under a rule, in the order in which they were added.
    #[must_use]
    pub fn ruled(&self) -> &[Ruled] {
        &self.ruled
    }

    /// The scenario in which each change under a rule is in force from these first to these last days, and no rule is left;
    /// `days` has the spells of each.
    #[must_use]
    pub fn with_days(&self, days: &[Vec<(Date, Date)>]) -> Self {
        let spells = |ruled: &Ruled, days: &[(Date, Date)]| {
            let change = ruled.change;
            days.iter().map(move |&(start, end)| Change { start, end, ..change }).collect::<Vec<Change>>()
        };
        let mut dated: Vec<(usize, Change)> = Vec::new();
        for (ruled, days) in self.ruled.iter().zip(days) {
            dated.extend(spells(ruled, days).into_iter().map(|change| (ruled.after, change)));
        }
        let mut changes = Vec::with_capacity(self.changes.len() + dated.len());
        for place in 0..=self.changes.len() {
            changes.extend(dated.iter().filter(|(after, _)| *after == place).map(|(_, change)| *change));
            changes.extend(self.changes.get(place));
        }
        Self { changes, ruled: Vec::new() }
    }

    /// All changes, dated or under a rule.
    pub fn all_changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().chain(self.ruled.iter().map(|ruled| &ruled.change))
    }

    /// All dated changes, in the order in which they were added.
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

/// Whether the days and numbers of a change mean something.
fn check(change: &Change) -> Result<(), ScenarioError> {
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
    Ok(())
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
    fn rules_are_dated_in_the_place_where_they_were_added() {
        let days = |from, to| (date(2020, 10, from), date(2020, 10, to));
        let change = |factor| Change::transmission(days(1, 30).0, days(1, 30).1, factor);
        let rule = Rule::new(Indicator::Icu, 0.8).unwrap();
        let of = |first: Scenario| first.with_rule(change(0.5), rule).unwrap().with(change(0.8)).unwrap();
        let scenario = of(Scenario::baseline().with(change(0.9)).unwrap());
        assert_eq!(scenario.transmission(days(5, 5).0), 0.9 * 0.8, "a rule without days changes nothing");
        let dated = scenario.with_days(&[vec![days(3, 9), days(20, 22)]]);
        let spell = |(start, end)| Change { start, end, ..change(0.5) };
        assert_eq!(dated.changes(), [change(0.9), spell(days(3, 9)), spell(days(20, 22)), change(0.8)]);
        assert!(dated.ruled().is_empty());
        assert_eq!(of(Scenario::baseline()).with_days(&[vec![]]).changes(), [change(0.8)]);
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
