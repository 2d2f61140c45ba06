//! Data on one location up to the as-of day.

use std::sync::Arc;

use jiff::civil::{Date, Weekday};

use crate::{Commuting, HistoryError, Location, Patients, Series, Target};

/// Daily counts of one location, first day to as-of day, for cases and deaths.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    location: Arc<Location>,
    first_day: Date,
    cases: Series,
    deaths: Series,
    region: Option<Arc<Region>>,
    commuting: Option<Arc<Commuting>>,
    pub(crate) patients: Option<Patients>,
    pub(crate) patients_by_day: Option<Arc<[f64]>>,
}

/// The place around a location: the state around a county, the nation around a state.
///
/// It serves to pool estimates that one county cannot support, such as recent growth.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// The place.
    pub location: Location,
    /// Its cases, on the same days as the location's.
    pub cases: Series,
    /// Its deaths, on the same days as the location's.
    pub deaths: Series,
}

impl History {
    /// Combines one location's series. Both end on the as-of day.
    ///
    /// # Errors
    /// [`HistoryError`] where there is no day or the series differ in length.
    pub fn new(
        location: Arc<Location>,
        first_day: Date,
        cases: Series,
        deaths: Series,
        region: Option<Arc<Region>>,
    ) -> Result<Self, HistoryError> {
        let expected = cases.reported().len();
        if expected == 0 {
            return Err(HistoryError::Empty);
        }
        let region_lengths = region.iter().flat_map(|r| [("region cases", &r.cases), ("region deaths", &r.deaths)]);
        for (what, series) in std::iter::once(("deaths", &deaths)).chain(region_lengths) {
            let found = series.reported().len();
            if found != expected {
                return Err(HistoryError::Length { what, found, expected });
            }
        }
        Ok(Self { location, first_day, cases, deaths, region, commuting: None, patients: None, patients_by_day: None })
    }

    /// The same history with the place's commuters.
    ///
    /// # Errors
    /// [`HistoryError`] where a number is out of its range or the days are not this history's.
    pub fn with_commuting(self, commuting: Commuting) -> Result<Self, HistoryError> {
        commuting.check(self.days())?;
        Ok(Self { commuting: Some(Arc::new(commuting)), ..self })
    }

    /// The place.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Number of days, at least 1.
    #[must_use]
    pub fn days(&self) -> usize {
        self.cases.reported().len()
    }

    /// The first day.
    #[must_use]
    pub fn first_day(&self) -> Date {
        self.first_day
    }

    /// The last day of data used.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.day(self.days() - 1)
    }

    /// The date of day `index`, counted from the first day; `days()` is the first day to be projected.
    #[must_use]
    pub fn day(&self, index: usize) -> Date {
        self.first_day
            .saturating_add(jiff::Span::new().days(i32::try_from(index).unwrap_or(i32::MAX).min(MAX_SPAN_DAYS)))
    }

    /// New cases a day.
    #[must_use]
    pub fn cases(&self) -> &Series {
        &self.cases
    }

    /// New deaths a day.
    #[must_use]
    pub fn deaths(&self) -> &Series {
        &self.deaths
    }

    /// The counts that tell of a target: deaths of [`Target::Deaths`], cases of all others, which follow from them.
    #[must_use]
    pub fn series(&self, target: Target) -> &Series {
        if target == Target::Deaths { &self.deaths } else { &self.cases }
    }

    /// The place around this one, where known.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.region.as_deref()
    }

    /// Commuters, if known.
    #[must_use]
    pub fn commuting(&self) -> Option<&Commuting> {
        self.commuting.as_deref()
    }

    /// This history truncated to its first `days` days, with the cleaning of the whole. It has no last report of
    /// patients, which is later.
    ///
    /// # Errors
    /// [`HistoryError::Empty`] where nothing is left.
    pub fn truncated(&self, days: usize) -> Result<Self, HistoryError> {
        let region = self.region.as_ref().map(|region| {
            Arc::new(Region {
                location: region.location.clone(),
                cases: region.cases.truncated(days),
                deaths: region.deaths.truncated(days),
            })
        });
        let (cases, deaths) = (self.cases.truncated(days), self.deaths.truncated(days));
        let commuting = self.commuting.as_ref().map(|commuting| Arc::new(commuting.truncated(days)));
        let history = Self::new(Arc::clone(&self.location), self.first_day, cases, deaths, region)?;
        Ok(Self { commuting, patients_by_day: self.patients_by_day.clone(), ..history })
    }
}

/// The span that jiff can add: about 20,000 years.
const MAX_SPAN_DAYS: i32 = 7_304_484;

