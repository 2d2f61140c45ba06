//! What all places' past tells of how log R moves: by how much the weeks after a day depart from the mean-reverting course.

mod boost;
mod features;
mod model;

use std::sync::Arc;

use countycast_boost::Bins;
use countycast_engine::growth::log_cases;
use countycast_engine::{EngineError, Fips, History, Places, Streams, Surroundings};
use rayon::prelude::*;

use self::boost::Booster;
use self::features::{COUNT, Place, WEEKS_SEEN};
use self::model::Boosters;
pub(crate) use self::model::Model;
use crate::outlook::{LIFT_WEEKS, Lift, Outlook};
use crate::settings::Settings;

/// Fewest rows that trees are grown on.
const LEAST_ROWS: usize = 1_000;
/// Fewest cases in four weeks for a place's day to be learned from, or to be told anything.
const LEAST_CASES: f64 = 5.0;
/// A row weighs as its recent weekly cases and some more to a power: between all places alike and all cases alike.
const SIZE: (f64, f64) = (10.0, 0.6);
/// Departures beyond this are taken for it: a factor of 4.5.
const MAX_LIFT: f64 = 1.5;
/// Last weeks whose projections are tried with boosters that have not seen them.
const TRIAL_WEEKS: usize = 5;

/// What was learned from all places up to a day, and the places of today.
pub(crate) struct Learned {
    surroundings: Arc<Surroundings>,
    pub(crate) model: Arc<Model>,
}

/// A place on a past day, and what came.
struct Row {
    /// Days that were known.
    seen: usize,
    weight: f64,
    features: [f32; COUNT],
    /// Departure from the outlook, by week, as far as weeks are known.
    came: Vec<f64>,
}

impl Model {
    /// Learns from every seventh day of every place; none where the past is too short.
    ///
    /// # Errors
    /// [`EngineError`] where the boosters do not take the rows.
    pub(crate) fn train(
        places: &Places,
        surroundings: &Surroundings,
        settings: &Settings,
        seed: u64,
    ) -> Result<Option<Self>, EngineError> {
        let histories: Vec<_> = places.histories().collect();
        let days = histories.iter().map(|history| history.days()).max().unwrap_or(0);
        let rows: Vec<Row> =
            histories.par_iter().flat_map_iter(|history| rows(history, surroundings, settings)).collect();
        let streams = Streams::new(seed, "seir", Fips::US);
        let learn = |number: usize, until: usize| {
            let enough = rows.iter().filter(|row| learns(row, LIFT_WEEKS - 1, until)).count() >= LEAST_ROWS;
            enough.then(|| boosters(&rows, number, until, &streams)).transpose()
        };
        let (all, trial) = rayon::join(|| learn(0, days), || learn(1, days.saturating_sub(7 * TRIAL_WEEKS)));
        let trial = trial?;
        let model = |boosters| Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            features: COUNT,
            settings: *settings,
            first_day: surroundings.first_day,
            last_day: places.last_day().unwrap_or(surroundings.first_day),
            counties: places.counties(),
            rows: rows.len(),
            boosters,
            trial,
        };
        Ok(all?.map(model))
    }
}

impl Learned {
    /// What [`Model::train`] finds, with the places of today.
    ///
    /// # Errors
    /// As [`Model::train`].
    pub(crate) fn train(
        places: &Places,
        surroundings: &Arc<Surroundings>,
        settings: &Settings,
        seed: u64,
    ) -> Result<Option<Self>, EngineError> {
        let model = Model::train(places, surroundings, settings, seed)?;
        Ok(model.map(|model| Self::with_model(Arc::new(model), surroundings)))
    }

    /// A model of whatever day, with the places of today.
    pub(crate) fn with_model(model: Arc<Model>, surroundings: &Arc<Surroundings>) -> Self {
        Self { surroundings: Arc::clone(surroundings), model }
    }

