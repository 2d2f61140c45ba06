//! What all places have in common: the course of the nation's cases.

use countycast_engine::growth::log_cases;
use countycast_engine::{Around, Surroundings};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::holidays::is_holiday;
use crate::rows::WEEKS;
use crate::settings::Settings;

/// Whole weeks that growth is seen from.
const GROWTH_WEEKS: usize = 3;

/// The nation's weekly cases, by days known to the panel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nation<'a> {
    around: Option<&'a Around>,
    first_day: Date,
}

impl<'a> Nation<'a> {
    /// Of the nation's counts; without any, nothing is common.
    pub(crate) const fn new(surroundings: &'a Surroundings) -> Self {
        Self { around: surroundings.nation.as_ref(), first_day: surroundings.first_day }
    }

    /// How far the logarithm of week `week` (from 0) came to lie above that of the last week, `seen` days being known;
    /// 0 where the counts do not tell.
    pub(crate) fn came(&self, seen: Option<usize>, week: usize) -> f64 {
        let (Some(nation), Some(seen)) = (self.around, seen) else { return 0.0 };
        let end = seen + 7 * (week + 1);
        if end > nation.cases.days() {
            return 0.0;
        }
        log_cases(nation.cases.sum(end - 7, end)) - log_cases(nation.cases.window(seen, 0, 7))
    }

    /// How far the next weeks' logarithms are expected above that of the last week: the growth of the last two weeks,
    /// of which `nation_damping` is left after each week. A week with a holiday is reported lower by `holiday_dip`, which
    /// is no growth, and comes back.
    pub(crate) fn expected(&self, seen: Option<usize>, settings: &Settings) -> [f64; WEEKS] {
        let (Some(nation), Some(seen)) = (self.around, seen) else { return [0.0; WEEKS] };
        if !(7 * GROWTH_WEEKS..=nation.cases.days()).contains(&seen) {
            return [0.0; WEEKS];
        }
        let dip = |end: usize| if self.has_holiday(end) { settings.holiday_dip } else { 0.0 };
        let lost = dip(seen);
        let week = |back: usize| log_cases(nation.cases.window(seen, 7 * back, 7)) + dip(seen - 7 * back);
        let growth = 0.5 * (week(0) - week(2));
        let mut sum = 0.0;
        std::array::from_fn(|ahead| {
            // Half a week of fading lies between the middle of the growth's weeks and each step's middle.
            sum += growth * settings.nation_damping.powf(ahead as f64 + 0.5);
            sum + lost - dip(seen + 7 * (ahead + 1))
        })
    }

    /// Whether a holiday is among the seven days before day `end`.
    fn has_holiday(&self, end: usize) -> bool {
        let days = end.saturating_sub(7)..end;
        days.filter_map(|day| self.first_day.checked_add(i64::try_from(day).ok()?.days()).ok()).any(is_holiday)
    }
}

#[cfg(test)]
mod tests {
    use countycast_engine::Track;

    use super::*;

    /// A nation with these cases in each week from the first day, as many on each of its days.
    fn surroundings(first_day: Date, weekly: impl Fn(i32) -> f64) -> Surroundings {
        let cases = Track::new((0..56).map(|day| weekly(day / 7) / 7.0));
        Surroundings { first_day, nation: Some(Around { cases, population: 3e8 }), neighbours: [].into() }
    }

    fn settings(nation_damping: f64) -> Settings {
        Settings { nation_damping, ..Settings::default() }
    }

    #[test]
    fn growth_goes_on_and_fades() {
        let around = surroundings(Date::constant(2020, 3, 1), |week| 1e5 * 1.2_f64.powi(week));
        let (nation, step) = (Nation::new(&around), 1.2_f64.ln());
        for week in 0..WEEKS {
            assert!((nation.came(Some(28), week) - step * (week + 1) as f64).abs() < 1e-4);
        }
        let expected = nation.expected(Some(28), &settings(0.5));
        assert!((expected[0] - step * 0.5_f64.sqrt()).abs() < 1e-4);
        assert!((expected[1] - expected[0] - step * 0.5_f64.powf(1.5)).abs() < 1e-4);
        assert_eq!(nation.expected(Some(28), &settings(0.0)), [0.0; WEEKS], "no growth is left");
        assert_eq!(nation.came(Some(56), 0), 0.0, "what is not known is not common");
        assert_eq!(nation.expected(Some(20), &settings(0.5)), [0.0; WEEKS], "too few days to see growth");
        let nothing = Surroundings { nation: None, ..around };
        assert_eq!(Nation::new(&nothing).expected(Some(28), &settings(0.5)), [0.0; WEEKS]);
    }

    #[test]
    fn a_holiday_is_no_growth_and_comes_back() {
        // Labor Day, 2020-09-07, lies in the sixth week from 2020-08-02.
        let settings = settings(0.6);
        let dip = settings.holiday_dip;
        let holiday = |week: i32| 1e5 * if week == 5 { (-dip).exp() } else { 1.0 };
        let around = surroundings(Date::constant(2020, 8, 2), holiday);
        let nation = Nation::new(&around);
        let near = |seen: usize, expected: [f64; WEEKS]| {
            let found = nation.expected(Some(seen), &settings);
            assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-4), "{seen} days: {found:?}");
        };
        near(28, [0.0, -dip, 0.0, 0.0]);
        near(35, [-dip, 0.0, 0.0, 0.0]);
        near(42, [dip; WEEKS]);
        near(49, [0.0; WEEKS]);
        near(56, [0.0; WEEKS]);
    }
}
