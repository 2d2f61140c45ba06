//! One unit of work: an engine, or the fallback, in one location.

use std::sync::Arc;
use std::time::Duration;

use countycast_engine::{Basis, DrawError, Draws, Engine, EngineError, History, Parameters, Scenario, Streams, Target};

use jiff::ToSpan;

use super::batch::Plan;
use super::pool::Outcome;
use crate::capacity::{Census, Course, Stays};
use crate::fallback::{self, Shares};
use crate::panel::reported_share;
use crate::scores::quantiles::Forecast;

/// Name of the fallback in random streams and reports.
pub(super) const FALLBACK: &str = "fallback";

/// One unit of work.
pub(super) struct Job {
    pub(super) history: Arc<History>,
    pub(super) task: Task,
}

/// The work to do there.
pub(super) enum Task {
    Engine { engine: Arc<dyn Engine>, keep_draws: bool },
    Fallback { state: Arc<Draws> },
}

/// Result of a job.
pub(super) struct Answer {
    pub(super) forecast: Forecast,
    /// Hospital patients; none if the engine projects neither admissions nor cases.
    pub(super) census: Option<Census>,
    pub(super) draws: Option<Draws>,
    /// Parameters of the fit, as a starting point for another day's.
    pub(super) parameters: Option<Parameters>,
}

/// A failure of an engine in a location.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The engine.
    pub engine: &'static str,
    /// One or two words that classify it: `refused`, `panicked`, `timed out`, …
    pub kind: &'static str,
    /// The reason, in readable form.
    pub reason: String,
}

/// An engine's projection, or the reason for its failure.
pub(crate) fn settle<T>(
    outcome: Outcome<Result<T, EngineError>>,
    engine: &'static str,
    limit: Duration,
) -> Result<T, Failure> {
    let failure = |kind, reason| Failure { engine, kind, reason };
    match outcome {
        Outcome::Done(Ok(answer)) => Ok(answer),
        Outcome::Done(Err(error)) => Err(failure(error.kind(), error.to_string())),
        Outcome::Panicked(message) => Err(failure("panicked", message)),
        Outcome::TimedOut => Err(failure("timed out", format!("no result within {} s", limit.as_secs_f64()))),
    }
}

/// Draws of another shape than requested could not be combined with the other engines'.
fn shape(draws: &Draws, plan: &Plan) -> Result<(), DrawError> {
    let (found, expected) = ((draws.draws(), draws.days()), (plan.draws, plan.horizon.days()));
    if found == expected { Ok(()) } else { Err(DrawError::Shape { found, expected }) }
}

/// Counts as health departments will report them: fewer on holidays, plus late reports of the last days. Neither
/// changes the number of infections, so hospital patients are unaffected.
fn reported(history: &History, draws: Draws, plan: &Plan) -> Result<Draws, DrawError> {
    let ahead = history.as_of().series(1.day()).skip(1).take(draws.days());
    let shares: Vec<f32> = ahead.map(|day| reported_share(day, plan.holiday_loss) as f32).collect();
    [(Target::Cases, history.cases()), (Target::Deaths, history.deaths())]
        .into_iter()
        .try_fold(draws, |draws, (target, series)| {
            draws.with_reported(target, &shares)?.with_late(target, series.late())
        })
}

impl Job {
    pub(super) fn run(&self, plan: &Plan, shares: &Shares, stays: &Stays) -> Result<Answer, EngineError> {
        let fips = self.history.location().fips;
        let course = Course::new(&self.history, stays, plan.horizon.days());
        match &self.task {
            Task::Engine { engine, keep_draws } => {
                let streams = Streams::new(plan.seed, engine.name(), fips);
                let fitted = match plan.earlier.get(engine.name(), fips) {
                    Some(earlier) => engine.fit_from(&self.history, earlier, &streams)?,
                    None => engine.fit(&self.history, &streams)?,
                };
                let draws = fitted.draw(&Scenario::baseline(), plan.horizon, plan.draws, &streams)?;
                shape(&draws, plan)?;
                let census = course.census(&draws, &streams);
                let draws = match engine.basis() {
                    Basis::Reported => draws,
                    Basis::Cleaned => reported(&self.history, draws, plan)?,
                };
                let forecast = Forecast::from_draws(&draws);
                Ok(Answer { forecast, census, draws: keep_draws.then_some(draws), parameters: fitted.parameters() })
            }
            Task::Fallback { state } => {
                let streams = Streams::new(plan.seed, FALLBACK, fips);
                let (cases, deaths) = (shares.cases(fips), shares.deaths(fips));
                let draws = fallback::project(state, cases, deaths, &plan.fallback, &streams)?;
                let (forecast, census) = (Forecast::from_draws(&draws), course.census(&draws, &streams));
                Ok(Answer { forecast, census, draws: None, parameters: None })
            }
        }
    }
}
