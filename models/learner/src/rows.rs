//! Past origins of all places: what was known on a day, and what came.

use countycast_engine::growth::{log_cases, log_deaths};
use countycast_engine::{Places, Surroundings, Track};
use rayon::prelude::*;

use crate::WEEKS;
use crate::day::WEEKS_SEEN;
use crate::features::COUNT;
use crate::settings::Settings;
use crate::subject::Subject;

/// Half-lives after which a past origin is left out: what weighs less than a sixty-fourth costs time and tells nothing.
const OLDEST_HALF_LIVES: f64 = 6.0;

/// What is to be foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// New cases.
    Cases,
    /// New deaths.
    Deaths,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Cases, Self::Deaths];

    /// Logarithm of a weekly count on this target's scale.
    pub(crate) fn log(self, week: f64) -> f64 {
        match self {
            Self::Cases => log_cases(week),
            Self::Deaths => log_deaths(week),
        }
    }

    /// What places have in common: for cases the nation's course, for deaths nothing.
    pub(crate) fn common(self, nation: &[f64; WEEKS]) -> [f64; WEEKS] {
        match self {
            Self::Cases => *nation,
            Self::Deaths => [0.0; WEEKS],
        }
    }

    /// Weight of a row at this weekly level: its power, from a level below which chance decides.
    pub(crate) fn weight(self, level: f64, power: f64) -> f64 {
        let offset = match self {
            Self::Cases => 10.0,
            Self::Deaths => 2.0,
        };
        (level + offset).powf(power)
    }
}

/// A place on a past day.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Days that were known.
    pub(crate) seen: usize,
    pub(crate) is_county: bool,
    pub(crate) features: [f32; COUNT],
    /// Recent weekly cases and deaths, which outcomes are measured against.
    pub(crate) levels: [f64; 2],
    /// Cases and deaths of the weeks after, as far as they are known.
    pub(crate) came: [Vec<f64>; 2],
    /// How far the nation's cases came to lie above their last week in these weeks, logarithms.
    pub(crate) nation_came: Vec<f64>,
    /// The same as it was to be expected on the day.
    pub(crate) nation_expected: [f64; WEEKS],
}

impl Row {
    /// How far the logarithm of week `week` (from 0) came to lie above that of the level.
    pub(crate) fn outcome(&self, kind: Kind, week: usize) -> Option<f64> {
        let came = self.came[kind as usize].get(week)?;
        Some(kind.log(*came) - kind.log(self.levels[kind as usize]))
    }

    /// What the boosters are to find: for cases the outcome beside the nation's, for deaths the outcome itself.
    pub(crate) fn target(&self, kind: Kind, week: usize) -> Option<f64> {
        let outcome = self.outcome(kind, week)?;
        Some(match kind {
            Kind::Cases => outcome - self.nation_came[week],
            Kind::Deaths => outcome,
        })
    }

    /// What was to be expected of week `week` once the boosters have found `found`.
    pub(crate) fn expected(&self, kind: Kind, week: usize, found: f64) -> f64 {
        found + kind.common(&self.nation_expected)[week]
    }
}

/// Rows of all places at every `origin_days`-th day before the last, oldest origin first; the last day itself is left out, and
/// so are days of [`OLDEST_HALF_LIVES`] and more before it.
pub(crate) fn past(places: &Places, surroundings: &Surroundings, settings: &Settings) -> Vec<Row> {
    let histories: Vec<_> = places.histories().collect();
    let of = |history: &&std::sync::Arc<countycast_engine::History>| -> Vec<Row> {
        let subject = Subject::new(history, surroundings, &settings.without);
        let days = history.days();
        let forgotten = (OLDEST_HALF_LIVES * settings.half_life_days) as usize;
        let oldest = days.saturating_sub(forgotten).max(7 * WEEKS_SEEN);
        let origins = (1..).map(|step| days.checked_sub(step * settings.origin_days));
        let origins = origins.map_while(|seen| seen.filter(|seen| *seen >= oldest));
        let origins = origins.filter(|seen| subject.place.cases.window(*seen, 0, 28) >= settings.least_cases.max(1.0));
        origins.filter_map(|seen| row(&subject, seen, days, settings)).collect()
    };
    let mut rows: Vec<Row> = histories.par_iter().flat_map_iter(of).collect();
    rows.sort_by_key(|row| row.seen);
    rows
}

fn row(subject: &Subject<'_>, seen: usize, days: usize, settings: &Settings) -> Option<Row> {
    let (place, weeks) = (&subject.place, ((days - seen) / 7).min(WEEKS));
    let came = |track: &Track| -> Vec<f64> {
        (0..weeks).map(|week| track.sum(seen + 7 * week, seen + 7 * week + 7)).collect()
    };
    (weeks > 0).then(|| Row {
        seen,
        is_county: place.is_county,
        features: subject.features(seen),
        levels: [place.case_level(seen), place.death_level(seen)],
        came: [came(&place.cases), came(&place.deaths)],
        nation_came: place.nation_came(seen, weeks),
        nation_expected: place.nation_expected(seen, settings.nation_damping),
    })
}
