//! Counties × engines, in parallel: fit, draw, take quantiles, blend.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use countycast_engine::{Draws, Engine, EngineError, Epidemiology, Fips, Horizon, Parameters, Places, Streams, Target};
use rand::RngExt;
use rayon::prelude::*;

use super::cohere::Moved;
use super::earlier::Earlier;
use super::job::{Answer, FALLBACK, Failure, Job, Task, settle};
use super::pool::{self, Outcome};
use super::registry::REFERENCE;
use super::select::Selection;
use crate::blend::{Learned, Weight};
use crate::capacity::{Census, Stays};
use crate::error::Error;
use crate::fallback::{self, Shares};
use crate::panel::{Panel, Place};
use crate::phase::{self, Phase};
use crate::reproduction::{Reproduction, reproduction};
use crate::scores::quantiles::Forecast;
use crate::scores::quintiles_of;

/// The plan of a batch: everything that determines a projection, plus threads and time limits.
#[derive(Clone)]
pub struct Plan {
    /// The engines, in the order of the output.
    pub engines: Vec<Arc<dyn Engine>>,
    /// Criteria for projecting a county from its own history.
    pub phase: phase::Settings,
    /// How the other counties follow their state.
    pub fallback: fallback::Settings,
    /// Facts of the disease: how cases become patients, how long a generation takes.
    pub epidemiology: Epidemiology,
    /// The blend's prior shares and what it learned from past projections.
    pub learned: Arc<Learned>,
    /// Parameters from an earlier day's fits.
    pub earlier: Arc<Earlier>,
    /// Correlation of places where regions are their sums.
    pub coupling: Coupling,
    /// Share of counts missing on a public holiday ([`crate::panel::Settings::holiday_loss`]).
    pub holiday_loss: f64,
    /// Days after the as-of day.
    pub horizon: Horizon,
    /// Joint draws an engine makes, at least 1.
    pub draws: usize,
    /// Seed of all random streams.
    pub seed: u64,
    /// Threads.
    pub jobs: usize,
    /// Time limit of an engine in a location.
    pub limit: Duration,
    /// Time limit for training an engine on all places.
    pub training_limit: Duration,
}

/// Follows a run and may stop it.
pub trait Monitor: Sync {
    /// A stage of `total` steps begins.
    fn begin(&self, stage: &'static str, total: usize);
    /// One step of the stage is done.
    fn step(&self);
    /// A named step is done.
    fn finished(&self, _name: &str) {
        self.step();
    }
    /// Whether the run should stop now.
    fn cancelled(&self) -> bool {
        false
    }
}

/// One location's projection.
#[derive(Debug, Clone)]
pub struct Projected {
    /// The location.
    pub fips: Fips,
    /// Its phase, with the reason.
    pub phase: Phase,
    /// Every engine's projection, in the order of the engines.
    pub members: Vec<(&'static str, Forecast)>,
    /// The blend; none where no engine succeeded and there was nothing to fall back on.
    pub blend: Option<Forecast>,
    /// Every engine's hospital patients, in the order of the engines.
    pub censuses: Vec<(&'static str, Census)>,
    /// The blend's.
    pub blend_census: Option<Census>,
    /// Parameters found by the engines, as starting points for another day's fits.
    pub parameters: Vec<(&'static str, Parameters)>,
    /// Shares of the engines in the blend.
    pub weights: Vec<Weight>,
    /// Engines that failed, or whose projection is implausible and not blended.
    pub failures: Vec<Failure>,
    /// Reproduction number of the last two weeks, where there were cases.
    pub reproduction: Option<Reproduction>,
}

/// Rank correlations between places, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coupling {
    /// A county with its state's factor.
    pub county: f64,
    /// A state with the nation's.
    pub state: f64,
}

/// A group of results: the nation, or a state with its counties.
#[derive(Debug)]
pub struct Group {
    /// The nation or the state.
    pub region: Fips,
    /// Its blend, whether it was selected or is only needed for the nation.
    pub forecast: Option<Forecast>,
    /// Whether its own blend was replaced by a sum.
    pub moved: Vec<Moved>,
    /// The selected places among it and its counties.
    pub results: Vec<Projected>,
}

/// A batch over one panel.
pub struct Batch<'a> {
    pub(super) panel: &'a Panel,
    pub(super) plan: Plan,
    selection: Selection,
    pub(super) shares: Arc<Shares>,
    pub(super) stays: Arc<Stays>,
    pub(super) quintiles: HashMap<Fips, u8>,
    /// Counties whose history is hidden to evaluate the fallback.
    hidden: BTreeSet<Fips>,
    /// Engines whose training failed, left out everywhere.
    pub(super) untrained: Vec<Failure>,
}

/// Key of a job's result: location and engine (none for the fallback).
pub(super) type Address = (Fips, Option<usize>);

impl<'a> Batch<'a> {
    /// Prepares a batch: learns the counties' shares of their states from the whole panel.
    #[must_use]
    pub fn new(panel: &'a Panel, plan: Plan, selection: Selection) -> Self {
        let hidden = hidden(panel, &plan);
        let shares = Arc::new(Shares::learn(panel, &plan.fallback, &hidden));
        let stays = Arc::new(Stays::new(&plan.epidemiology));
        // Computed on the whole panel, so a county's stratum does not depend on the selection.
        let residents = |place: &Place| Some((place.fips(), place.history.location().population?));
        let quintiles = quintiles_of(panel.counties().iter().filter_map(residents));
        Self { panel, plan, selection, shares, stays, quintiles, hidden, untrained: Vec::new() }
    }

