//! One unit of work: an engine, or the fallback, in one location.

use std::sync::Arc;

use countycast_engine::{
    Basis, DrawError, Draws, Engine, EngineError, Fitted, History, Indicator, LastDays, Parameters, Scenario, Streams,
    Target,
};
use jiff::ToSpan;

use super::plan::{Levels, Plan};
use super::registry::is_mechanistic;
use super::rules::{Drawn, InForce, draw_by_rules};
use super::trajectories::Trajectories;
use crate::capacity::{Bed, Beds, Census, Course, Hospitals};
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
    /// By scenario, how often and how long each of its rules had its measure in force.
    pub(super) in_force: Vec<Vec<InForce>>,
    /// Parameters of the fit, as a starting point for another day's.
    pub(super) parameters: Option<Parameters>,
}

impl Answer {
    pub(super) fn new(baseline: Trajectories, course: &Course<'_>) -> Self {
        let (forecast, census) = (baseline.forecast(), baseline.census(course));
        Self {
            forecast,
            census,
            baseline: Some(baseline),
            scenarios: Vec::new(),
            in_force: Vec::new(),
            parameters: None,
        }
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
            let drawn = plan.scenarios.iter().map(|levels| drawing.at(levels)).collect::<Result<Vec<_>, _>>()?;
            (answer.scenarios, answer.in_force) = drawn.into_iter().unzip();
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
        self.levelled(self.checked(draws, self.plan.draws)?)
    }

    /// Draws of another shape than asked for would not go together with the other engines'.
    fn checked(&self, draws: Draws, count: usize) -> Result<Draws, EngineError> {
        let (found, expected) = ((draws.draws(), draws.days()), (count, self.plan.horizon.days()));
        if found == expected { Ok(draws) } else { Err(DrawError::Shape { found, expected }.into()) }
    }

    /// All draws, with what is not known of the level of the last days.
    fn levelled(&self, draws: Draws) -> Result<Draws, EngineError> {
        let level = |draws, target| self.last_days(target).with_level(draws, target, &self.streams);
        Ok(TARGETS.into_iter().try_fold(draws, level)?)
    }

    /// Joint draws under a scenario with rules, on the same random numbers, and when these held.
    fn by_rules(&self, scenario: &Scenario) -> Result<Drawn, EngineError> {
        let fips = self.history.location().fips;
        let draw = |scenario: &Scenario, numbers: &[usize]| {
            let scenario = self.plan.schools.in_force(scenario, fips);
            let draws = self.fitted.draw_some(&scenario, self.plan.horizon, numbers, &self.streams)?;
            self.checked(draws, numbers.len())
        };
        let watch = |draws: &Draws, indicator: Indicator| {
            let draws = self.levelled(draws.clone())?;
            Ok(match indicator {
                Indicator::Cases => weekly_cases(&draws, self.history),
                Indicator::Icu => self.icu_occupancy(&draws),
            })
        };
        let drawn = draw_by_rules(scenario, self.history.as_of(), self.plan.draws, draw, watch)?;
        Ok(Drawn { draws: self.levelled(drawn.draws)?, ..drawn })
    }

    /// Share of staffed beds in intensive care that are occupied, by trajectory and day, from the as-of day on; not a number
    /// where beds are unknown or there are none. The as-of day has the patients of the day after, on which nothing can be
    /// changed any more.
    fn icu_occupancy(&self, draws: &Draws) -> Vec<Vec<f64>> {
        let beds = Beds::of(&self.history.location().covariates, Bed::Icu, &self.plan.capacity);
        let beds = beds.staffed.filter(|staffed| *staffed > 0.0).zip(beds.others);
        let Some((staffed, others)) = beds else { return Vec::new() };
        let occupied = |(draw, admissions): (usize, &Vec<f32>)| {
            let icu = self.course.flow(draw, admissions).icu;
            icu.first().into_iter().chain(&icu).map(|patients| (f64::from(*patients) + others) / staffed).collect()
        };
        let admissions = self.course.all_admissions(draws, self.scale).unwrap_or_default();
        admissions.iter().enumerate().map(occupied).collect()
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

    /// Joint draws that rotate over the levels of a scenario, without what is in force already, and how long each of its rules
    /// held.
    fn at(&self, levels: &Levels) -> Result<(Trajectories, Vec<InForce>), EngineError> {
        let fips = self.history.location().fips;
        let (mut drawn, mut spells) = (Vec::with_capacity(levels.len()), Vec::new());
        for scenario in levels {
            let draws = if scenario.ruled().is_empty() {
                self.counts(&self.plan.schools.in_force(scenario, fips))?
            } else {
                let drawn = self.by_rules(scenario)?;
                spells.push(drawn.spells);
                drawn.draws
            };
            drawn.push(self.trajectories(draws)?);
        }
        let refused = || EngineError::Refused("draws at several strengths differ in shape".to_owned());
        let rules = spells.first().map_or(0, Vec::len);
        // Of the level that a draw is taken from.
        let of_draw = |rule: usize, draw: usize| &*spells[draw % spells.len()][rule][draw];
        let of_rule = |rule| InForce::of(&(0..self.plan.draws).map(|draw| of_draw(rule, draw)).collect::<Vec<_>>());
        Ok((Trajectories::in_turn(&drawn).ok_or_else(refused)?, (0..rules).map(of_rule).collect()))
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

/// New cases of the last seven days per 100,000 residents, by trajectory and day, from the as-of day on; not a number where nobody
/// is known to live.
fn weekly_cases(draws: &Draws, history: &History) -> Vec<Vec<f64>> {
    let past = history.cases().cleaned();
    let past = &past[past.len().saturating_sub(7)..];
    let per = 1e5 / history.location().population.filter(|residents| *residents > 0.0).unwrap_or(f64::NAN);
    let path = |path: &[f32]| {
        let all: Vec<f64> = past.iter().copied().chain(path.iter().map(|cases| f64::from(*cases))).collect();
        let end = |day: usize| past.len() + day;
        (0..=path.len()).map(|day| per * all[end(day).saturating_sub(7)..end(day)].iter().sum::<f64>()).collect()
    };
    draws.paths(Target::Cases).into_iter().flatten().map(path).collect()
}
