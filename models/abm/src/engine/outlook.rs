//! Reported cases without rhythm and noise, past and expected.

use countycast_engine::{Course, CourseSettings, DUMP_FACTOR, History, Target};

use crate::settings::Outlook;

/// The course of cases that the first `end` days let expect.
pub(crate) fn course(history: &History, end: usize, settings: &Outlook) -> Course {
    let settings = CourseSettings {
        level_half_life_days: settings.level_half_life_days,
        slope_half_life_days: settings.slope_half_life_days,
        region_growth: settings.region_growth,
        own_growth: settings.own_growth,
        own_growth_half_count: settings.own_growth_half_count,
        damping_per_week: settings.damping_per_week,
        rise: settings.rise,
        reversion_per_week: settings.reversion_per_week,
        dump_factor: DUMP_FACTOR,
    };
    Course::new(history, Target::Cases, end, &settings)
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
            let ahead = course(&history, history.days(), &Outlook::default()).ahead(56);
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
            course(&history, 60, &Outlook { own_growth: 1.0, own_growth_half_count: 0.0, ..Outlook::default() });
        let smooth = smooth(&history, &course, 40, 5);
        for (day, pair) in smooth.windows(2).enumerate() {
            let growth = (pair[1] / pair[0]).ln();
            // The estimated slope is a few percent off on a curve; the seam adds that to one day.
            assert!((-0.01..0.05).contains(&growth), "day {day}: {growth}");
        }
    }
}
