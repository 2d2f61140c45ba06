//! What is assumed to be different from the recent past.

use jiff::civil::Date;

/// Dated changes to how an epidemic goes on. Without changes, things stay as they were on the as-of day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenario {
    changes: Vec<Change>,
}

/// Transmission multiplied by a factor from one day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// First day in force.
    pub start: Date,
    /// Last day in force.
    pub end: Date,
    /// Factor on transmission: 1 changes nothing, 0 stops it.
    pub transmission: f64,
}

/// A change that means nothing.
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
    /// A factor that is negative or not finite.
    #[error("a factor of {0} on transmission: it must be a finite number of at least 0")]
    Factor(f64),
}

impl Scenario {
    /// Nothing changes.
    #[must_use]
    pub fn baseline() -> Self {
        Self::default()
    }

    /// Adds a change; changes that overlap multiply.
    ///
    /// # Errors
    /// [`ScenarioError`] for an end before the start, or a factor that is negative or not finite.
    pub fn with(mut self, change: Change) -> Result<Self, ScenarioError> {
        if change.end < change.start {
            return Err(ScenarioError::Dates { start: change.start, end: change.end });
        }
        if !(change.transmission.is_finite() && change.transmission >= 0.0) {
            return Err(ScenarioError::Factor(change.transmission));
        }
        self.changes.push(change);
        Ok(self)
    }

    /// The factor on transmission on a day.
    #[must_use]
    pub fn transmission(&self, day: Date) -> f64 {
        self.changes.iter().filter(|c| (c.start..=c.end).contains(&day)).map(|c| c.transmission).product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn changes_hold_on_their_days_and_multiply() {
        let masks = Change { start: date(2020, 10, 1), end: date(2020, 10, 10), transmission: 0.5 };
        let schools = Change { start: date(2020, 10, 10), end: date(2020, 10, 20), transmission: 0.8 };
        let scenario = Scenario::baseline().with(masks).unwrap().with(schools).unwrap();
        let factors = [30, 1, 10, 20, 21].map(|d| if d == 30 { date(2020, 9, 30) } else { date(2020, 10, d) });
        assert_eq!(factors.map(|d| scenario.transmission(d)), [1.0, 0.5, 0.4, 0.8, 1.0]);
    }

    #[test]
    fn refuses_what_means_nothing() {
        let change = Change { start: date(2020, 10, 2), end: date(2020, 10, 1), transmission: 0.5 };
        assert!(matches!(Scenario::baseline().with(change), Err(ScenarioError::Dates { .. })));
        let change = Change { end: date(2020, 10, 3), transmission: f64::NAN, ..change };
        assert!(matches!(Scenario::baseline().with(change), Err(ScenarioError::Factor(_))));
    }
}
