//! What training finds, and what it says of itself.

use countycast_engine::{Date, EngineError, Fips, Places, Streams, Surroundings};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::adam::Adam;
use crate::common::CommonErrors;
use crate::examples::{Batch, Origins};
use crate::facts::Standard;
use crate::network::{Network, Shape, Tape};
use crate::settings::Settings;
use crate::site::Site;
use crate::window::{INPUTS, LEARNED};

/// Fewest past origins that a network is trained on.
const LEAST_ORIGINS: usize = 100;
/// Steps from an earlier day's networks are at most this part as long as those from random ones.
const WARM_RATE: f64 = 0.3;

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingSummary {
    /// Version of the crate that trained it.
    pub version: String,
    /// First day of the counts.
    pub first_day: Date,
    /// Last day of the counts: nothing later is in the model.
    pub last_day: Date,
    /// Counties of the panel.
    pub counties: usize,
    /// Past origins that windows were chosen among: a place on a past day each.
    pub origins: usize,
    /// Mean negative log-likelihood of a place's week over the last tenth of the steps, cases and deaths together.
    pub loss: f64,
    /// Seed of the run.
    pub seed: u64,
    /// Settings.
    pub settings: Settings,
}

/// A trained model: the weights of a committee of networks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    pub(crate) summary: TrainingSummary,
    pub(crate) shape: Shape,
    pub(crate) standard: Standard,
    pub(crate) common: CommonErrors,
    /// Weights of each member.
    pub(crate) members: Vec<Vec<f32>>,
}

/// What stands in the way of using a saved model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The bytes are no saved model.
    #[error("not a saved model: {0}")]
    Format(#[from] serde_json::Error),
    /// The model's weights are not those of a network of this version.
    #[error("the model is that of another network: train it anew")]
    Shape,
}

impl Model {
    /// Trains on all places and all their past origins, from the networks of an earlier day where there are any.
    ///
    /// # Errors
    /// [`EngineError::Refused`] where histories are too short or hold too little to learn from.
    pub(crate) fn train(
        places: &Places,
        surroundings: &Surroundings,
        settings: &Settings,
        earlier: Option<&Self>,
        seed: u64,
    ) -> Result<Self, EngineError> {
        let sites: Vec<Site<'_>> = places.histories().map(|history| Site::new(history, surroundings)).collect();
        let origins = Origins::of(&sites, settings);
        if origins.len() < LEAST_ORIGINS {
            return Err(EngineError::Refused(format!(
                "{} past days of places with {} cases in four weeks: learning takes {LEAST_ORIGINS}",
                origins.len(),
                settings.least_cases
            )));
        }
        let shape = Shape { inputs: INPUTS, units: settings.units };
        let facts = || -> Vec<_> { sites.iter().map(|site| site.facts).collect() };
        let standard = earlier.map_or_else(|| Standard::of(&facts()), |model| model.standard.clone());
        let course = Course { sites: &sites, origins: &origins, standard: &standard, settings, shape };
        let member = |member: usize| {
            let streams = Streams::new(seed, "deepar", Fips::US);
            let start = earlier.map(|model| model.members[member].clone());
            course.run(start, &streams, member)
        };
        let (members, losses): (Vec<Vec<f32>>, Vec<f64>) = (0..settings.committee).into_par_iter().map(member).unzip();
        let summary = TrainingSummary {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            first_day: surroundings.first_day,
            last_day: places.last_day().unwrap_or(surroundings.first_day),
            counties: places.counties(),
            origins: origins.len(),
            loss: losses.iter().sum::<f64>() / losses.len() as f64,
            seed,
            settings: settings.clone(),
        };
        let common = CommonErrors::of(surroundings.nation.as_ref(), settings.nation_damping);
        Ok(Self { summary, shape, standard, common, members })
    }

    /// What the model was trained on.
    #[must_use]
    pub fn summary(&self) -> &TrainingSummary {
        &self.summary
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
    /// [`LoadError`] where it is none, or that of another network.
    pub fn load(reader: impl std::io::Read) -> Result<Self, LoadError> {
        let model: Self = serde_json::from_reader(reader)?;
        let Settings { units, committee, .. } = model.summary.settings;
        let weights = model.shape.weights();
        let fits = model.shape == Shape { inputs: INPUTS, units }
            && model.members.len() == committee
            && model.members.iter().all(|member| member.len() == weights);
        if fits { Ok(model) } else { Err(LoadError::Shape) }
    }
}

/// What the members of a committee are trained on.
struct Course<'a> {
    sites: &'a [Site<'a>],
    origins: &'a Origins,
    standard: &'a Standard,
    settings: &'a Settings,
    shape: Shape,
}

impl Course<'_> {
    /// Trains a member on one thread, from these weights or from random ones; its weights and its last mean loss.
    fn run(&self, start: Option<Vec<f32>>, streams: &Streams, member: usize) -> (Vec<f32>, f64) {
        let Settings { steps, warm_steps, learning_rate, .. } = *self.settings;
        let (steps, rate) =
            if start.is_some() { (warm_steps, WARM_RATE * learning_rate) } else { (steps, learning_rate) };
        let mut weights = start.unwrap_or_else(|| self.shape.random(streams, member));
        let mut rng = streams.rng("windows", member);
        let mut adam = Adam::new(weights.len(), steps, rate);
        let (mut batch, mut tape) = (Batch::default(), Tape::default());
        let mut gradient = vec![0.0; weights.len()];
        let last = steps - steps.div_ceil(10);
        let mut losses = 0.0;
        for step in 0..steps {
            batch.fill(self.origins, self.sites, self.standard, self.settings, &mut rng);
            let network = Network::new(self.shape, &weights);
            tape.forward(&network, &batch.inputs, self.settings.batch, LEARNED);
            let loss = batch.loss(&tape.outputs);
            if step >= last {
                losses += loss / (steps - last) as f64;
            }
            gradient.fill(0.0);
            tape.backward(&network, &batch.inputs, &batch.by_outputs, &mut gradient);
            adam.step(&mut weights, &gradient);
        }
        (weights, losses)
    }
}
