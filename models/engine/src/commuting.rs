//! Commuting across county lines, and incidence on the other side.

use crate::HistoryError;

/// A county's commuters in numbers, so that an engine needs no other county's history.
///
/// Cases are daily new reported cases per resident, cleaned, on the days of the [`crate::History`] that carries them;
/// means over the other counties are weighted by the number of commuters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Commuting {
    /// Share of working residents who work in another county, 0 to 1.
    pub leaving: f64,
    /// People from other counties who work here, per working resident, at least 0.
    pub arriving: f64,
    /// Cases where outbound commuters work.
    pub cases_there: Vec<f64>,
    /// Cases where inbound commuters live.
    pub cases_of_arriving: Vec<f64>,
}

impl Commuting {
    /// Checks ranges and lengths against a history of so many days.
    pub(crate) fn check(&self, days: usize) -> Result<(), HistoryError> {
        let wrong = |what, value| Err(HistoryError::Commuting { what, value });
        if !(0.0..=1.0).contains(&self.leaving) {
            return wrong("leaving", self.leaving);
        }
        if !(self.arriving.is_finite() && self.arriving >= 0.0) {
            return wrong("arriving", self.arriving);
        }
        for (what, cases) in [("cases there", &self.cases_there), ("cases of arriving", &self.cases_of_arriving)] {
            if cases.len() != days {
                return Err(HistoryError::Length { what, found: cases.len(), expected: days });
            }
            if let Some(&value) = cases.iter().find(|value| !(value.is_finite() && **value >= 0.0)) {
                return wrong(what, value);
            }
        }
        Ok(())
    }

    /// The first `days` days.
    pub(crate) fn truncated(&self, days: usize) -> Self {
        let first = |cases: &[f64]| cases[..days.min(cases.len())].to_vec();
        Self { cases_there: first(&self.cases_there), cases_of_arriving: first(&self.cases_of_arriving), ..*self }
    }
}
