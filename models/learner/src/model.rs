//! What training finds, and what it says of itself.

use countycast_engine::{Date, EngineError, Fips, Level, Places, Streams};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::boost::{Booster, Table};
use crate::features::{COUNT, NAMES, WEEKS_SEEN};
use crate::residuals::Library;
use crate::rows::{self, Kind, Row, WEEKS};
use crate::settings::Settings;
use crate::surroundings::Surroundings;

/// Fewest rows that trees are grown on.
const LEAST_ROWS: usize = 100;

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Version of the crate that trained it.
    pub version: String,
    /// First day of the counts.
    pub first_day: Date,
    /// Last day of the counts: nothing later is in the model.
    pub last_day: Date,
    /// Counties of the panel.
    pub counties: usize,
    /// Rows that the boosters of the first week learned from: a place on a past day each.
    pub rows: usize,
    /// Past projections whose errors make the draws.
    pub errors: usize,
    /// Features, in the order of the boosters' columns.
    pub features: Vec<String>,
    /// Seed of the run.
    pub seed: u64,
    /// Settings.
    pub settings: Settings,
}

/// A trained model: boosters for cases and deaths by week ahead, and the errors of past projections.
#[derive(Debug, Serialize, Deserialize)]
pub struct Model {
    pub(crate) statement: Statement,
    pub(crate) cases: Foreteller,
    pub(crate) deaths: Foreteller,
}

/// What stands in the way of using a saved model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The bytes are no saved model.
    #[error("not a saved model: {0}")]
    Format(#[from] serde_json::Error),
    /// The model was trained on other features than this version computes.
    #[error("the model knows {found} features, this version computes {COUNT} others: train it anew")]
    Features {
        /// Features of the model.
        found: usize,
    },
}

/// The boosters of one target.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Foreteller {
    /// By week ahead, a committee each.
    boosters: Vec<Vec<Booster>>,
    pub(crate) library: Library,
}

impl Model {
    /// Trains on all places and all their past origins.
    ///
    /// # Errors
    /// [`EngineError::Refused`] where histories are too short or hold too little to learn from.
    pub(crate) fn train(
        places: &Places,
        surroundings: &Surroundings,
        settings: &Settings,
        seed: u64,
    ) -> Result<Self, EngineError> {
        let days = places.histories().map(|history| history.days()).max().unwrap_or(0);
        let least = 7 * (WEEKS_SEEN + 2 * WEEKS + settings.error_weeks);
        if days < least {
            return Err(EngineError::Refused(format!("{days} days of history: learning from the past takes {least}")));
        }
        let rows = rows::past(places, surroundings, settings);
        // Errors are those of boosters that had not seen what came.
        let known = days - 7 * (WEEKS + settings.error_weeks - 1);
        let earlier: Vec<&Row> = rows.iter().filter(|row| row.seen + 7 <= known).collect();
        let all: Vec<&Row> = rows.iter().collect();
        if earlier.len() < LEAST_ROWS {
            let found = earlier.len();
            return Err(EngineError::Refused(format!(
                "{found} past origins with {} cases in four weeks: learning takes {LEAST_ROWS}",
                settings.least_cases
            )));
        }
        let later: Vec<&Row> = rows.iter().filter(|row| row.seen >= known && row.came[0].len() == WEEKS).collect();
        let jobs: Vec<Job> = Kind::ALL.into_iter().flat_map(|kind| Job::all(kind, settings)).collect();
        let streams = Streams::new(seed, "learner", Fips::US);
        let train = |job: &Job| {
            let booster = |rows: &[&Row], until| {
                let mut rng = streams.rng(job.purpose(), 16 * job.member + job.week);
                job.booster(rows, until, settings, rng.next_u64())
            };
            if job.member == 0 {
                let (whole, part) = rayon::join(|| booster(&all, days), || booster(&earlier, known));
                Ok((whole?, Some(part?)))
            } else {
                Ok((booster(&all, days)?, None))
            }
        };
        let trained: Vec<(Booster, Option<Booster>)> =
            jobs.par_iter().map(train).collect::<Result<_, EngineError>>()?;
        let mut fortellers = Kind::ALL.map(|_| (Vec::new(), Vec::new()));
        for (job, (whole, part)) in jobs.iter().zip(trained) {
            let (boosters, held_out): &mut (Vec<Vec<Booster>>, Vec<Booster>) = &mut fortellers[job.kind as usize];
            if let Some(part) = part {
                boosters.push(Vec::new());
                held_out.push(part);
            }
            if let Some(committee) = boosters.last_mut() {
                committee.push(whole);
            }
        }
        let [cases, deaths] = Kind::ALL.map(|kind| {
            let (boosters, held_out) = std::mem::take(&mut fortellers[kind as usize]);
            Foreteller { boosters, library: errors(kind, &held_out, &later) }
        });
        let counties = places.histories().filter(|history| history.location().fips.level() == Level::County).count();
        let last_day = places.histories().map(|history| history.as_of()).max().unwrap_or(surroundings.first_day);
        let statement = Statement {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            first_day: surroundings.first_day,
            last_day,
            counties,
            rows: rows.len(),
            errors: cases.library.len(),
            features: NAMES.map(str::to_owned).to_vec(),
            seed,
            settings: settings.clone(),
        };
        Ok(Self { statement, cases, deaths })
    }

