//! The contract kept: fit and draw.

use std::sync::Arc;

use countycast_engine::delay::due;
use countycast_engine::{
    DUMP_FACTOR, Date, Draws, Engine, EngineError, Epidemiology, Fitted, History, Horizon, Immunity, Parameters,
    Places, Recent, Scenario, Streams, Surroundings, TrainedOn,
};

use crate::ages::{self, GROUPS, SUSCEPTIBILITY};
use crate::burden::{Kernels, REACH};
use crate::contacts::{self, Meetings, meetings};
use crate::course::invert;
use crate::estimate::{Estimate, find};
use crate::learned::{Learned, Model};
use crate::mixing::Mixing;
use crate::outlook::Outlook;
use crate::past::Past;
use crate::paths::{Paths, Vector};
use crate::posterior::Posterior;
use crate::scenario;
use crate::settings::Settings;
use countycast_engine::SettingsError;

/// Days below which nothing can be said.
const MIN_DAYS: usize = 7;
/// Days of infections kept before the as-of day: what deaths and beds reach back to, and the delay of reports.
const PAST: usize = REACH + 40;
/// Fewest reports within the window of a search.
const MIN_CASES: f64 = 30.0;
/// Days of deaths that the local fatality is taken from.
const FATALITY_DAYS: usize = 42;

/// An age-structured SEIR model with a fitted past and a mean-reverting future of its reproduction number.
#[derive(Clone)]
pub struct Seir {
    settings: Settings,
    kernels: Arc<Kernels>,
    /// What lies around each place, once trained.
    surroundings: Option<Arc<Surroundings>>,
    learned: Option<Arc<Learned>>,
    /// A model of an earlier run, used instead of training.
    kept: Option<Arc<Model>>,
}

impl Seir {
    /// An engine with these settings; `epidemiology`, checked before, tells what infections lead to.
    ///
    /// # Errors
    /// [`SettingsError`] for a setting outside its range.
    pub fn new(settings: Settings, epidemiology: &Epidemiology) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self {
            settings,
            kernels: Arc::new(Kernels::new(epidemiology)),
            surroundings: None,
            learned: None,
            kept: None,
        })
    }

    /// The fit to the past: weighted parameter vectors, R with intervals, and defects of identifiability.
    ///
    /// # Errors
    /// [`EngineError`] with the reason, if the history is too short: fewer than 49 days, or fewer than 30 cases.
    pub fn estimate(&self, history: &History, streams: &Streams) -> Result<Estimate, EngineError> {
        self.estimate_with(history, None, streams)
    }

    /// The same, starting from the vectors of an earlier day, if they are usable.
    ///
    /// # Errors
    /// As [`Seir::estimate`].
    pub fn estimate_from(
        &self,
        history: &History,
        earlier: &Parameters,
        streams: &Streams,
    ) -> Result<Estimate, EngineError> {
        self.estimate_with(history, Some(earlier), streams)
    }

    /// The function that is searched: the posterior of the parameters.
    ///
    /// # Errors
    /// As [`Seir::estimate`].
    pub fn posterior(&self, history: &History) -> Result<Posterior, EngineError> {
        self.posterior_of(history, &Place::of(history)?)
    }

    fn posterior_of(&self, history: &History, place: &Place) -> Result<Posterior, EngineError> {
        let refused = |what: &str| EngineError::Refused(what.to_owned());
        let past = Past::new(history, place.population, &place.shares, &self.kernels, &self.settings);
        let past = past.ok_or_else(|| refused("an estimate of R needs 49 days of counts"))?;
        if past.came().map(|(count, _)| count).sum::<f64>() < MIN_CASES {
            return Err(refused("an estimate of R needs 30 cases within 16 weeks"));
        }
        Ok(Posterior::new(past))
    }

    fn estimate_with(
        &self,
        history: &History,
        earlier: Option<&Parameters>,
        streams: &Streams,
    ) -> Result<Estimate, EngineError> {
        let posterior = self.posterior(history)?;
        let found = find(posterior.past(), history.as_of(), earlier, streams)?;
        Ok(Estimate::new(posterior.past(), history.as_of(), &found))
    }
}

impl Engine for Seir {
    fn name(&self) -> &'static str {
        "seir"
    }

    fn fit(&self, history: &History, streams: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        Ok(Box::new(self.fit_with(history, None, streams)?))
    }

    fn fit_from(
        &self,
        history: &History,
        earlier: &Parameters,
        streams: &Streams,
    ) -> Result<Box<dyn Fitted>, EngineError> {
        Ok(Box::new(self.fit_with(history, Some(earlier), streams)?))
    }

    fn train(&self, places: &Places, seed: u64) -> Result<Option<Arc<dyn Engine>>, EngineError> {
        let surroundings = Surroundings::of(places).map(Arc::new);
        let learned = match &surroundings {
            Some(surroundings) if self.settings.learned_weight > 0.0 => match &self.kept {
                Some(model) => Some(Learned::with_model(Arc::clone(model), surroundings)),
                None => Learned::train(places, surroundings, &self.settings, seed)?,
            },
            _ => None,
        };
        Ok(Some(Arc::new(Self { surroundings, learned: learned.map(Arc::new), ..self.clone() })))
    }

    fn trained_on(&self) -> Option<TrainedOn> {
        self.learned.as_ref().map(|learned| learned.model.trained_on())
    }

    fn save(&self) -> Option<Vec<u8>> {
        self.learned.as_ref()?.model.save()
    }

    fn load(&self, model: &[u8]) -> Result<Arc<dyn Engine>, EngineError> {
        let kept = Some(Arc::new(Model::load(model, &self.settings)?));
        Ok(Arc::new(Self { kept, ..self.clone() }))
    }
}

