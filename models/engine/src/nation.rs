//! What all places have in common: the course of the nation's cases.

use crate::Around;
use crate::growth::log_cases;

/// Whole weeks that growth is seen from.
const GROWTH_WEEKS: usize = 3;

/// The nation's weekly cases, by days known to the panel.
///
/// Models of all places learn what places do beside the nation: with the nation's own course among what they learn, those that
/// have seen a summer of turning points foretell one for every autumn.
#[derive(Debug, Clone, Copy)]
pub struct Nation<'a>(Option<&'a Around>);

impl<'a> Nation<'a> {
    /// Of the nation's counts; without any, nothing is common.
    #[must_use]
    pub const fn new(around: Option<&'a Around>) -> Self {
        Self(around)
    }

    /// How far the logarithm of week `week` (from 0) came to lie above that of the last week, `seen` days being known;
    /// 0 where the counts do not tell.
    #[must_use]
    pub fn came(&self, seen: Option<usize>, week: usize) -> f64 {
        let (Some(nation), Some(seen)) = (self.0, seen) else { return 0.0 };
        let end = seen + 7 * (week + 1);
        if end > nation.cases.days() {
            return 0.0;
        }
        log_cases(nation.cases.sum(end - 7, end)) - log_cases(nation.cases.window(seen, 0, 7))
    }

    /// How far the logarithm of each coming week, from the first on, is expected above that of the last week: the growth of the
    /// last two weeks, of which `damping` is left after each week. 0 where too few days are known to see growth.
    pub fn expected(&self, seen: Option<usize>, damping: f64) -> impl Iterator<Item = f64> + use<> {
        let growth = self.growth(seen).unwrap_or(0.0);
        // Half a week of fading lies between the middle of the growth's weeks and each step's middle.
        (0..).scan(0.0, move |sum, ahead| {
            *sum += growth * damping.powf(f64::from(ahead) + 0.5);
            Some(*sum)
        })
    }

    /// Growth of the last two weeks, a week.
    fn growth(&self, seen: Option<usize>) -> Option<f64> {
        let (nation, seen) = (self.0?, seen?);
        if !(7 * GROWTH_WEEKS..=nation.cases.days()).contains(&seen) {
            return None;
        }
        let week = |back: usize| log_cases(nation.cases.window(seen, 7 * back, 7));
        Some(0.5 * (week(0) - week(2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Track;

    const WEEKS: usize = 4;

    fn expected(nation: Nation<'_>, seen: usize, damping: f64) -> Vec<f64> {
        nation.expected(Some(seen), damping).take(WEEKS).collect()
    }

    #[test]
    fn growth_goes_on_and_fades() {
        let cases = Track::new((0..56).map(|day| 1e4 * 1.2_f64.powi(day / 7)));
        let around = Around { cases, population: 3e8 };
        let (nation, step) = (Nation::new(Some(&around)), 1.2_f64.ln());
        for week in 0..WEEKS {
            assert!((nation.came(Some(28), week) - step * (week + 1) as f64).abs() < 1e-4);
        }
        let fading = expected(nation, 28, 0.5);
        assert!((fading[0] - step * 0.5_f64.sqrt()).abs() < 1e-4);
        assert!((fading[1] - fading[0] - step * 0.5_f64.powf(1.5)).abs() < 1e-4);
        assert_eq!(expected(nation, 28, 0.0), [0.0; WEEKS], "no growth is left");
        assert_eq!(nation.came(Some(56), 0), 0.0, "what is not known is not common");
        assert_eq!(expected(nation, 20, 0.5), [0.0; WEEKS], "too few days to see growth");
        assert_eq!(expected(Nation::new(None), 28, 0.5), [0.0; WEEKS]);
    }
}
