//! The patients of the as-of day, against those that the state reports.

use std::sync::Arc;

use countycast_engine::{Epidemiology, History, Level, Patients};

use super::hospital::Courses;
use super::outlook::{course, smooth};
use super::severity::Outcomes;
use super::{PAST_DAYS, REPORT_DAYS, ascertainment, infections};
use crate::settings::Settings;

/// Patients added to both sides before they are compared: a handful tells little.
const PRIOR_PATIENTS: f64 = 20.0;
/// Reports beyond this factor of what is expected are not believed: other patients, or other days, are in them.
const MOST: f64 = 4.0;

/// Patients of the as-of day over those expected, as the state reports them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Census {
    /// On the ward.
    pub(crate) ward: f64,
    /// In intensive care.
    pub(crate) icu: f64,
}

impl Census {
    /// Patients as expected.
    pub(crate) const EXPECTED: Self = Self { ward: 1.0, icu: 1.0 };

    /// The state's report over what its cases lead to expect; as expected where there is no report.
    ///
    /// A county takes the factors of its state: no report tells of the county's own patients. Ages are those of the United
    /// States on the side of the state, so that an old county keeps its many patients.
    pub(crate) fn new(history: &History, settings: &Settings, epidemiology: &Epidemiology, courses: &Courses) -> Self {
        let Some(report) = history.patients() else { return Self::EXPECTED };
        let state = match (history.location().fips.level(), history.region()) {
            (Level::County, Some(region)) => {
                let location = Arc::new(region.location.clone());
                History::new(location, history.first_day(), region.cases.clone(), region.deaths.clone(), None)
            }
            (Level::State, _) => Ok(history.clone()),
            _ => return Self::EXPECTED,
        };
        let Some((state, residents)) = state.ok().and_then(|state| state.location().population.map(|n| (state, n)))
        else {
            return Self::EXPECTED;
        };
        let course = course(&state, state.days(), &settings.outlook);
        let cases = smooth(&state, &course, 2 * PAST_DAYS, REPORT_DAYS);
        let ascertainment = ascertainment(&state, residents, settings, epidemiology);
        let infections = infections(&cases, ascertainment, epidemiology);
        let days = &infections[..2 * PAST_DAYS - report.days_ago.min(PAST_DAYS)];
        Self::compare(report, courses.present(days, &Outcomes::usual(&epidemiology.severity)))
    }

    /// `expected` are all patients, and those of them in intensive care.
    fn compare(report: Patients, (hospital, icu): (f64, f64)) -> Self {
        let factor = |reported: f64, expected: f64| {
            ((reported + PRIOR_PATIENTS) / (expected + PRIOR_PATIENTS)).clamp(1.0 / MOST, MOST)
        };
        report.icu.map_or_else(
            || {
                let all = factor(report.hospital, hospital);
                Self { ward: all, icu: all }
            },
            |in_icu| Self { ward: factor(report.hospital - in_icu, hospital - icu), icu: factor(in_icu, icu) },
        )
    }
}
