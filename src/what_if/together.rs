//! All places together.

use std::collections::BTreeSet;

use countycast_engine::{Draws, Fips, Target};

use super::answer::{Answer, courses};
use super::course::Course;
use super::effect::{Effect, Side, Subject, effects};
use super::variant::Variant;
use crate::capacity::Census;
use crate::output::BLEND;
use crate::pipeline::{Tally, Trajectories};

/// Code of all places together.
pub const ALL_PLACES: &str = "all";

/// Sums over places, draw by draw and trajectory by trajectory, for the baseline and each variant. Residents of two of them, a
/// county and its state, count once.
pub(super) struct Together {
    asked: BTreeSet<Fips>,
    draws: Vec<(Trajectories, Option<Census>)>,
    past: Vec<f64>,
    /// Number of places with results, and of those that are summed.
    answered: usize,
    count: usize,
}

/// Results of all places together.
pub(super) struct Whole {
    pub(super) name: String,
    pub(super) effects: Vec<Effect>,
    pub(super) courses: Vec<Course>,
    pub(super) past: Vec<f64>,
}

impl Together {
    pub(super) fn new(asked: BTreeSet<Fips>) -> Self {
        Self { asked, draws: Vec::new(), past: Vec::new(), answered: 0, count: 0 }
    }

    fn within_another(&self, fips: Fips) -> bool {
        let asked = |region: Fips| region != fips && self.asked.contains(&region);
        asked(Fips::US) || fips.state().is_some_and(asked)
    }

    /// Adds a place's draws, and takes them out of its results to free memory.
    pub(super) fn add(&mut self, answer: &mut Answer) {
        let draws = std::mem::take(&mut answer.draws);
        self.answered += 1;
        if self.within_another(answer.fips) {
            return;
        }
        self.count += 1;
        if self.draws.is_empty() {
            (self.draws, self.past) = (draws, answer.past.clone());
            return;
        }
        for ((sum, patients), (more, more_patients)) in self.draws.iter_mut().zip(draws) {
            add(sum, more);
            *patients = patients.take().zip(more_patients).and_then(|(sum, more)| sum.plus(&more));
        }
        self.past.iter_mut().zip(&answer.past).for_each(|(sum, more)| *sum += more);
    }

    /// The sums; none for a single place.
    pub(super) fn whole(self, variants: &[Variant]) -> Option<Whole> {
        let Self { draws, past, answered, count, .. } = self;
        if answered < 2 || count == 0 {
            return None;
        }
        let side = |(of, census): &(Trajectories, Option<Census>)| Side {
            tally: Tally::of(of, census.as_ref()),
            totals: [None; 2],
        };
        let sides: Vec<Side> = draws.iter().map(side).collect();
        let subject = Subject { fips: ALL_PLACES, model: BLEND, response: BLEND, beds: None };
        let effects = effects(&subject, &sides.iter().collect::<Vec<_>>(), variants);
        let courses = courses(ALL_PLACES, &draws, &past, variants);
        let name = format!("all {count} {}", if count == 1 { "place" } else { "places" });
        Some(Whole { name, effects, courses, past })
    }
}

/// Adds draw by draw. A target that one of the two lacks is left unchanged.
fn add(sum: &mut Trajectories, more: Trajectories) {
    for target in [Target::Cases, Target::Deaths] {
        if let Some(values) = summed(&sum.draws, &more.draws, target) {
            // Sums of counts are counts.
            if let Ok(draws) = sum.draws.clone().with(target, values) {
                sum.draws = draws;
            }
        }
    }
    for (sum, more) in sum.admissions.iter_mut().flatten().zip(more.admissions.iter().flatten()) {
        sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

fn summed(sum: &Draws, more: &Draws, target: Target) -> Option<Vec<f32>> {
    Some(sum.paths(target)?.flatten().zip(more.paths(target)?.flatten()).map(|(a, b)| a + b).collect())
}
