//! The central course: level, damped growth, reversion to the region's level per head.

use countycast_engine::History;

use super::rate::{Average, Recent};
use super::settings::Course;

/// Growth beyond this per day is not believed: doubling in under five days.
const MAX_GROWTH_PER_DAY: f64 = 0.15;
/// Added to weekly counts before logarithms are taken, so that zeros have one.
pub(crate) const LOG_OFFSET: f64 = 1.0;

/// Which of a history's two series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Cases,
    Deaths,
}

/// What is expected of the days after some day, before noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outlook {
    level: Average,
    /// What the location would have at the region's level per head; none where that is not known.
    anchor: Option<f64>,
    /// Per day, on the last day.
    growth: f64,
    damping_per_day: f64,
    reversion_per_day: f64,
}

impl Outlook {
    /// From the days up to `end` (days since the first, exclusive).
    pub(crate) fn new(history: &History, kind: Kind, end: usize, course: &Course) -> Self {
        let series = match kind {
            Kind::Cases => history.cases(),
            Kind::Deaths => history.deaths(),
        };
        let recent = Recent::new(series, history.as_of(), end, course.dump_factor);
        let (level, slow) = (recent.average(course.level_half_life), recent.average(course.slope_half_life));
        let count = recent.two_weeks();
        let credibility = if count > 0.0 { count / (count + course.own_growth_half_count) } else { 0.0 };
        let mut growth = course.own_growth * credibility * slope(level, slow);
        let mut anchor = None;
        if let Some(region) = history.region() {
            let series = match kind {
                Kind::Cases => &region.cases,
                Kind::Deaths => &region.deaths,
            };
            let around = Recent::new(series, history.as_of(), end, course.dump_factor);
            let (now, before) = (around.average(course.level_half_life), around.average(course.slope_half_life));
            growth += course.region_growth * slope(now, before);
            anchor = match (history.location().population, region.location.population) {
                (Some(here), Some(all)) if here > 0.0 && all > 0.0 => Some(now.rate * (here / all).min(1.0)),
                _ => None,
            };
        }
        if growth > 0.0 {
            growth *= course.rise;
        }
        Self {
            level,
            anchor,
            growth: growth.clamp(-MAX_GROWTH_PER_DAY, MAX_GROWTH_PER_DAY),
            damping_per_day: course.damping_per_day,
            reversion_per_day: course.reversion_per_day,
        }
    }

    /// Expected counts of the next days, freed of the weekday rhythm.
    pub(crate) fn days(&self, days: usize) -> Vec<f64> {
        // The level is that of days some time back: growth first brings it to the last day.
        let mut log_growth = self.growth * self.level.age;
        let mut left = 1.0;
        (1..=days)
            .map(|day| {
                left *= self.damping_per_day;
                log_growth += self.growth * left;
                let grown = log_growth.exp();
                let own = 7.0 * self.level.rate * grown;
                let Some(anchor) = self.anchor else { return own / 7.0 };
                let keep = (-self.reversion_per_day * day as f64).exp();
                let log = |weekly: f64| (weekly + LOG_OFFSET).ln();
                ((keep * log(own) + (1.0 - keep) * log(7.0 * anchor * grown)).exp() - LOG_OFFSET).max(0.0) / 7.0
            })
            .collect()
    }
}

/// Growth per day between a fast and a slow average.
fn slope(fast: Average, slow: Average) -> f64 {
    let days = slow.age - fast.age;
    if days < 0.5 {
        return 0.0; // a history of a few days: both averages are of the same days
    }
    ((7.0 * fast.rate + LOG_OFFSET) / (7.0 * slow.rate + LOG_OFFSET)).ln() / days
}
