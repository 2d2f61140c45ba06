//! Patients in hospital, as reported of the state that a place lies in.

use crate::HistoryError;

/// The last report on or before the as-of day of the state that a place is, or lies in: counties' reports began later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patients {
    /// Days from the report's day to the as-of day.
    pub days_ago: usize,
    /// Patients with the disease in the state's hospitals, intensive care included.
    pub hospital: f64,
    /// Those of them in intensive care, where the state says so.
    pub icu: Option<f64>,
}

impl Patients {
    /// Checks ranges.
    pub(crate) fn check(&self) -> Result<(), HistoryError> {
        let icu = self.icu.unwrap_or(0.0);
        let wrong = [("in hospital", self.hospital), ("in intensive care", icu)]
            .into_iter()
            .find(|(_, value)| !(value.is_finite() && *value >= 0.0));
        wrong.map_or(Ok(()), |(what, value)| Err(HistoryError::Patients { what, value }))
    }
}
