//! The patients of the as-of day, against those that the state reports.

use std::sync::Arc;

use countycast_engine::{Epidemiology, History, Level};

use super::census::Census;
use super::hospital::Courses;
use super::outlook::{course, smooth};
use super::past::{PAST_DAYS, REPORT_DAYS, ascertainment, infections};
use super::severity::Outcomes;
use crate::settings::Settings;

/// The state's report over what its cases lead to expect; as expected where there is no report.
///
/// A county takes the factors of its state: no report tells of the county's own patients. Ages are those of the United
/// States on the side of the state, so that an old county keeps its many patients.
pub(crate) fn census(history: &History, settings: &Settings, epidemiology: &Epidemiology, courses: &Courses) -> Census {
    let Some(report) = history.patients() else { return Census::EXPECTED };
    let state = match (history.location().fips.level(), history.region()) {
        (Level::County, Some(region)) => {
            let location = Arc::new(region.location.clone());
            History::new(location, history.first_day(), region.cases.clone(), region.deaths.clone(), None)
        }
        (Level::State, _) => Ok(history.clone()),
        _ => return Census::EXPECTED,
    };
    let Some((state, residents)) = state.ok().and_then(|state| state.location().population.map(|n| (state, n))) else {
        return Census::EXPECTED;
    };
    let course = course(&state, state.days(), &settings.outlook);
    let cases = smooth(&state, &course, 2 * PAST_DAYS, REPORT_DAYS);
    let ascertainment = ascertainment(&state, residents, settings, epidemiology);
    let infections = infections(&cases, ascertainment, epidemiology);
    let days = &infections[..2 * PAST_DAYS - report.days_ago.min(PAST_DAYS)];
    Census::compare(report, courses.present(days, &Outcomes::usual(&epidemiology.severity)))
}
