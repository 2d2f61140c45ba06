//! Counties × engines, in parallel: fit, draw, take quantiles, blend, cohere.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast_engine::{Draws, Engine, EngineError, Fips, Target};

use super::collect::{Answers, Around};
use super::failure::{Failure, settle};
use super::gather::Gathering;
use super::job::{Answer, FALLBACK, Job, Keep, Task};
use super::monitor::Monitor;
use super::plan::Plan;
use super::pool::{self, Outcome};
use super::premises::Premises;
use super::projected::Group;
use super::registry::REFERENCE;
use super::select::Selection;
use super::train;
use crate::error::Error;
use crate::fallback::Shares;
use crate::panel::{Panel, Place};
use crate::phase::Phase;
use crate::scores::quantiles::Forecast;

/// A batch over one panel.
pub struct Batch<'a> {
    premises: Premises<'a>,
    selection: Selection,
}

/// Key of a job's result: location and engine (none for the fallback).
type Address = (Fips, Option<usize>);

impl<'a> Batch<'a> {
    /// Prepares a batch: learns the counties' shares of their states from the whole panel.
    #[must_use]
    pub fn new(panel: &'a Panel, plan: Plan, selection: Selection) -> Self {
        Self { premises: Premises::new(panel, plan), selection }
    }

    /// Replaces engines by those with a model of an earlier run that `recall` has; returns their names.
    pub fn recall(&mut self, recall: impl Fn(&Arc<dyn Engine>) -> Option<Arc<dyn Engine>>) -> Vec<&'static str> {
        let mut names = Vec::new();
        for engine in &mut self.premises.plan.engines {
            if let Some(recalled) = recall(engine) {
                names.push(recalled.name());
                *engine = recalled;
            }
        }
        names
    }

    /// Trains every engine on the whole panel, and hands each to `trained`. One that fails is left out everywhere, with its
    /// reason.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the monitor asks to stop.
    pub fn train(&mut self, monitor: &dyn Monitor, trained: impl FnMut(&dyn Engine)) -> Result<(), Error> {
        let untrained = train::train(self.premises.panel, &mut self.premises.plan, monitor, trained)?;
        self.premises.untrained.extend(untrained);
        Ok(())
    }

    /// Whether a place is among those to project.
    #[must_use]
    pub fn selects(&self, place: Fips) -> bool {
        self.selection.contains(place)
    }

    /// The engines; after [`Batch::train`] the trained ones.
    #[must_use]
    pub fn engines(&self) -> &[Arc<dyn Engine>] {
        &self.premises.plan.engines
    }

    /// The fallback's learned shares.
    #[must_use]
    pub fn shares(&self) -> &Shares {
        &self.premises.shares
    }

    /// The groups in which results come: each state with its counties, and last the nation, which is their sum.
    #[must_use]
    pub fn groups(&self) -> Vec<Fips> {
        let states = self.premises.panel.states().iter().map(Place::fips);
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
        sink: impl FnMut(Group) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let groups: Vec<Fips> = self.groups().into_iter().filter(|region| !done.contains_key(region)).collect();
        let wanted: Vec<(Fips, Vec<&Place>)> = groups.iter().map(|&region| (region, self.members(region))).collect();
        let mut gathering = Gathering::new(&self.premises, &self.selection, wanted.clone(), done, sink);
        for (region, answers) in self.regions(&groups, monitor)? {
            let draws = self.pooled(&answers);
            let ratios = match self.premises.panel.place(region) {
                Some(place) => gathering.region(place, answers, self.keep_of_region()),
                None => Vec::new(),
            };
            gathering.around.extend(draws.map(|draws| (region, Around { draws: Arc::new(draws), ratios })));
        }
        let mut jobs = Vec::new();
        for place in wanted.iter().flat_map(|(_, places)| places.iter().copied()) {
            let of_place = self.county_jobs(place, &gathering.around);
            gathering.expect(place, of_place.len(), self.keep(place));
            jobs.extend(of_place);
        }
        gathering.flush()?;
        monitor.begin("counties", jobs.len());
        self.work(jobs, monitor, |(fips, engine), answer| gathering.add(fips, engine, answer))
    }

    /// Results for the regions, selected or only needed as the fallback of their counties.
    fn regions(&self, groups: &[Fips], monitor: &dyn Monitor) -> Result<Vec<(Fips, Answers)>, Error> {
        let regions: Vec<&Place> = groups.iter().filter_map(|&region| self.premises.panel.place(region)).collect();
        monitor.begin("states", regions.len() * self.premises.plan.engines.len());
        let jobs = regions.iter().flat_map(|place| self.engine_jobs(place, self.keep_of_region())).collect();
        let mut answers: BTreeMap<Fips, Answers> = BTreeMap::new();
        self.work(jobs, monitor, |(region, engine), answer| {
            answers.entry(region).or_default().add(engine, answer);
            Ok(())
        })?;
        answers.values_mut().for_each(Answers::sort);
        Ok(groups.iter().map(|region| (*region, answers.remove(region).unwrap_or_default())).collect())
    }

    /// The counties of a group that are needed.
    fn members(&self, region: Fips) -> Vec<&'a Place> {
        let counties = self.premises.panel.counties().iter();
        let needed = |fips: Fips| fips.state() == Some(region) && self.selection.needs(fips);
        counties.filter(|place| needed(place.fips())).collect()
    }

    /// Joint draws and scenarios are kept in the selected places.
    fn keep(&self, place: &Place) -> Keep {
        let asked = self.premises.plan.keeps_joint() && self.selection.contains(place.fips());
        if asked { Keep::Scenarios } else { Keep::Quantiles }
    }

    /// Counties on fallback need the draws of their state, under scenarios too.
    fn keep_of_region(&self) -> Keep {
        if self.premises.plan.keeps_joint() { Keep::Scenarios } else { Keep::Draws }
    }

    fn engine_jobs(&self, place: &Place, keep: Keep) -> Vec<(Address, Job)> {
        let job = |(i, engine): (usize, &Arc<dyn Engine>)| {
            let task = Task::Engine(Arc::clone(engine));
            ((place.fips(), Some(i)), Job { history: Arc::clone(&place.history), task, keep })
        };
        self.premises.plan.engines.iter().enumerate().map(job).collect()
    }

    /// Every engine projects an independent county; only the reference and the fallback project the others.
    fn county_jobs(&self, place: &Place, around: &BTreeMap<Fips, Around>) -> Vec<(Address, Job)> {
        let keep = self.keep(place);
        let mut jobs = self.engine_jobs(place, keep);
        if let Phase::Fallback { .. } | Phase::Hidden | Phase::Joint { .. } = self.premises.phase(place) {
            jobs.retain(|((_, i), _)| i.is_some_and(|i| self.premises.plan.engines[i].name() == REFERENCE));
            let fips = place.fips();
            if let Some(state) = fips.state().and_then(|state| around.get(&state)) {
                let task = Task::Fallback { state: Arc::clone(&state.draws) };
                jobs.push(((fips, None), Job { history: Arc::clone(&place.history), task, keep }));
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
        let Premises { plan, shares, hospitals, .. } = &self.premises;
        let limit = plan.limit_each();
        let name = |(_, i): Address| i.map_or(FALLBACK, |i| plan.engines[i].name());
        let each = |job: usize, outcome: Outcome<Result<Answer, EngineError>>| {
            monitor.step();
            each(addresses[job], settle(outcome, name(addresses[job]), limit))
        };
        let idle = || if monitor.cancelled() { Err(Error::Interrupted) } else { Ok(()) };
        let (of_jobs, shares, hospitals) = (plan.clone(), Arc::clone(shares), Arc::clone(hospitals));
        pool::run(jobs, plan.jobs, limit, move |job: &Job| job.run(&of_jobs, &shares, &hospitals), each, idle)
    }

    /// A region's joint draws from all engines that succeeded, in turn: draw `i` is from engine `i` modulo their
    /// number.
    fn pooled(&self, answers: &Answers) -> Option<Draws> {
        let answered = answers.engines.iter().filter_map(|(_, answer)| answer.as_ref().ok()?.baseline.as_ref());
        let members: Vec<&Draws> = answered.map(|of| &of.draws).collect();
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