impl Seir {
    fn fit_with(
        &self,
        history: &History,
        earlier: Option<&Parameters>,
        streams: &Streams,
    ) -> Result<SeirFit, EngineError> {
        let place = Place::of(history)?;
        // Where the past does not carry a search, the prior is all there is.
        let (vectors, parameters) = self
            .vectors(history, &place, earlier, streams)
            .unwrap_or_else(|_| (vec![Vector { ascertainment: self.kernels.ascertainment(), weight: 1.0 }], None));
        let recent = Recent::new(history.cases(), history.as_of(), history.days(), PAST, DUMP_FACTOR);
        let mut past = vec![0.0; PAST.saturating_sub(history.days())];
        past.extend(recent.smooth());
        let fatality = self.fatality(&place.shares, &past, history);
        let departures = self.learned.as_ref().map(|learned| learned.place(history, self.settings.learned_weight));
        let outlook = |end| {
            let outlook = Outlook::new(history, end, &self.settings);
            let lift = departures.as_ref().map(|departures| departures.after(end, &outlook));
            outlook.lifted(lift.unwrap_or_default())
        };
        let widths = self.settings.widths();
        Ok(SeirFit {
            as_of: history.as_of(),
            settings: self.settings,
            kernels: Arc::clone(&self.kernels),
            outlook: outlook(history.days()),
            brought_in: self.brought_in(history, place.population),
            vectors,
            parameters,
            variance_factor: widths.variance_factor(history.cases().cleaned(), |end, days| outlook(end).days(days)),
            day_noise: recent.day_noise(),
            weekday: [*history.cases().weekday(), *history.deaths().weekday()],
            totals: [history.cases().total().max(0.0), history.deaths().total().max(0.0)],
            immunity: Immunity::of(history),
            fatality,
            place,
            past,
        })
    }

    /// Parameter vectors that the past supports, and what is handed on of them.
    fn vectors(
        &self,
        history: &History,
        place: &Place,
        earlier: Option<&Parameters>,
        streams: &Streams,
    ) -> Result<(Vec<Vector>, Option<Parameters>), EngineError> {
        let posterior = self.posterior_of(history, place)?;
        let found = find(posterior.past(), history.as_of(), earlier, streams)?;
        let vectors = found.set.vectors.iter();
        let vectors = vectors.map(|v| Vector { ascertainment: v.ascertainment(), weight: v.weight }).collect();
        Ok((vectors, found.parameters(posterior.past(), history.as_of())))
    }

    /// Deaths of the last weeks over those that reported infections lead to at the standard fatality, drawn to the
    /// region's by the weight of [`Settings::fatality_weight`] expected deaths.
    fn fatality(&self, shares: &[f64; GROUPS], past: &[f64], history: &History) -> f64 {
        let counts = |past: &[f64], deaths: &[f64]| {
            let due = self.kernels.expected_deaths(&self.infections(past), shares);
            let days = FATALITY_DAYS.min(deaths.len());
            (deaths.iter().rev().take(days).sum::<f64>(), due.iter().rev().take(days).sum::<f64>())
        };
        let around = history.region().map_or((0.0, 0.0), |region| {
            let recent = Recent::new(&region.cases, history.as_of(), history.days(), PAST, DUMP_FACTOR);
            counts(&recent.smooth(), region.deaths.cleaned())
        });
        let weight = self.settings.fatality_weight;
        // The standard fatality of all infections is that of reported ones times the ascertainment.
        let standard = 1.0 / self.kernels.ascertainment();
        let region = (around.0 + weight * standard) / (around.1 + weight);
        let own = counts(past, history.deaths().cleaned());
        (own.0 + weight * region) / (own.1 + weight)
    }

    /// Reported infections a day that come from around: from the neighbours where they are known, else from the region.
    fn brought_in(&self, history: &History, population: f64) -> f64 {
        let neighbours = self.surroundings.as_ref().and_then(|all| {
            let around = all.neighbours.get(&history.location().fips)?;
            let seen = usize::try_from((history.as_of() - all.first_day).get_days()).ok()? + 1;
            (seen <= around.cases.days()).then(|| (around.cases.window(seen, 0, 7) / 7.0, around.population))
        });
        let region = || {
            let region = history.region()?;
            let recent = Recent::new(&region.cases, history.as_of(), history.days(), PAST, DUMP_FACTOR);
            Some((recent.average(7.0).rate, region.location.population?))
        };
        let Some((rate, people)) = neighbours.or_else(region).filter(|(_, people)| *people > 0.0) else { return 0.0 };
        self.settings.importation * rate * (population / people).min(1.0)
    }

