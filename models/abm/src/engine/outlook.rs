//! What is expected of reported cases: level and growth of the last days, growth pooled with the region and fading.

use countycast_engine::{History, Series, weekday_index};

use crate::settings::Outlook;

/// Days looked back on for level and growth.
const WINDOW_DAYS: usize = 28;
/// A day above this multiple of the last two weeks' median day is cut down to it, beyond three Poisson deviations.
const DUMP_FACTOR: f64 = 4.0;
/// Weekdays with less than this share of a mean day say nothing about the level.
const SILENT_WEEKDAY: f64 = 0.1;
/// Growth beyond this a day is not believed: doubling in under five days.
const MOST_GROWTH: f64 = 0.15;
/// Added to weekly counts before logarithms are taken.
pub(crate) const OFFSET: f64 = 1.0;

/// A weighted mean of recent days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Average {
    /// Cases a day, freed of the weekday rhythm.
    rate: f64,
    /// Mean age, days.
    age: f64,
}

/// Recent days of a series, dumps cut: counts and weekday factors, oldest first.
struct Recent(Vec<(f64, f64)>);

impl Recent {
    /// The days before day `end`.
    fn new(history: &History, series: &Series, end: usize) -> Self {
        let start = end.saturating_sub(WINDOW_DAYS);
        let last = weekday_index(history.as_of());
        let factor = |day: usize| series.weekday()[(last + 7 - (history.days() - 1 - day) % 7) % 7];
        let mut days: Vec<(f64, f64)> = (start..end).map(|day| (series.cleaned()[day], factor(day))).collect();
        let recent = days.iter().rev().take(14).filter(|(_, factor)| *factor >= SILENT_WEEKDAY);
        let mut rates: Vec<f64> = recent.map(|(count, factor)| count / factor).collect();
        if rates.len() >= 7 {
            rates.sort_by(f64::total_cmp);
            let median = f64::midpoint(rates[(rates.len() - 1) / 2], rates[rates.len() / 2]);
            for (count, factor) in &mut days {
                let expected = *factor * median;
                *count = count.min(DUMP_FACTOR * expected + 3.0 * (expected.sqrt() + 1.0));
            }
        }
        Self(days)
    }

    fn average(&self, half_life: f64) -> Average {
        let fade = 0.5_f64.powf(1.0 / half_life);
        let (mut weight, mut counts, mut factors, mut ages, mut all) = (1.0, 0.0, 0.0, 0.0, 0.0);
        for (age, (count, factor)) in self.0.iter().rev().enumerate() {
            counts += weight * count;
            factors += weight * factor;
            ages += weight * age as f64;
            all += weight;
            weight *= fade;
        }
        if factors > 0.0 { Average { rate: counts / factors, age: ages / all } } else { Average::default() }
    }
}

/// The expected course of cases around the end of a history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course {
    level: Average,
    growth: f64,
    damping_per_day: f64,
    reversion_per_day: f64,
    /// Cases a day at the region's level per head.
    pub(crate) around: Option<f64>,
}

impl Course {
    /// From the first `end` days of a history.
    pub(crate) fn new(history: &History, end: usize, settings: &Outlook) -> Self {
        let own = Recent::new(history, history.cases(), end);
        let (level, slow) = (own.average(settings.level_half_life_days), own.average(settings.slope_half_life_days));
        let count: f64 = own.0.iter().rev().take(14).map(|(count, _)| count).sum();
        let credibility = if count > 0.0 { count / (count + settings.own_growth_half_count) } else { 0.0 };
        let mut growth = settings.own_growth * credibility * slope(level, slow);
        let mut around = None;
        if let Some(region) = history.region() {
            let recent = Recent::new(history, &region.cases, end);
            let now = recent.average(settings.level_half_life_days);
            growth += settings.region_growth * slope(now, recent.average(settings.slope_half_life_days));
            around = match (history.location().population, region.location.population) {
                (Some(here), Some(all)) if here > 0.0 && all > 0.0 => Some(now.rate * (here / all).min(1.0)),
                _ => None,
            };
        }
        if growth > 0.0 {
            growth *= settings.rise;
        }
        Self {
            level,
            growth: growth.clamp(-MOST_GROWTH, MOST_GROWTH),
            damping_per_day: settings.damping_per_week.powf(1.0 / 7.0),
            reversion_per_day: settings.reversion_per_week / 7.0,
            around,
        }
    }

