//! Rules: measures that come into force when a number is reached, and end when it has fallen.

use std::fmt;

/// Share of the threshold of the start that ends a measure, where no other is given.
const USUAL_END: f64 = 0.75;

/// What a rule looks at, in one trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Indicator {
    /// Share of the staffed beds in intensive care that are occupied: by patients with the disease who live in the place, and by
    /// other patients as usual. Above 1 where more are needed than there are.
    Icu,
    /// Newly reported cases of the last seven days per 100,000 residents.
    Cases,
}

impl Indicator {
    /// All, in the order of documentation.
    pub const ALL: [Self; 2] = [Self::Icu, Self::Cases];

    /// Its name in scenario files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Icu => "icu",
            Self::Cases => "cases",
        }
    }

    /// The unit behind its thresholds in scenario files; none for a share.
    #[must_use]
    pub const fn unit(self) -> Option<&'static str> {
        match self {
            Self::Icu => None,
            Self::Cases => Some("per 100,000"),
        }
    }
}

/// A rule: in force from the day after the indicator was found above one threshold until it is found below another, at least so
/// many days.
///
/// Between the thresholds a measure stays what it is (hysteresis), so that it is not switched on and off by chance. Indicators
/// are looked at every [`Rule::EVERY`] days, on the evening of the as-of day first.
///
/// ```
/// use countycast_engine::{Indicator, Rule};
/// let rule = Rule::new(Indicator::Icu, 0.8)?.until(0.6)?.at_least(14);
/// assert!(rule.holds(None, 0.81) && !rule.holds(None, 0.8));
/// assert!(rule.holds(Some(14), 0.7), "between the thresholds it stays in force");
/// assert!(rule.holds(Some(7), 0.5), "for two weeks at least");
/// assert!(!rule.holds(Some(14), 0.5));
/// # Ok::<(), countycast_engine::RuleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    indicator: Indicator,
    above: f64,
    below: f64,
    least_days: usize,
}

/// Thresholds that make no rule.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// A threshold is negative or not finite.
    #[error("a threshold is {0}, it must be a number of at least 0")]
    Threshold(f64),
    /// The measure would end above the threshold at which it starts.
    #[error("a measure that starts above {above} cannot end below {below}, which is more")]
    End {
        /// Threshold of the start.
        above: f64,
        /// Threshold of the end.
        below: f64,
    },
}

impl Rule {
    /// Days from one look at the indicators to the next.
    pub const EVERY: usize = 7;

    /// In force while the indicator is above `above`, until it is below three quarters of that.
    ///
    /// # Errors
    /// [`RuleError::Threshold`] for a threshold that is negative or not finite.
    pub fn new(indicator: Indicator, above: f64) -> Result<Self, RuleError> {
        if !(above.is_finite() && above >= 0.0) {
            return Err(RuleError::Threshold(above));
        }
        Ok(Self { indicator, above, below: USUAL_END * above, least_days: 0 })
    }

    /// The same until the indicator is below `below`.
    ///
    /// # Errors
    /// [`RuleError`] for a threshold that is negative, not finite, or above that of the start.
    pub fn until(self, below: f64) -> Result<Self, RuleError> {
        if !(below.is_finite() && below >= 0.0) {
            return Err(RuleError::Threshold(below));
        }
        if below > self.above {
            return Err(RuleError::End { above: self.above, below });
        }
        Ok(Self { below, ..self })
    }

    /// The same for so many days at least.
    #[must_use]
    pub const fn at_least(self, days: usize) -> Self {
        Self { least_days: days, ..self }
    }

    /// What it looks at.
    #[must_use]
    pub const fn indicator(&self) -> Indicator {
        self.indicator
    }

    /// Whether its measure is in force from the next day on, where the indicator is `value`; `in_force` are the days for which
    /// it has been so without a break.
    #[must_use]
    pub fn holds(&self, in_force: Option<usize>, value: f64) -> bool {
        match in_force {
            None => value > self.above,
            Some(days) => days < self.least_days || value >= self.below,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.indicator.unit().map_or_else(String::new, |unit| format!(" {unit}"));
        write!(f, "{} > {}{unit}, until < {}", self.indicator.name(), self.above, self.below)?;
        if self.least_days > 0 { write!(f, ", at least {} days", self.least_days) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_ends_at_three_quarters_unless_told_otherwise() {
        let rule = Rule::new(Indicator::Cases, 100.0).unwrap();
        assert!(rule.holds(Some(7), 75.0) && !rule.holds(Some(7), 74.9));
        assert_eq!(rule.to_string(), "cases > 100 per 100,000, until < 75");
        let rule = rule.until(20.0).unwrap().at_least(14);
        assert_eq!(rule.to_string(), "cases > 100 per 100,000, until < 20, at least 14 days");
    }

    #[test]
    fn thresholds_that_mean_nothing_are_refused() {
        assert!(matches!(Rule::new(Indicator::Icu, f64::NAN), Err(RuleError::Threshold(_))));
        let rule = Rule::new(Indicator::Icu, 0.8).unwrap();
        assert_eq!(rule.until(0.9), Err(RuleError::End { above: 0.8, below: 0.9 }));
        assert!(matches!(rule.until(-0.1), Err(RuleError::Threshold(_))));
        assert!(rule.until(0.8).is_ok());
    }
}