    /// A place, ready to be asked how it departs from its outlook.
    pub(crate) fn place<'a>(&'a self, history: &'a History, weight: f64) -> Departures<'a> {
        Departures { learned: self, place: Place::new(history, &self.surroundings), days: history.days(), weight }
    }
}

/// Set `number` of boosters, which knows the first `until` days.
fn boosters(rows: &[Row], number: usize, until: usize, streams: &Streams) -> Result<Boosters, EngineError> {
    // Whatever teaches a later week teaches the first; bins are of these rows alone, so that they tell of no later day.
    let rows: Vec<&Row> = rows.iter().filter(|row| learns(row, 0, until)).collect();
    let features: Vec<&[f32; COUNT]> = rows.iter().map(|row| &row.features).collect();
    let bins = Bins::new(&features, &rows.iter().map(|row| row.weight).collect::<Vec<_>>());
    let booster = |week: usize| {
        let learned = || rows.iter().zip(0..).filter(|(row, _)| learns(row, week, until));
        let numbers: Vec<u32> = learned().map(|(_, number)| number).collect();
        let targets: Vec<f64> = learned().map(|(row, _)| row.came[week]).collect();
        let weights: Vec<f64> = learned().map(|(row, _)| row.weight).collect();
        let seed = streams.rng("booster", LIFT_WEEKS * number + week).next_u64();
        Booster::fit(&bins, &numbers, &targets, &weights, seed)
    };
    (0..LIFT_WEEKS).into_par_iter().map(booster).collect()
}

/// Whether a booster of this week that knows the first `until` days may learn from a row.
fn learns(row: &Row, week: usize, until: usize) -> bool {
    row.came.len() > week && row.seen + 7 * (week + 1) <= until
}

/// A place's past days at intervals of a week before its last.
fn rows(history: &History, surroundings: &Surroundings, settings: &Settings) -> Vec<Row> {
    let place = Place::new(history, surroundings);
    let days = history.days();
    let origins = (1..).map_while(|step| days.checked_sub(7 * step)).take_while(|seen| *seen >= 7 * WEEKS_SEEN);
    let told = origins.filter(|seen| place.cases.window(*seen, 0, 28) >= LEAST_CASES);
    told.map(|seen| {
        let outlook = Outlook::new(history, seen, settings);
        let weeks = ((days - seen) / 7).min(LIFT_WEEKS);
        let departure = |(week, expected): (usize, &[f64])| {
            let came = place.cases.sum(seen + 7 * week, seen + 7 * week + 7);
            (log_cases(came) - log_cases(expected.iter().sum())).clamp(-MAX_LIFT, MAX_LIFT)
        };
        Row {
            seen,
            weight: (place.cases.window(seen, 0, 7) + SIZE.0).powf(SIZE.1),
            features: place.features(seen, &outlook),
            came: outlook.days(7 * weeks).chunks_exact(7).enumerate().map(departure).collect(),
        }
    })
    .collect()
}

/// One place and what was learned.
pub(crate) struct Departures<'a> {
    learned: &'a Learned,
    place: Place<'a>,
    days: usize,
    weight: f64,
}

impl Departures<'_> {
    /// By how much the weeks after the first `end` days are expected to depart from what these alone let expect.
    ///
    /// Days of the past are asked of the boosters that have not seen what came; before those begin, nothing departs.
    pub(crate) fn after(&self, end: usize, outlook: &Outlook) -> Lift {
        let boosters = match &self.learned.model.trial {
            _ if end == self.days => &self.learned.model.boosters,
            Some(trial) if end + 7 * TRIAL_WEEKS >= self.days => trial,
            _ => return Lift::default(),
        };
        if end < 7 * WEEKS_SEEN || self.place.cases.window(end, 0, 28) < LEAST_CASES {
            return Lift::default();
        }
        let features = self.place.features(end, outlook);
        std::array::from_fn(|week| self.weight * boosters[week].predict(&features))
    }
}

#[cfg(test)]
mod tests;
