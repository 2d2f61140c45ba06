//! The mean-reverting course: today's level, damped growth pooled with the region's, and reversion to the region's
//! level per head. Several engines use it as their prior expectation.
//!
//! With the level `L` (people a week), growth `g` a day on the last day, damping `d` and reversion `r` a day, day `t`
//! ahead is expected at `grown · L` with `grown = exp(g · (age + d + d² + … + dᵗ))`, shrunk on the log scale toward
//! `grown · anchor` with weight `1 − exp(−r · t)`; the anchor is the region's level per head, taken for the place's
//! people. A damped trend is Gardner and McKenzie 1985; the settings of each engine say where their values come from.

mod recent;

pub use recent::{AVERAGE_DAYS, Average, Recent};

use crate::{History, Series, Target};
use recent::LOG_OFFSET;

/// Limit on daily growth: doubling in under five days.
const MOST_GROWTH: f64 = 0.15;
/// A day above this multiple of the last two weeks' median day is a dump, unless an engine has a setting for it.
pub const DUMP_FACTOR: f64 = 4.0;

/// How level and growth are estimated, and how growth continues. Engines check the ranges of the settings these come
/// from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CourseSettings {
    /// Half-life of the weights of past days for the level. Days.
    pub level_half_life_days: f64,
    /// The same for the slower average that the level is compared with to get the growth. Days, above the level's.
    pub slope_half_life_days: f64,
    /// Weight of the region's growth. No unit.
    pub region_growth: f64,
    /// Weight of the place's own growth at large counts. No unit.
    pub own_growth: f64,
    /// Two-week count at which the own growth has half of that weight. People.
    pub own_growth_half_count: f64,
    /// Growth remaining after a week, 0 to 1.
    pub damping_per_week: f64,
    /// Factor on positive growth, 0 to 1.
    pub rise: f64,
    /// Rate at which the level moves to the region's level per head. Per week.
    pub reversion_per_week: f64,
    /// A day above this multiple of the last two weeks' median day is truncated to it. No unit, above 1.
    pub dump_factor: f64,
}

/// The expected course around a day, before noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    level: Average,
    anchor: Option<f64>,
    growth: f64,
    damping_per_day: f64,
    reversion_per_day: f64,
}

impl Course {
    /// From the first `end` days of a history; of deaths for [`Target::Deaths`], else of cases.
    #[must_use]
    pub fn new(history: &History, target: Target, end: usize, settings: &CourseSettings) -> Self {
        let of = |series: &Series| Recent::new(series, history.as_of(), end, AVERAGE_DAYS, settings.dump_factor);
        let averages = |recent: &Recent| {
            let level = recent.average(settings.level_half_life_days);
            (level, level.growth_since(recent.average(settings.slope_half_life_days)))
        };
        let own = of(history.series(target));
        let (level, own_growth) = averages(&own);
        let count = own.two_weeks();
        let credibility = if count > 0.0 { count / (count + settings.own_growth_half_count) } else { 0.0 };
        let mut growth = settings.own_growth * credibility * own_growth;
        let mut anchor = None;
        if let Some(region) = history.region() {
            let around = of(if target == Target::Deaths { &region.deaths } else { &region.cases });
            let (now, region_growth) = averages(&around);
            growth += settings.region_growth * region_growth;
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
            growth: growth.clamp(-MOST_GROWTH, MOST_GROWTH),
            damping_per_day: settings.damping_per_week.powf(1.0 / 7.0),
            reversion_per_day: settings.reversion_per_week / 7.0,
        }
    }

    /// Growth a day on the last day, logarithms.
    #[must_use]
    pub fn growth(&self) -> f64 {
        self.growth
    }

    /// Daily counts of the place at the region's level per head; none if unknown.
    #[must_use]
    pub fn anchor(&self) -> Option<f64> {
        self.anchor
    }

    /// Expected counts of the next days, without the weekday pattern.
    #[must_use]
    pub fn ahead(&self, days: usize) -> Vec<f64> {
        // The level refers to the mean age of its days: growth first extrapolates it to the last day.
        let mut log_growth = self.growth * self.level.age;
        let mut left = 1.0;
        let day = |day: usize| {
            left *= self.damping_per_day;
            log_growth += self.growth * left;
            let grown = log_growth.exp();
            let own = 7.0 * self.level.rate * grown;
            let Some(anchor) = self.anchor else { return own / 7.0 };
            let keep = (-self.reversion_per_day * day as f64).exp();
            let log = |weekly: f64| (weekly + LOG_OFFSET).ln();
            ((keep * log(own) + (1.0 - keep) * log(7.0 * anchor * grown)).exp() - LOG_OFFSET).max(0.0) / 7.0
        };
        (1..=days).map(day).collect()
    }

    /// Expected count of the day `back` days before the last, by the last day's growth.
    #[must_use]
    pub fn behind(&self, back: usize) -> f64 {
        self.level.rate * (self.growth * (self.level.age - back as f64)).exp()
    }
}
