//! The mean of the forward process: where growth is heading, from the place and the region around it.

use countycast_engine::growth::{CASES_OFFSET, log_cases};
use countycast_engine::{Course, History, Target};

use crate::settings::Settings;

/// Weeks whose departure from the mean-reverting course is learned.
pub(crate) const LIFT_WEEKS: usize = 4;
/// Days before the as-of day over which the first week's departure sets in.
const SET_IN_DAYS: f64 = 5.0;

/// Departure of [`log_cases`] of each week from the mean-reverting course.
pub(crate) type Lift = [f64; LIFT_WEEKS];

/// A mean-reverting course and what was learned of departures from it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outlook {
    course: Course,
    lift: Lift,
}

impl Outlook {
    /// From the days up to `end` (days since the first, exclusive).
    pub(crate) fn new(history: &History, end: usize, settings: &Settings) -> Self {
        let course = Course::new(history, Target::Cases, end, &settings.course());
        Self { course, lift: Lift::default() }
    }

    /// The same outlook, departing from its course by so much.
    pub(crate) fn lifted(self, lift: Lift) -> Self {
        Self { lift, ..self }
    }

    /// Growth a day on the last day.
    pub(crate) fn growth(&self) -> f64 {
        self.course.growth()
    }

    /// Expected cases of the day so many days before the last, as far back as the level reaches.
    pub(crate) fn before(&self, days: usize) -> f64 {
        self.depart(self.course.behind(days), -(days as f64))
    }

    /// Expected cases of the next days, freed of the weekday rhythm.
    pub(crate) fn days(&self, days: usize) -> Vec<f64> {
        (1..).zip(self.course.ahead(days)).map(|(day, course)| self.depart(course, f64::from(day))).collect()
    }

    /// What the cases of a day become by the learned departure, which holds in the middle of each week and goes evenly from
    /// one to the next; `day` counts from the as-of day.
    fn depart(&self, course: f64, day: f64) -> f64 {
        let week = ((day - 4.0) / 7.0).clamp(0.0, (LIFT_WEEKS - 1) as f64);
        let (before, after) = (self.lift[week.floor() as usize], self.lift[week.ceil() as usize]);
        let lift = (before + week.fract() * (after - before)) * (1.0 + day / SET_IN_DAYS).clamp(0.0, 1.0);
        ((log_cases(7.0 * course) + lift).exp() - CASES_OFFSET).max(0.0) / 7.0
    }
}
