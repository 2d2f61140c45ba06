//! Counties × engines, in parallel: fit, draw, take quantiles, blend.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use countycast_engine::{Draws, Engine, EngineError, Fips, Horizon, Parameters, Places, Streams, Target};
use rayon::prelude::*;

use super::earlier::Earlier;
use super::job::{Answer, FALLBACK, Failure, Job, Task, settle};
use super::pool::{self, Outcome};
use super::registry::REFERENCE;
use super::select::Selection;
use crate::blend::{Learned, Rule, Stratum, Weight, blend};
use crate::capacity::{self, Census, Course, Stays};
use crate::error::Error;
use crate::evaluate::quintiles_of;
use crate::fallback::{self, Shares};
use crate::panel::{Panel, Place};
use crate::phase::{self, Phase};
use crate::quantiles::Forecast;
use crate::reproduction::{Reproduction, reproduction};

/// What is to be done: everything that decides the bytes of a projection, and how fast they may come.
#[derive(Clone)]
pub struct Plan {
    /// The engines, in the order of the output.
    pub engines: Vec<Arc<dyn Engine>>,
    /// When a county is projected on its own.
    pub phase: phase::Settings,
    /// How the others follow their state.
    pub fallback: fallback::Settings,
    /// How cases become patients.
    pub capacity: capacity::Settings,
    /// The blend's prior shares and what past projections have taught it.
    pub learned: Arc<Learned>,
    /// What an earlier day's fits found.
    pub earlier: Arc<Earlier>,
    /// Days past as-of.
    pub horizon: Horizon,
    /// Joint draws an engine makes, at least 1.
    pub draws: usize,
    /// Seed of all random streams.
    pub seed: u64,
    /// Threads.
    pub jobs: usize,
    /// Time after which an engine is given up in a location.
    pub limit: Duration,
    /// Time after which an engine that learns from all places is given up.
    pub training_limit: Duration,
}