    /// What the model was trained on.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The model as JSON, for [`Model::load`].
    ///
    /// # Errors
    /// An error of the writer.
    pub fn save(&self, writer: impl std::io::Write) -> Result<(), serde_json::Error> {
        serde_json::to_writer(writer, self)
    }

    /// A model that [`Model::save`] has written.
    ///
    /// # Errors
    /// [`LoadError`] where it is none, or one of another version's features.
    pub fn load(reader: impl std::io::Read) -> Result<Self, LoadError> {
        let model: Self = serde_json::from_reader(reader)?;
        if model.statement.features != NAMES {
            return Err(LoadError::Features { found: model.statement.features.len() });
        }
        Ok(model)
    }
}

impl Foreteller {
    /// How far the logarithms of the next weeks lie above that of the recent level, in the middle.
    pub(crate) fn medians(&self, features: &[f64; COUNT]) -> [f64; WEEKS] {
        let table = Table::new(std::iter::once(features));
        std::array::from_fn(|week| {
            let answers = self.boosters[week].iter().flat_map(|booster| booster.predict(&table));
            answers.sum::<f64>() / self.boosters[week].len() as f64
        })
    }
}

/// One booster to be trained.
struct Job {
    kind: Kind,
    week: usize,
    member: usize,
}

impl Job {
    fn all(kind: Kind, settings: &Settings) -> Vec<Self> {
        (0..WEEKS).flat_map(|week| (0..settings.committee).map(move |member| Self { kind, week, member })).collect()
    }

    fn purpose(&self) -> &'static str {
        match self.kind {
            Kind::Cases => "case booster",
            Kind::Deaths => "death booster",
        }
    }

    /// A booster from the rows whose outcome was known on day `until`.
    fn booster(&self, rows: &[&Row], until: usize, settings: &Settings, seed: u64) -> Result<Booster, EngineError> {
        let rows: Vec<&&Row> = rows.iter().filter(|row| row.seen + 7 * (self.week + 1) <= until).collect();
        let table = Table::new(rows.iter().map(|row| &row.features));
        let targets: Vec<f64> = rows.iter().filter_map(|row| row.target(self.kind, self.week)).collect();
        let offset = match self.kind {
            Kind::Cases => 10.0,
            Kind::Deaths => 2.0,
        };
        let weight = |row: &&&Row| (row.levels[self.kind as usize] + offset).powf(settings.size_power);
        let weights: Vec<f64> = rows.iter().map(weight).collect();
        Booster::fit(&table, &targets, &weights, settings, seed)
    }
}

/// Errors of boosters that had not seen the outcomes of these rows.
fn errors(kind: Kind, boosters: &[Booster], rows: &[&Row]) -> Library {
    let table = Table::new(rows.iter().map(|row| &row.features));
    let found: Vec<Vec<f64>> = boosters.par_iter().map(|booster| booster.predict(&table)).collect();
    let error = |(i, row): (usize, &&Row)| {
        let of = |week: usize| row.target(kind, week).map_or(0.0, |target| (target - found[week][i]) as f32);
        (kind.log(row.levels[kind as usize]) as f32, std::array::from_fn(of))
    };
    Library::new(rows.iter().enumerate().map(error).collect())
}
