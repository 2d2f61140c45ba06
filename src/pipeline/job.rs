//! One unit of work: an engine, or the fallback, in one location.

use std::sync::Arc;

use countycast_engine::{
    Basis, DrawError, Draws, Engine, EngineError, Fitted, History, LastDays, Parameters, Scenario, Streams, Target,
};
use jiff::ToSpan;

use super::plan::{Levels, Plan};
use super::registry::is_mechanistic;
use super::trajectories::Trajectories;
use crate::capacity::{Census, Course, Hospitals};
use crate::fallback::{self, Shares};
use crate::panel::reported_share;
use crate::scores::quantiles::Forecast;

/// Name of the fallback in random streams and reports.
pub(super) const FALLBACK: &str = "fallback";

/// Targets that are reported by day.
const TARGETS: [Target; 2] = [Target::Cases, Target::Deaths];

/// One unit of work.
pub(super) struct Job {
    pub(super) history: Arc<History>,
    pub(super) task: Task,
    pub(super) keep: Keep,
}

/// The work to do there.
pub(super) enum Task {
    Engine(Arc<dyn Engine>),
    Fallback { state: Arc<Draws> },
}

/// What is kept in addition to quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Keep {
    Quantiles,
    /// The joint draws.
    Draws,
    /// The joint draws, and for mechanistic engines those under every scenario of the plan.
    Scenarios,
}

/// Result of a job.
pub(super) struct Answer {
    pub(super) forecast: Forecast,
    /// Hospital patients; none if the engine projects neither admissions nor cases.
    pub(super) census: Option<Census>,
    pub(super) baseline: Option<Trajectories>,
    /// Under each scenario of the plan; empty for an engine without mechanisms.
    pub(super) scenarios: Vec<Trajectories>,
    /// Parameters of the fit, as a starting point for another day's.
    pub(super) parameters: Option<Parameters>,
}

impl Answer {
    pub(super) fn new(baseline: Trajectories, course: &Course<'_>) -> Self {
        let (forecast, census) = (baseline.forecast(), baseline.census(course));
        Self { forecast, census, baseline: Some(baseline), scenarios: Vec::new(), parameters: None }
    }
}

impl Job {
    pub(super) fn run(&self, plan: &Plan, shares: &Shares, hospitals: &Hospitals) -> Result<Answer, EngineError> {
        let course = hospitals.course(&self.history, plan.horizon.days());
        let mut answer = match &self.task {
            Task::Engine(engine) => self.engine(engine.as_ref(), plan, &course)?,
            Task::Fallback { state } => {
                let fips = self.history.location().fips;
                let streams = Streams::new(plan.seed, FALLBACK, fips);
                let (cases, deaths) = (shares.cases(fips), shares.deaths(fips));
                let draws = fallback::project(state, cases, deaths, &plan.fallback, &streams)?;
                let admissions = course.all_admissions(&draws, None);
                Answer::new(Trajectories { draws, admissions }, &course)
            }
        };
        if self.keep == Keep::Quantiles {
            answer.baseline = None;
        }
        Ok(answer)
    }

    fn engine(&self, engine: &dyn Engine, plan: &Plan, course: &Course<'_>) -> Result<Answer, EngineError> {
        let fips = self.history.location().fips;
        let streams = Streams::new(plan.seed, engine.name(), fips);
        let fitted = match plan.earlier.get(engine.name(), fips) {
            Some(earlier) => engine.fit_from(&self.history, earlier, &streams)?,
            None => engine.fit(&self.history, &streams)?,
        };
        let mut drawing = Drawing {
            fitted: fitted.as_ref(),
            basis: engine.basis(),
            history: &self.history,
            plan,
            course,
            scale: None,
            streams,
        };
        let baseline = drawing.counts(&Scenario::baseline())?;
        drawing.scale = course.scale(&baseline);
        let mut answer = Answer::new(drawing.trajectories(baseline)?, course);
        answer.parameters = fitted.parameters();
        if self.keep == Keep::Scenarios && is_mechanistic(engine.name()) {
            answer.scenarios = plan.scenarios.iter().map(|levels| drawing.at(levels)).collect::<Result<_, _>>()?;
        }
        Ok(answer)
    }
}

/// A fit to draw from.
struct Drawing<'a> {
    fitted: &'a dyn Fitted,
    basis: Basis,
    history: &'a History,
    plan: &'a Plan,
    course: &'a Course<'a>,
    /// Factor on the engine's own admissions.
    scale: Option<f32>,
    streams: Streams,
}

impl Drawing<'_> {
    /// Joint draws under one scenario, on the same random numbers under each.
    fn counts(&self, scenario: &Scenario) -> Result<Draws, EngineError> {
        let draws = self.fitted.draw(scenario, self.plan.horizon, self.plan.draws, &self.streams)?;
        // Draws of another shape than asked for would not go together with the other engines'.
        let (found, expected) = ((draws.draws(), draws.days()), (self.plan.draws, self.plan.horizon.days()));
        if found != expected {
            return Err(DrawError::Shape { found, expected }.into());
        }
        let level = |draws, target| self.last_days(target).with_level(draws, target, &self.streams);
        Ok(TARGETS.into_iter().try_fold(draws, level)?)
    }

    /// The admissions of joint draws, and their cases and deaths as they will be reported.
    fn trajectories(&self, draws: Draws) -> Result<Trajectories, EngineError> {
        let admissions = self.course.all_admissions(&draws, self.scale);
        let draws = draws.only(&TARGETS);
        let draws = match self.basis {
            Basis::Reported => self.with_late(draws, |days| days.unreported > 0)?,
            Basis::Cleaned => self.reported(draws)?,
        };
        Ok(Trajectories { draws, admissions })
    }

    /// Joint draws that rotate over the levels of a scenario, without what is in force already.
    fn at(&self, levels: &Levels) -> Result<Trajectories, EngineError> {
        let fips = self.history.location().fips;
        let levels = levels.iter().map(|scenario| self.plan.schools.in_force(scenario, fips));
        let levels = levels
            .map(|scenario| self.trajectories(self.counts(&scenario)?))
            .collect::<Result<Vec<_>, EngineError>>()?;
        let refused = || EngineError::Refused("draws at several strengths differ in shape".to_owned());
        Trajectories::in_turn(&levels).ok_or_else(refused)
    }

    /// As health departments will report them: fewer on holidays, and those of the last days who are still to be reported.
    /// Neither changes who falls ill, so that patients do not follow.
    fn reported(&self, draws: Draws) -> Result<Draws, DrawError> {
        let ahead = self.history.as_of().series(1.day()).skip(1).take(draws.days());
        let shares: Vec<f32> = ahead.map(|day| reported_share(day, self.plan.holiday_loss) as f32).collect();
        let draws = TARGETS.into_iter().try_fold(draws, |draws, target| draws.with_daily_factors(target, &shares))?;
        self.with_late(draws, |_| true)
    }

    /// With the late reports of targets whose last days are of this kind.
    fn with_late(&self, draws: Draws, wanted: impl Fn(&LastDays) -> bool) -> Result<Draws, DrawError> {
        TARGETS
            .into_iter()
            .map(|target| (target, self.last_days(target)))
            .filter(|(_, days)| wanted(days))
            .try_fold(draws, |draws, (target, days)| days.with_late(draws, target, &self.streams))
    }

    fn last_days(&self, target: Target) -> &LastDays {
        self.history.series(target).last_days()
    }
}