    /// Expected cases of the next days, freed of the weekday rhythm.
    pub(crate) fn ahead(&self, days: usize) -> Vec<f64> {
        let (mut log_growth, mut left) = (self.growth * self.level.age, 1.0);
        let mut expected = Vec::with_capacity(days);
        for day in 1..=days {
            left *= self.damping_per_day;
            log_growth += self.growth * left;
            let grown = 7.0 * log_growth.exp();
            let own = (grown * self.level.rate + OFFSET).ln();
            let keep = (-self.reversion_per_day * day as f64).exp();
            let anchor = self.around.map_or(own, |around| (grown * around + OFFSET).ln());
            expected.push(((keep * own + (1.0 - keep) * anchor).exp() - OFFSET).max(0.0) / 7.0);
        }
        expected
    }

    /// Cases a day `back` days before the last, where the centred week reaches past the end.
    fn behind(&self, back: usize) -> f64 {
        self.level.rate * (self.growth * (self.level.age - back as f64)).exp()
    }
}

/// Growth a day between a fast and a slow average.
fn slope(fast: Average, slow: Average) -> f64 {
    let days = slow.age - fast.age;
    if days < 0.5 {
        return 0.0;
    }
    ((7.0 * fast.rate + OFFSET) / (7.0 * slow.rate + OFFSET)).ln() / days
}

/// Cases a day without rhythm and noise: centred weeks of the last `past` days, then the expected `ahead`.
///
/// Days before the history are zero.
pub(crate) fn smooth(history: &History, course: &Course, past: usize, ahead: usize) -> Vec<f64> {
    let cleaned = history.cases().cleaned();
    let end = cleaned.len();
    let day = |back: usize| -> f64 {
        if back < 3 {
            return course.behind(back);
        }
        let Some(middle) = end.checked_sub(back + 1) else { return 0.0 };
        let week = &cleaned[middle.saturating_sub(3)..=middle + 3];
        week.iter().sum::<f64>() / week.len() as f64
    };
    (0..past).rev().map(day).chain(course.ahead(ahead)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;
    use countycast_testkit::{county, county_in_region};

    fn history(growth: f64, region: bool) -> History {
        let counts: Vec<f64> = (0..60).map(|day| 100.0 * (growth * f64::from(day)).exp()).collect();
        let deaths = vec![0.0; 60];
        let first = Date::constant(2020, 6, 1);
        if region {
            county_in_region("19001", 2e5, first, counts, deaths)
        } else {
            county("19001", 2e5, first, counts, deaths)
        }
    }

    #[test]
    fn growth_fades_and_a_fall_is_believed_more_than_a_rise() {
        let of = |growth: f64| {
            let history = history(growth, true);
            let ahead = Course::new(&history, history.days(), &Outlook::default()).ahead(56);
            let last = history.cases().cleaned()[59];
            (ahead[6] / last, ahead[55] / ahead[48])
        };
        let ((rise, later), (fall, _)) = (of(0.03), of(-0.03));
        assert!(rise > 1.05 && (1.0..1.02).contains(&later), "{rise}, then {later}");
        assert!(fall.ln().abs() > rise.ln(), "{fall} against {rise}");
    }

    #[test]
    fn the_past_is_followed_without_a_seam() {
        let history = history(0.02, false);
        let course =
            Course::new(&history, 60, &Outlook { own_growth: 1.0, own_growth_half_count: 0.0, ..Outlook::default() });
        let smooth = smooth(&history, &course, 40, 5);
        for (day, pair) in smooth.windows(2).enumerate() {
            let growth = (pair[1] / pair[0]).ln();
            // The estimated slope is a few percent off on a curve; the seam adds that to one day.
            assert!((-0.01..0.05).contains(&growth), "day {day}: {growth}");
        }
    }
}