/// Position of a date's weekday in arrays of seven factors: Sunday 0 to Saturday 6, as epidemiological weeks count.
#[must_use]
pub fn weekday_index(date: Date) -> usize {
    match date.weekday() {
        Weekday::Sunday => 0,
        Weekday::Monday => 1,
        Weekday::Tuesday => 2,
        Weekday::Wednesday => 3,
        Weekday::Thursday => 4,
        Weekday::Friday => 5,
        Weekday::Saturday => 6,
    }
}

impl History {
    /// The same history with the last report of patients in the state's hospitals.
    ///
    /// # Errors
    /// [`HistoryError::Patients`] where a number is negative or not finite.
    pub fn with_patients(mut self, patients: Patients) -> Result<Self, HistoryError> {
        patients.check()?;
        self.patients = Some(patients);
        Ok(self)
    }

    /// The same history with the state's reported hospital patients on each day from the first; NaN on days without a
    /// report.
    ///
    /// # Errors
    /// [`HistoryError::Patients`] where a number is negative or infinite, [`HistoryError::Length`] where the days are not this
    /// history's.
    pub fn with_patients_by_day(mut self, patients: Arc<[f64]>) -> Result<Self, HistoryError> {
        let (found, expected) = (patients.len(), self.days());
        if found != expected {
            return Err(HistoryError::Length { what: "patients", found, expected });
        }
        if let Some(&value) = patients.iter().find(|value| value.is_infinite() || **value < 0.0) {
            return Err(HistoryError::Patients { what: "in hospital", value });
        }
        self.patients_by_day = Some(patients);
        Ok(self)
    }

    /// The last report of hospital patients in the state that contains the place, if known.
    #[must_use]
    pub fn patients(&self) -> Option<Patients> {
        self.patients
    }

    /// Hospital patients in the state that contains the place on each of the history's days; NaN without a report. None
    /// if the state does not report them.
    #[must_use]
    pub fn patients_by_day(&self) -> Option<&[f64]> {
        self.patients_by_day.as_deref().map(|patients| &patients[..self.days()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fips, SeriesParts};
    use jiff::civil::date;

    fn history(days: usize) -> Result<History, HistoryError> {
        let counts: Vec<f64> = (0..days).map(|d| d as f64).collect();
        let series = Series::from_counts(counts)?;
        let place = Arc::new(Location::new(Fips::US, "United States"));
        History::new(place, date(2020, 9, 27), series.clone(), series, None)
    }

    #[test]
    fn as_of_is_the_last_day_and_weeks_end_on_it() {
        let history = history(9).unwrap();
        assert_eq!(history.as_of(), date(2020, 10, 5));
        assert_eq!(history.cases().weekly(), [(2..9).sum::<i32>() as f64]);
        assert_eq!(weekday_index(history.first_day()), 0);
    }

    #[test]
    fn truncation_keeps_the_past_and_its_total() {
        let short = history(9).unwrap().truncated(4).unwrap();
        assert_eq!((short.days(), short.cases().total()), (4, 6.0));
        assert_eq!(short.as_of(), date(2020, 9, 30));
        assert_eq!(history(9).unwrap().truncated(0), Err(HistoryError::Empty));
    }

    #[test]
    fn commuters_are_cut_with_the_days_and_checked() {
        let commuting = Commuting {
            leaving: 0.3,
            arriving: 1.5,
            cases_there: vec![1e-4; 9],
            cases_of_arriving: (0..9).map(f64::from).collect(),
        };
        let carried = history(9).unwrap().with_commuting(commuting.clone()).unwrap();
        let short = carried.truncated(4).unwrap();
        assert_eq!(short.commuting().unwrap().cases_of_arriving, [0.0, 1.0, 2.0, 3.0]);
        let too_many = Commuting { leaving: 1.1, ..commuting.clone() };
        assert!(matches!(history(9).unwrap().with_commuting(too_many), Err(HistoryError::Commuting { .. })));
        assert!(matches!(history(8).unwrap().with_commuting(commuting), Err(HistoryError::Length { found: 9, .. })));
    }

    #[test]
    fn columns_that_do_not_hold_together_are_refused() {
        assert_eq!(history(0), Err(HistoryError::Empty));
        assert!(matches!(Series::from_counts(vec![1.0, -1.0]), Err(HistoryError::Count { day: 1, .. })));
        let parts = SeriesParts { reported: vec![1.0], cleaned: vec![1.0], repaired: vec![], ..SeriesParts::default() };
        assert!(matches!(Series::new(parts.clone()), Err(HistoryError::Length { what: "repaired", .. })));
        let parts = SeriesParts { repaired: vec![false], weekday: [2.0; 7], ..parts };
        assert!(matches!(Series::new(parts), Err(HistoryError::Weekday(_))));
    }
}