    /// Trains every engine on the whole panel. One that fails is left out everywhere, with its reason.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the monitor asks to stop.
    pub fn train(&mut self, monitor: &dyn Monitor) -> Result<(), Error> {
        let places = self.panel.states().iter().chain(self.panel.counties()).chain([self.panel.nation()]);
        let places = places.map(|place| (place, self.panel.neighbours(place.fips()).to_vec()));
        let (histories, neighbours): (Vec<_>, BTreeMap<_, _>) =
            places.map(|(place, beside)| (Arc::clone(&place.history), (place.fips(), beside))).unzip();
        let (places, seed, jobs) = (Places::new(histories, neighbours), self.plan.seed, self.plan.jobs);
        monitor.begin("train", self.plan.engines.len());
        let train = move |engine: &Arc<dyn Engine>| {
            let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
            let trained = match threads {
                Ok(threads) => threads.install(|| engine.train(&places, seed)),
                Err(_) => engine.train(&places, seed),
            };
            trained.map(|trained| trained.unwrap_or_else(|| Arc::clone(engine)))
        };
        let limit = self.plan.training_limit;
        let mut trained: Vec<Result<Arc<dyn Engine>, Failure>> = Vec::with_capacity(self.plan.engines.len());
        for engine in &self.plan.engines {
            let name = engine.name();
            let each = |_, outcome| {
                monitor.step();
                trained.push(settle(outcome, name, limit));
                Ok(())
            };
            let idle = || if monitor.cancelled() { Err(Error::Interrupted) } else { Ok(()) };
            pool::run(vec![Arc::clone(engine)], 1, limit, train.clone(), each, idle)?;
        }
        self.plan.engines.clear();
        for engine in trained {
            match engine {
                Ok(engine) => self.plan.engines.push(engine),
                Err(failure) => self.untrained.push(failure),
            }
        }
        Ok(())
    }

    /// The engines; after [`Batch::train`] the trained ones.
    #[must_use]
    pub fn engines(&self) -> &[Arc<dyn Engine>] {
        &self.plan.engines
    }

    /// The fallback's learned shares.
    #[must_use]
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// The groups in which results come: each state with its counties, and last the nation, which is their sum.
    #[must_use]
    pub fn groups(&self) -> Vec<Fips> {
        let states = self.panel.states().iter().map(|place| place.history.location().fips);
        states.chain([Fips::US]).filter(|&region| self.selection.needs_region(region)).collect()
    }

