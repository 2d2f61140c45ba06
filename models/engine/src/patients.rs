//! Hospital patients reported by the state of a place.

use crate::HistoryError;

/// The last report, on or before the as-of day, of the state that contains the place: county-level reports began later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patients {
    /// Age of the report on the as-of day, days.
    pub days_ago: usize,
    /// Patients with the disease in the state's hospitals, intensive care included.
    pub hospital: f64,
    /// Those in intensive care, if the state reports them.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Date, History, Location, Series};
    use std::sync::Arc;

    fn history(days: usize) -> Result<History, HistoryError> {
        let counts = || Series::from_counts(vec![1.0; days]);
        let location = Arc::new(Location::new("19".parse().unwrap(), "a state"));
        History::new(location, Date::constant(2020, 3, 1), counts()?, counts()?, None)
    }

    #[test]
    fn patients_are_checked_and_left_behind_by_truncation() {
        let patients = Patients { days_ago: 1, hospital: 120.0, icu: Some(30.0) };
        let carried = history(9).unwrap().with_patients(patients).unwrap();
        assert_eq!(carried.patients(), Some(patients));
        assert_eq!(carried.truncated(8).unwrap().patients(), None);
        let wrong = Patients { icu: Some(-1.0), ..patients };
        let error = history(9).unwrap().with_patients(wrong).unwrap_err().to_string();
        assert_eq!(error, "-1 patients in intensive care: it must be a finite number of at least 0");
    }

    #[test]
    fn patients_by_day_end_with_the_history() {
        let reported: Arc<[f64]> = (0..9).map(f64::from).collect();
        let carried = history(9).unwrap().with_patients_by_day(Arc::clone(&reported)).unwrap();
        assert_eq!(carried.patients_by_day(), Some(&reported[..]));
        assert_eq!(carried.truncated(4).unwrap().patients_by_day(), Some(&reported[..4]));
        let error = history(8).unwrap().with_patients_by_day(reported).unwrap_err().to_string();
        assert_eq!(error, "patients has 9 days where 8 were expected");
        let error = history(1).unwrap().with_patients_by_day(Arc::new([-2.0])).unwrap_err().to_string();
        assert!(error.starts_with("-2 patients in hospital"), "{error}");
    }
}
