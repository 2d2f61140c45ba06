//! What all places have in common: the course of the nation's cases.

use countycast_engine::Around;
use countycast_engine::growth::log_cases;

use crate::WEEKS;

/// Whole weeks that growth is seen from.
const GROWTH_WEEKS: usize = 3;

/// The nation's weekly cases, by days known to the panel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nation<'a>(Option<&'a Around>);

impl<'a> Nation<'a> {
    /// Of the nation's counts; without any, nothing is common.
    pub(crate) const fn new(around: Option<&'a Around>) -> Self {
        Self(around)
    }

    /// How far the logarithm of week `week` (from 0) came to lie above that of the last week, `seen` days being known;
    /// 0 where the counts do not tell.
    pub(crate) fn came(&self, seen: Option<usize>, week: usize) -> f64 {
        let (Some(nation), Some(seen)) = (self.0, seen) else { return 0.0 };
        let end = seen + 7 * (week + 1);
        if end > nation.cases.days() {
            return 0.0;
        }
        log_cases(nation.cases.sum(end - 7, end)) - log_cases(nation.cases.window(seen, 0, 7))
    }

    /// How far the next weeks' logarithms are expected above that of the last week: the growth of the last two weeks,
    /// of which `damping` is left after each week.
    pub(crate) fn expected(&self, seen: Option<usize>, damping: f64) -> [f64; WEEKS] {
        let (Some(nation), Some(seen)) = (self.0, seen) else { return [0.0; WEEKS] };
        if !(7 * GROWTH_WEEKS..=nation.cases.days()).contains(&seen) {
            return [0.0; WEEKS];
        }
        let week = |back: usize| log_cases(nation.cases.window(seen, 7 * back, 7));
        let growth = 0.5 * (week(0) - week(2));
        let mut sum = 0.0;
        std::array::from_fn(|ahead| {
            // Half a week of fading lies between the middle of the growth's weeks and each step's middle.
            sum += growth * damping.powf(ahead as f64 + 0.5);
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use countycast_engine::Track;

    use super::*;

    #[test]
    fn growth_goes_on_and_fades() {
        let cases = Track::new((0..56).map(|day| 1e4 * 1.2_f64.powi(day / 7)));
        let around = Around { cases, population: 3e8 };
        let (nation, step) = (Nation::new(Some(&around)), 1.2_f64.ln());
        for week in 0..WEEKS {
            assert!((nation.came(Some(28), week) - step * (week + 1) as f64).abs() < 1e-4);
        }
        let expected = nation.expected(Some(28), 0.5);
        assert!((expected[0] - step * 0.5_f64.sqrt()).abs() < 1e-4);
        assert!((expected[1] - expected[0] - step * 0.5_f64.powf(1.5)).abs() < 1e-4);
        assert_eq!(nation.expected(Some(28), 0.0), [0.0; WEEKS], "no growth is left");
        assert_eq!(nation.came(Some(56), 0), 0.0, "what is not known is not common");
        assert_eq!(nation.expected(Some(20), 0.5), [0.0; WEEKS], "too few days to see growth");
        assert_eq!(Nation::new(None).expected(Some(28), 0.5), [0.0; WEEKS]);
    }
}