    /// Projects every selected location and hands the results to `sink` group by group, in the order of
    /// [`Batch::groups`]. Groups in `done` are skipped; their region's blend is given.
    ///
    /// # Errors
    /// The sink's error, or [`Error::Interrupted`] when the monitor asks to stop. An engine's failure is not an error.
    pub fn run(
        &self,
        done: &BTreeMap<Fips, Option<Forecast>>,
        monitor: &dyn Monitor,
        mut sink: impl FnMut(Group) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let groups = self.groups();
        let regions: Vec<&Place> = groups.iter().filter_map(|&region| self.panel.place(region)).collect();
        monitor.begin("states", regions.len() * self.plan.engines.len());
        let region_jobs = regions.iter().flat_map(|place| self.engine_jobs(place, true)).collect();
        let mut answers: BTreeMap<Address, Result<Answer, Failure>> = BTreeMap::new();
        self.work(region_jobs, monitor, |address, answer| {
            answers.insert(address, answer);
            Ok(())
        })?;
        let draws: BTreeMap<Fips, Arc<Draws>> =
            groups.iter().filter_map(|&region| Some((region, Arc::new(self.pooled(region, &answers)?)))).collect();

        let members: Vec<(Fips, Vec<&Place>)> = groups
            .iter()
            .filter(|region| !done.contains_key(region))
            .map(|&region| (region, self.members(region)))
            .collect();
        let mut jobs = Vec::new();
        let mut waiting: BTreeMap<Fips, usize> = BTreeMap::new();
        for (region, places) in &members {
            let county_jobs: Vec<(Address, Job)> = places.iter().flat_map(|p| self.county_jobs(p, &draws)).collect();
            waiting.insert(*region, county_jobs.len());
            jobs.extend(county_jobs);
        }
        monitor.begin("counties", jobs.len());
        let known = |(fips, forecast): (&Fips, &Option<Forecast>)| Some((*fips, forecast.clone()?));
        let mut states: BTreeMap<Fips, Forecast> = done.iter().filter_map(known).collect();
        let mut flushed = 0;
        let mut flush = |waiting: &BTreeMap<Fips, usize>, answers: &mut BTreeMap<Address, Result<Answer, Failure>>| {
            while let Some((region, places)) = members.get(flushed).filter(|(region, _)| waiting[region] == 0) {
                let needed = self.panel.place(*region).into_iter().chain(places.iter().copied());
                let needed: Vec<&Place> = needed.filter(|place| self.selection.needs(place.fips())).collect();
                let generation = self.plan.epidemiology.generation_days;
                let reproductions: Vec<_> =
                    needed.par_iter().map(|place| reproduction(place.history.cases(), generation)).collect();
                let collected = needed.iter().zip(reproductions);
                let mut results: Vec<Projected> =
                    collected.map(|(place, r)| self.collect(place, r, answers, &draws)).collect();
                let moved = self.cohere(*region, &mut results, &states);
                let forecast = results.iter().find(|projected| projected.fips == *region).and_then(|p| p.blend.clone());
                results.retain(|projected| self.selection.contains(projected.fips));
                states.extend(forecast.clone().map(|forecast| (*region, forecast)));
                sink(Group { region: *region, forecast, moved, results })?;
                flushed += 1;
            }
            Ok(())
        };
        flush(&waiting, &mut answers)?;
        self.work(jobs, monitor, |address, answer| {
            answers.insert(address, answer);
            if let Some(left) = address.0.state().and_then(|state| waiting.get_mut(&state)) {
                *left -= 1;
            }
            flush(&waiting, &mut answers)
        })
    }

    /// The counties of a group that are needed.
    fn members(&self, region: Fips) -> Vec<&'a Place> {
        let counties = self.panel.counties().iter();
        counties
            .filter(|place| {
                let fips = place.history.location().fips;
                fips.state() == Some(region) && self.selection.needs(fips)
            })
            .collect()
    }

    pub(super) fn phase(&self, place: &Place) -> Phase {
        if self.hidden.contains(&place.fips()) {
            return Phase::Hidden;
        }
        self.plan.phase.phase(&place.history, place.reported_in.as_deref())
    }

