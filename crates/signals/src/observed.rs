//! What hubs themselves published of their targets.

use std::collections::BTreeMap;

use countycast_engine::Date;
use countycast_engine::weekly::{Area, Week};

/// The values that hubs score by, as last published by each: a signal that several publish may differ between them in its
/// last digits or by a day.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// By target's name and area, then by week: the day of the last publication and its value, not a number where blank.
    values: BTreeMap<(String, Area), BTreeMap<Week, (Date, f64)>>,
}

impl Observed {
    /// Adds the value of a week as published on a day. A blank withdraws the value; of two on one day the first holds.
    pub(crate) fn add(&mut self, target: &str, area: Area, week: Week, as_of: Date, value: Option<f64>) {
        let weeks = self.values.entry((target.to_owned(), area)).or_default();
        let published = (as_of, value.unwrap_or(f64::NAN));
        let last = weeks.entry(week).or_insert(published);
        if as_of > last.0 {
            *last = published;
        }
    }

    /// Whether the target's values are known at all.
    pub(crate) fn knows(&self, target: &str) -> bool {
        self.values.keys().any(|(known, _)| known == target)
    }

    /// The value of a week, in the signal's unit.
    pub(crate) fn value(&self, target: &str, area: &Area, week: Week) -> Option<f64> {
        let (_, value) = self.values.get(&(target.to_owned(), area.clone()))?.get(&week)?;
        Some(*value).filter(|value| !value.is_nan())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_publication_holds_whatever_the_order() {
        let day = |day| Date::constant(2026, 1, day);
        let week = Week::of(day(3));
        let mut observed = Observed::default();
        for (published, value) in [(7, Some(0.02)), (14, Some(0.03)), (10, Some(0.01)), (14, Some(0.05))] {
            observed.add("flu", Area::Nation, week, day(published), value);
        }
        assert_eq!(observed.value("flu", &Area::Nation, week), Some(0.03));
        observed.add("flu", Area::Nation, week, day(21), None);
        assert_eq!(observed.value("flu", &Area::Nation, week), None, "withdrawn");
        assert!(observed.knows("flu") && !observed.knows("covid"));
    }
}