    /// Infections that past reports came from: the same course a delay earlier, level at the end.
    fn infections(&self, past: &[f64]) -> Vec<f64> {
        let lag = self.kernels.lag().min(past.len());
        let last = past.last().copied().unwrap_or(0.0);
        past[lag..].iter().copied().chain(std::iter::repeat_n(last, lag)).collect()
    }
}

/// The people of a place and how they meet.
struct Place {
    population: f64,
    meetings: Meetings,
    mixing: Mixing<GROUPS>,
    /// Shares of the age groups among infections.
    shares: [f64; GROUPS],
}

impl Place {
    /// The place of a history, or why there is nothing to compute with.
    fn of(history: &History) -> Result<Self, EngineError> {
        if history.days() < MIN_DAYS {
            let found = history.days();
            return Err(EngineError::Refused(format!("needs {MIN_DAYS} days of counts, found {found}")));
        }
        let population = history.location().population.filter(|people| people.is_finite() && *people >= 1.0);
        let population = population.ok_or_else(|| EngineError::Refused("needs the number of residents".to_owned()))?;
        let meetings = meetings(history.location());
        let shares = ages::shares(&history.location().covariates, meetings.shares);
        // The matrices are the nation's: a group that is larger here is met more often.
        let contacts = std::array::from_fn(|a| {
            std::array::from_fn(|b| contacts::all(&meetings, a, b) * shares[b] / meetings.shares[b])
        });
        let mixing = Mixing::new(&contacts, &SUSCEPTIBILITY, shares.map(|share| share * population));
        Ok(Self { population, meetings, shares: mixing.stable_shares(), mixing })
    }
}

/// One place, ready to be asked about the days to come.
struct SeirFit {
    as_of: Date,
    settings: Settings,
    kernels: Arc<Kernels>,
    place: Place,
    outlook: Outlook,
    /// Smooth rate of reported cases on the [`PAST`] days up to the as-of day.
    past: Vec<f64>,
    brought_in: f64,
    vectors: Vec<Vector>,
    parameters: Option<Parameters>,
    variance_factor: f64,
    day_noise: f64,
    weekday: [[f64; 7]; 2],
    totals: [f64; 2],
    immunity: Immunity,
    fatality: f64,
}

impl Fitted for SeirFit {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        self.draw_some(scenario, horizon, &(0..draws).collect::<Vec<usize>>(), streams)
    }

    fn draw_some(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: &[usize],
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let days = horizon.days();
        let lag = self.kernels.lag();
        let ahead = self.outlook.days(days + lag);
        // Infections of a day are the reports of a delay later; the last days before as-of follow the outlook, since
        // their smooth rate lacks the days after them.
        let rate = |day: usize| match (day + lag).checked_sub(PAST) {
            Some(future) => ahead[future],
            None if day + lag + 4 >= PAST => self.outlook.before(PAST - 1 - day - lag),
            None => self.past[day + lag],
        };
        let reported: Vec<f64> = (0..PAST + days).map(rate).collect();
        let drive = invert(&reported, &vec![self.brought_in; reported.len()], &self.settings.rates());
        let expected: Vec<f64> = (PAST..PAST + days).map(|day| due(&reported, self.kernels.reports(), day)).collect();
        let level = |(due, ahead): (&[f64], &[f64])| {
            let due: f64 = due.iter().sum();
            if due > 0.0 { (ahead.iter().sum::<f64>() / due).clamp(0.5, 2.0) } else { 1.0 }
        };
        let levels: Vec<f64> = expected.chunks(7).zip(ahead[..days].chunks(7)).map(level).collect();
        let changes =
            scenario::days(scenario, self.as_of, days, &self.place.mixing, &self.place.meetings, &self.settings);
        let paths = Paths {
            settings: &self.settings,
            kernels: &self.kernels,
            mixing: &self.place.mixing,
            shares: &self.place.shares,
            vectors: &self.vectors,
            reported: &reported,
            drive: &drive,
            start: PAST - lag,
            future: PAST,
            levels: &levels,
            fatality: self.fatality,
            weekday: [&self.weekday[0], &self.weekday[1]],
            variance_factor: self.variance_factor,
            day_noise: self.day_noise,
            total_cases: self.totals[0],
            total_deaths: self.totals[1],
            immunity: self.immunity,
            as_of: self.as_of,
        };
        Ok(paths.draw(changes.as_deref(), draws, streams)?)
    }

    fn parameters(&self) -> Option<Parameters> {
        self.parameters.clone()
    }
}