/// Follows a run and may stop it.
pub trait Monitor: Sync {
    /// A stage of `total` steps begins.
    fn begin(&self, stage: &'static str, total: usize);
    /// One step of the stage is done.
    fn step(&self);
    /// Whether the run is to stop now.
    fn cancelled(&self) -> bool {
        false
    }
}

/// One location's projection.
#[derive(Debug, Clone)]
pub struct Projected {
    /// The location.
    pub fips: Fips,
    /// How it was projected, and why so.
    pub phase: Phase,
    /// Every engine's answer, in the order of the engines.
    pub members: Vec<(&'static str, Forecast)>,
    /// The blend; none where no engine answered and there was nothing to fall back on.
    pub blend: Option<Forecast>,
    /// Every engine's patients in hospital, in the order of the engines.
    pub censuses: Vec<(&'static str, Census)>,
    /// The blend's.
    pub blend_census: Option<Census>,
    /// What the engines found that another day's fit can begin with.
    pub parameters: Vec<(&'static str, Parameters)>,
    /// Shares of the engines in the blend.
    pub weights: Vec<Weight>,
    /// Engines that did not answer.
    pub failures: Vec<Failure>,
    /// Reproduction number of the last two weeks, where there were cases.
    pub reproduction: Option<Reproduction>,
}

/// A batch over one panel.
pub struct Batch<'a> {
    panel: &'a Panel,
    plan: Plan,
    selection: Selection,
    shares: Arc<Shares>,
    stays: Arc<Stays>,
    quintiles: HashMap<Fips, u8>,
    /// Engines that could not learn, left out everywhere.
    untrained: Vec<Failure>,
}

/// Where a job's answer belongs: location and engine (none for the fallback).
type Address = (Fips, Option<usize>);

impl<'a> Batch<'a> {
    /// Prepares a batch: learns the counties' shares of their states from the whole panel.
    #[must_use]
    pub fn new(panel: &'a Panel, plan: Plan, selection: Selection) -> Self {
        let shares = Arc::new(Shares::learn(panel, &plan.fallback));
        let stays = Arc::new(Stays::new(&plan.capacity));
        // Of the whole panel: a county's stratum does not depend on who else is projected.
        let residents = |place: &Place| Some((place.fips(), place.history.location().population?));
        let quintiles = quintiles_of(panel.counties().iter().filter_map(residents));
        Self { panel, plan, selection, shares, stays, quintiles, untrained: Vec::new() }
    }

    /// Lets every engine learn from the whole panel. One that cannot is left out everywhere, with its reason.
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

    /// What the fallback has learned.
    #[must_use]
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// The groups in which results come: the nation, and each state with its counties.
    #[must_use]
    pub fn groups(&self) -> Vec<Fips> {
        let states = self.panel.states().iter().map(|place| place.history.location().fips);
        std::iter::once(Fips::US).chain(states).filter(|&region| self.selection.needs_region(region)).collect()
    }

    /// Projects every selected location and hands the results to `sink` group by group, in the order of
    /// [`Batch::groups`]. Groups in `done` are left out.
    ///
    /// # Errors
    /// The sink's error, or [`Error::Interrupted`] when the monitor asks to stop. An engine's failure is none.
    pub fn run(
        &self,
        done: &BTreeSet<Fips>,
        monitor: &dyn Monitor,
        mut sink: impl FnMut(Fips, Vec<Projected>) -> Result<(), Error>,
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
            .filter(|region| !done.contains(region))
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
        let mut flushed = 0;
        let mut flush = |waiting: &BTreeMap<Fips, usize>, answers: &mut BTreeMap<Address, Result<Answer, Failure>>| {
            while let Some((region, places)) = members.get(flushed).filter(|(region, _)| waiting[region] == 0) {
                let selected = self.panel.place(*region).into_iter().chain(places.iter().copied());
                let selected: Vec<&Place> =
                    selected.filter(|place| self.selection.contains(place.history.location().fips)).collect();
                let reproductions: Vec<_> =
                    selected.par_iter().map(|place| reproduction(place.history.cases())).collect();
                let results =
                    selected.iter().zip(reproductions).map(|(place, r)| self.collect(place, r, answers, &draws));
                sink(*region, results.collect())?;
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

    /// The selected counties of a group.
    fn members(&self, region: Fips) -> Vec<&'a Place> {
        let counties = self.panel.counties().iter();
        counties
            .filter(|place| {
                let fips = place.history.location().fips;
                fips.state() == Some(region) && self.selection.contains(fips)
            })
            .collect()
    }

    fn phase(&self, place: &Place) -> Phase {
        self.plan.phase.phase(&place.history, place.reported_in.as_deref())
    }

    fn engine_jobs(&self, place: &Place, keep_draws: bool) -> Vec<(Address, Job)> {
        let job = |(i, engine): (usize, &Arc<dyn Engine>)| {
            let task = Task::Engine { engine: Arc::clone(engine), keep_draws };
            ((place.history.location().fips, Some(i)), Job { history: Arc::clone(&place.history), task })
        };
        self.plan.engines.iter().enumerate().map(job).collect()
    }

    /// An independent county is given to every engine; any other to the reference and the fallback.
    fn county_jobs(&self, place: &Place, draws: &BTreeMap<Fips, Arc<Draws>>) -> Vec<(Address, Job)> {
        let mut jobs = self.engine_jobs(place, false);
        if let Phase::Fallback { .. } | Phase::Joint { .. } = self.phase(place) {
            jobs.retain(|((_, i), _)| i.is_some_and(|i| self.plan.engines[i].name() == REFERENCE));
            let fips = place.history.location().fips;
            if let Some(state) = fips.state().and_then(|state| draws.get(&state)) {
                let task = Task::Fallback { state: Arc::clone(state) };
                jobs.push(((fips, None), Job { history: Arc::clone(&place.history), task }));
            }
        }
        jobs
    }

    /// Runs jobs and hands on what becomes of them.
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

    /// A region's joint draws from all engines that answered, in turn: draw `i` is one of engine `i` modulo their number.
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

    /// Puts one location's answers together. Where none is left, it falls back on its state.
    fn collect(
        &self,
        place: &Place,
        reproduction: Option<Reproduction>,
        answers: &mut BTreeMap<Address, Result<Answer, Failure>>,
        draws: &BTreeMap<Fips, Arc<Draws>>,
    ) -> Projected {
        let fips = place.history.location().fips;
        let mut phase = self.phase(place);
        let (mut members, mut censuses, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        let mut parameters = Vec::new();
        if let Phase::Independent { .. } = phase {
            failures.clone_from(&self.untrained);
        }
        for (i, engine) in self.plan.engines.iter().enumerate() {
            match answers.remove(&(fips, Some(i))) {
                Some(Ok(answer)) => {
                    members.push((engine.name(), answer.forecast));
                    censuses.extend(answer.census.map(|census| (engine.name(), census)));
                    parameters.extend(answer.parameters.map(|parameters| (engine.name(), parameters)));
                }
                Some(Err(failure)) => failures.push(failure),
                None => {}
            }
        }
        let mut scaled = None;
        match answers.remove(&(fips, None)) {
            Some(Ok(answer)) => scaled = Some((answer.forecast, answer.census)),
            Some(Err(failure)) => failures.push(failure),
            None => {}
        }
        let (blended, weights) = match (&phase, scaled) {
            (Phase::Joint { .. }, _) => (self.zeros(place), Vec::new()),
            (Phase::Fallback { .. }, Some(scaled)) => (Some(scaled), Vec::new()),
            _ if !members.is_empty() => {
                let forecasts: Vec<(&'static str, &Forecast)> = members.iter().map(|(name, f)| (*name, f)).collect();
                let rule = Rule { learned: &self.plan.learned, stratum: Stratum::of(fips, &self.quintiles) };
                let (forecast, weights) = blend(&forecasts, &rule);
                let census = average(&censuses, &weights);
                (Some((forecast, census)), weights)
            }
            _ => {
                phase = Phase::Fallback { reason: "no engine answered".to_owned() };
                let state = fips.state().filter(|&state| state != fips).and_then(|state| draws.get(&state));
                let job = state.map(|state| Job {
                    history: Arc::clone(&place.history),
                    task: Task::Fallback { state: Arc::clone(state) },
                });
                let answer = job.and_then(|job| job.run(&self.plan, &self.shares, &self.stays).ok());
                (answer.map(|answer| (answer.forecast, answer.census)), Vec::new())
            }
        };
        let (blend, blend_census) = blended.map_or((None, None), |(forecast, census)| (Some(forecast), census));
        Projected { fips, phase, members, blend, censuses, blend_census, parameters, weights, failures, reproduction }
    }

    /// A projection of nothing, for rows that their publisher leaves at zero.
    fn zeros(&self, place: &Place) -> Option<(Forecast, Option<Census>)> {
        let (n, days) = (self.plan.draws, self.plan.horizon.days());
        let nothing = vec![0.0; n * days];
        let draws = Draws::new(n, days).and_then(|d| d.with(Target::Cases, nothing.clone())).ok()?;
        let draws = draws.with(Target::Deaths, nothing).ok()?;
        let streams = Streams::new(self.plan.seed, FALLBACK, place.fips());
        let census = Course::new(&place.history, &self.stays, days).census(&draws, &streams);
        Some((Forecast::from_draws(&draws), census))
    }
}

/// The members' patients, averaged as their cases are.
fn average(censuses: &[(&'static str, Census)], weights: &[Weight]) -> Option<Census> {
    let share = |name| weights.iter().find(|weight| weight.engine == name).map_or(0.0, |weight| weight.share);
    let members: Vec<(&Census, f64)> = censuses.iter().map(|(name, census)| (census, share(*name))).collect();
    Census::average(&members)
}