    fn engine_jobs(&self, place: &Place, keep_draws: bool) -> Vec<(Address, Job)> {
        let job = |(i, engine): (usize, &Arc<dyn Engine>)| {
            let task = Task::Engine { engine: Arc::clone(engine), keep_draws };
            ((place.history.location().fips, Some(i)), Job { history: Arc::clone(&place.history), task })
        };
        self.plan.engines.iter().enumerate().map(job).collect()
    }

    /// Every engine projects an independent county; only the reference and the fallback project the others.
    fn county_jobs(&self, place: &Place, draws: &BTreeMap<Fips, Arc<Draws>>) -> Vec<(Address, Job)> {
        let mut jobs = self.engine_jobs(place, false);
        if let Phase::Fallback { .. } | Phase::Hidden | Phase::Joint { .. } = self.phase(place) {
            jobs.retain(|((_, i), _)| i.is_some_and(|i| self.plan.engines[i].name() == REFERENCE));
            let fips = place.history.location().fips;
            if let Some(state) = fips.state().and_then(|state| draws.get(&state)) {
                let task = Task::Fallback { state: Arc::clone(state) };
                jobs.push(((fips, None), Job { history: Arc::clone(&place.history), task }));
            }
        }
        jobs
    }

    /// Runs jobs and passes on their results.
    fn work(
        &self,
        jobs: Vec<(Address, Job)>,
        monitor: &dyn Monitor,
        mut each: impl FnMut(Address, Result<Answer, Failure>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (addresses, jobs): (Vec<Address>, Vec<Job>) = jobs.into_iter().unzip();
        let (plan, shares, stays) = (self.plan.clone(), Arc::clone(&self.shares), Arc::clone(&self.stays));
        let work = move |job: &Job| job.run(&plan, &shares, &stays);
        let name = |(_, i): Address| i.map_or(FALLBACK, |i| self.plan.engines[i].name());
        let limit = self.plan.limit;
        let each = |job: usize, outcome: Outcome<Result<Answer, EngineError>>| {
            monitor.step();
            each(addresses[job], settle(outcome, name(addresses[job]), limit))
        };
        let idle = || if monitor.cancelled() { Err(Error::Interrupted) } else { Ok(()) };
        pool::run(jobs, self.plan.jobs, limit, work, each, idle)
    }

    /// A region's joint draws from all engines that succeeded, in turn: draw `i` is from engine `i` modulo their
    /// number.
    fn pooled(&self, region: Fips, answers: &BTreeMap<Address, Result<Answer, Failure>>) -> Option<Draws> {
        let answered = |i| answers.get(&(region, Some(i)))?.as_ref().ok()?.draws.as_ref();
        let members: Vec<&Draws> = (0..self.plan.engines.len()).filter_map(answered).collect();
        let first = members.first()?;
        let pool = |target: Target| -> Option<Vec<f32>> {
            let members: Vec<_> = members.iter().filter_map(|draws| draws.paths(target)).collect();
            let path = |i: usize| members.get(i % members.len().max(1))?.clone().nth(i);
            Some((0..first.draws()).map(path).collect::<Option<Vec<&[f32]>>>()?.concat())
        };
        let (cases, deaths) = (pool(Target::Cases)?, pool(Target::Deaths));
        let draws = Draws::new(first.draws(), first.days()).and_then(|d| d.with(Target::Cases, cases)).ok()?;
        deaths.and_then(|deaths| draws.clone().with(Target::Deaths, deaths).ok()).or(Some(draws))
    }
}

/// Independent counties whose history the plan hides, chosen at random.
fn hidden(panel: &Panel, plan: &Plan) -> BTreeSet<Fips> {
    let share = plan.fallback.hidden_share;
    let drawn = |fips| Streams::new(plan.seed, FALLBACK, fips).rng("hidden", 0).random_bool(share.clamp(0.0, 1.0));
    let known = |place: &&Place| {
        matches!(plan.phase.phase(&place.history, place.reported_in.as_deref()), Phase::Independent { .. })
    };
    let candidates = panel.counties().iter().filter(|_| share > 0.0).filter(known);
    candidates.map(Place::fips).filter(|fips| drawn(*fips)).collect()
}
