//! The budget of a search.

use std::str::FromStr;
use std::time::Duration;

/// A number of trials, or the time that all of them may take together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Number of trials, including the first one.
    Evaluations(usize),
    /// Total time of trials after which no trial begins.
    Time(Duration),
}

impl Budget {
    /// The number of trials, where that is the budget.
    pub(super) fn evaluations(self) -> Option<usize> {
        if let Self::Evaluations(trials) = self { Some(trials) } else { None }
    }

    /// Whether this many trials with this total time exhaust it.
    pub(super) fn is_spent(self, trials: usize, seconds: f64) -> bool {
        match self {
            Self::Evaluations(most) => trials >= most,
            Self::Time(most) => seconds >= most.as_secs_f64(),
        }
    }
}

impl FromStr for Budget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a budget: write a number of trials (60) or a time (20min, 2h)");
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: usize = digits.parse().ok().filter(|n| (1..=1_000_000).contains(n)).ok_or_else(wrong)?;
        let seconds = match &text[digits.len()..] {
            "" => return Ok(Self::Evaluations(number)),
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            _ => return Err(wrong()),
        };
        Ok(Self::Time(Duration::from_secs(number as u64 * seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_and_times() {
        assert_eq!("60".parse(), Ok(Budget::Evaluations(60)));
        assert_eq!("20min".parse(), Ok(Budget::Time(Duration::from_secs(1_200))));
        assert_eq!("2h".parse(), Ok(Budget::Time(Duration::from_secs(7_200))));
        for bad in ["", "0", "-3", "min", "2 days", "1.5h"] {
            assert!(bad.parse::<Budget>().is_err(), "{bad}");
        }
        assert!(Budget::Evaluations(3).is_spent(3, 0.0) && !Budget::Evaluations(3).is_spent(2, 1e9));
        assert!(Budget::Time(Duration::from_secs(5)).is_spent(0, 5.0));
    }
}
