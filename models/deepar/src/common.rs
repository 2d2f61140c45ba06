//! How far the nation's course has lately been from what was expected of it.

use countycast_engine::{Around, Nation};
use serde::{Deserialize, Serialize};

use crate::window::LEARNED;

/// Past origins that errors are taken from, a week apart.
const ORIGINS: usize = 12;
/// Error expected before any was seen, a week ahead, logarithm, and its weight in origins.
const USUAL: f64 = 0.08;
const USUAL_ORIGINS: f64 = 4.0;

/// Root mean square error of the nation's expected course by week ahead, logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct CommonErrors([f64; LEARNED]);

impl CommonErrors {
    /// Of the last weeks before the counts end.
    pub(crate) fn of(nation: Option<&Around>, damping: f64) -> Self {
        let course = Nation::new(nation);
        let days = nation.map_or(0, |nation| nation.cases.days());
        Self(std::array::from_fn(|ahead| {
            let ends = (1..=ORIGINS).filter_map(|back| days.checked_sub(7 * (back + ahead)));
            let error = |seen: usize| {
                let expected = course.expected(Some(seen), damping).nth(ahead).unwrap_or(0.0);
                (course.came(Some(seen), ahead) - expected).powi(2)
            };
            let (sum, count) = ends.fold((0.0, 0.0), |(sum, count), seen| (sum + error(seen), count + 1.0));
            let usual = (USUAL * (ahead + 1) as f64).powi(2);
            ((sum + USUAL_ORIGINS * usual) / (count + USUAL_ORIGINS)).sqrt()
        }))
    }

    /// The error of the week `ahead` weeks after the first projected one; past the fourth it grows as the root of time.
    pub(crate) fn ahead(&self, ahead: usize) -> f64 {
        let last = LEARNED - 1;
        self.0[ahead.min(last)] * ((ahead.max(last) + 1) as f64 / LEARNED as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use countycast_engine::Track;

    use super::*;

    #[test]
    fn a_course_as_expected_leaves_less_than_the_usual_error_and_a_jump_more() {
        let level = |jump: f64| Around {
            cases: Track::new((0..140).map(|day| if day < 120 { 1e5 } else { 1e5 * jump })),
            population: 3e8,
        };
        let errors = |jump: f64| CommonErrors::of(Some(&level(jump)), 0.6);
        // Four origins of the usual size among sixteen.
        assert!((errors(1.0).ahead(0) - 0.5 * USUAL).abs() < 1e-9);
        assert!(errors(2.0).ahead(0) > USUAL && errors(2.0).ahead(3) > errors(2.0).ahead(0));
        assert!((errors(1.0).ahead(15) - 2.0 * errors(1.0).ahead(3)).abs() < 1e-12);
        assert!((CommonErrors::of(None, 0.6).ahead(1) - 2.0 * USUAL).abs() < 1e-12);
    }
}
