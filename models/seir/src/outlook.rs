//! The mean of the forward process: where growth is heading, from the place and the region around it.

use countycast_engine::History;
use countycast_engine::growth::{CASES_OFFSET, log_cases};

use crate::recent::{Average, Recent, slope};
use crate::settings::Settings;

/// Growth beyond this per day is not believed: doubling in under five days.
const MAX_GROWTH: f64 = 0.15;
/// Days looked back on.
const WINDOW: usize = 28;
/// Added to weekly counts before logarithms are taken, so that zeros have one.
pub(crate) const LOG_OFFSET: f64 = 1.0;

/// Weeks whose departure from the mean-reverting course is learned.
pub(crate) const LIFT_WEEKS: usize = 4;
/// Days before the as-of day over which the first week's departure sets in.
const SET_IN_DAYS: f64 = 5.0;

/// Departure of [`log_cases`] of each week from the mean-reverting course.
pub(crate) type Lift = [f64; LIFT_WEEKS];

/// Level and growth on some day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outlook {
    level: Average,
    /// What the place would have at the region's level per head.
    anchor: Option<f64>,
    /// Growth a day on the last day.
    growth: f64,
    damping_per_day: f64,
    reversion_per_day: f64,
    lift: Lift,
}

impl Outlook {
    /// From the days up to `end` (days since the first, exclusive).
    pub(crate) fn new(history: &History, end: usize, settings: &Settings) -> Self {
        let recent = Recent::new(history.cases(), history.as_of(), end, WINDOW);
        let level = recent.average(settings.level_half_life_days);
        let own = slope(level, recent.average(settings.slope_half_life_days));
        let count = recent.two_weeks();
        let credibility = if count > 0.0 { count / (count + settings.own_growth_half_count) } else { 0.0 };
        let mut growth = settings.own_growth * credibility * own;
        let mut anchor = None;
        if let Some(region) = history.region() {
            let around = Recent::new(&region.cases, history.as_of(), end, WINDOW);
            let now = around.average(settings.level_half_life_days);
            growth += settings.region_growth * slope(now, around.average(settings.slope_half_life_days));
            anchor = match (history.location().population, region.location.population) {
                (Some(here), Some(all)) if here > 0.0 && all > 0.0 => Some(now.rate * (here / all).min(1.0)),
                _ => None,
            };
        }
        if growth > 0.0 {
            growth *= settings.rise;
        }
        Self {
            level,
            anchor,
            growth: growth.clamp(-MAX_GROWTH, MAX_GROWTH),
            damping_per_day: settings.damping_per_week.powf(1.0 / 7.0),
            reversion_per_day: settings.reversion_per_week / 7.0,
            lift: Lift::default(),
        }
    }

    /// The same outlook, departing from its course by so much.
    pub(crate) fn lifted(self, lift: Lift) -> Self {
        Self { lift, ..self }
    }

    /// Growth a day on the last day.
    pub(crate) fn growth(&self) -> f64 {
        self.growth
    }

    /// Expected cases of the days up to and including the last, as far back as the level reaches.
    pub(crate) fn before(&self, days: usize) -> f64 {
        let course = self.level.rate * (self.growth * (self.level.age - days as f64)).exp();
        self.depart(course, -(days as f64))
    }

    /// Expected cases of the next days, freed of the weekday rhythm.
    pub(crate) fn days(&self, days: usize) -> Vec<f64> {
        // The level is that of days some time back: growth first brings it to the last day.
        let mut log_growth = self.growth * self.level.age;
        let mut left = 1.0;
        let course = |day: usize| {
            left *= self.damping_per_day;
            log_growth += self.growth * left;
            let grown = log_growth.exp();
            let own = 7.0 * self.level.rate * grown;
            let Some(anchor) = self.anchor else { return own / 7.0 };
            let keep = (-self.reversion_per_day * day as f64).exp();
            let log = |weekly: f64| (weekly + LOG_OFFSET).ln();
            ((keep * log(own) + (1.0 - keep) * log(7.0 * anchor * grown)).exp() - LOG_OFFSET).max(0.0) / 7.0
        };
        let courses: Vec<f64> = (1..=days).map(course).collect();
        (1..).zip(courses).map(|(day, course)| self.depart(course, f64::from(day))).collect()
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
