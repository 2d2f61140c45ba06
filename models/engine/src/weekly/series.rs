//! Weekly series of areas, and all of them as known on a day.

use jiff::civil::Date;

use super::{Area, Signal, Week};
use crate::Fips;

/// A weekly signal in one area, as known on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What is counted.
    pub signal: Signal,
    /// Where.
    pub area: Area,
    /// The state in which the area lies, or which it is; none for the nation and where it is not known.
    pub state: Option<Fips>,
    /// Residents, where known.
    pub population: Option<f64>,
    /// The week of the first value.
    first: Week,
    /// A value a week, in the signal's unit; not a number where none is published.
    values: Vec<f64>,
}

impl Series {
    /// A series without leading or trailing missing values.
    ///
    /// Values that are negative or above the greatest of the signal's unit count as missing: readers refuse or report
    /// them.
    #[must_use]
    pub fn new(signal: Signal, area: Area, first: Week, values: Vec<f64>) -> Self {
        let valid = |value: &f64| (0.0..=signal.unit().greatest()).contains(value) && value.is_finite();
        let mut values: Vec<f64> = values.into_iter().map(|v| if valid(&v) { v } else { f64::NAN }).collect();
        let start = values.iter().position(|v| !v.is_nan()).unwrap_or(values.len());
        values.drain(..start);
        while values.last().is_some_and(|v| v.is_nan()) {
            values.pop();
        }
        let state = if let Area::State(fips) = area { Some(fips) } else { None };
        Self { signal, area, state, population: None, first: first.plus(start as i32), values }
    }

    /// The same series with the state of its area and the area's residents.
    #[must_use]
    pub fn located(self, state: Option<Fips>, population: Option<f64>) -> Self {
        Self { state: self.state.or(state), population, ..self }
    }

    /// Week of the first value.
    #[must_use]
    pub const fn first(&self) -> Week {
        self.first
    }

    /// Week of the last value; the week before the first where there is none.
    #[must_use]
    pub fn last(&self) -> Week {
        self.first.plus(self.values.len() as i32 - 1)
    }

    /// A value a week from [`Series::first`] on; not a number where none is published.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The value of a week, if published.
    #[must_use]
    pub fn at(&self, week: Week) -> Option<f64> {
        let place = usize::try_from(week.since(self.first)).ok()?;
        self.values.get(place).copied().filter(|value| !value.is_nan())
    }

    /// The same series with another value in a week that it has.
    #[must_use]
    pub fn with(mut self, week: Week, value: f64) -> Self {
        if let Some(slot) = usize::try_from(week.since(self.first)).ok().and_then(|place| self.values.get_mut(place)) {
            *slot = value;
        }
        self
    }

    /// The same series without the weeks after `last`.
    #[must_use]
    pub fn until(&self, last: Week) -> Self {
        let weeks = usize::try_from(last.since(self.first) + 1).unwrap_or(0).min(self.values.len());
        let cut = Self::new(self.signal, self.area.clone(), self.first, self.values[..weeks].to_vec());
        Self { state: self.state, population: self.population, ..cut }
    }
}

/// All weekly series as known on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The day: nothing that was published later is in it.
    pub as_of: Date,
    /// The series, ordered by signal and area.
    pub series: Vec<Series>,
}

impl Snapshot {
    /// The series of a signal in an area.
    #[must_use]
    pub fn find(&self, signal: Signal, area: &Area) -> Option<&Series> {
        let place = self.series.binary_search_by(|series| (series.signal, &series.area).cmp(&(signal, area)));
        place.ok().map(|place| &self.series[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLU: Signal = Signal::ALL[0];

    fn week(n: i32) -> Week {
        Week::of(Date::constant(2025, 10, 4)).plus(n)
    }

    #[test]
    fn ends_without_a_value_are_cut_and_impossible_values_are_missing() {
        let values = vec![f64::NAN, 0.01, -0.5, 1.5, f64::INFINITY, 0.02, f64::NAN];
        let series = Series::new(FLU, Area::Nation, week(0), values);
        assert_eq!((series.first(), series.last(), series.values().len()), (week(1), week(5), 5));
        assert_eq!([1, 2, 3, 4, 5, 6].map(|n| series.at(week(n))), [Some(0.01), None, None, None, Some(0.02), None]);
        assert_eq!(series.until(week(4)).last(), week(1));
        assert_eq!(series.until(week(0)).values(), [] as [f64; 0]);
    }

    #[test]
    fn a_series_is_found_by_signal_and_area() {
        let areas = ["US", "06", "H17", "nyc"].map(|area| area.parse::<Area>().unwrap());
        let series = areas.iter().map(|area| Series::new(FLU, area.clone(), week(0), vec![0.1])).collect();
        let snapshot = Snapshot { as_of: Date::constant(2025, 12, 3), series };
        for area in &areas {
            assert_eq!(snapshot.find(FLU, area).map(|series| &series.area), Some(area));
        }
        assert_eq!(snapshot.find(Signal::ALL[1], &areas[0]), None);
    }
}
