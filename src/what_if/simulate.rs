//! Simulation of one place under the baseline and every scenario.

use std::sync::Arc;

use countycast_engine::{Date, Engine, EngineError, Fitted, Horizon, Scenario, Streams};
use jiff::ToSpan;

use super::effect::{self, Effect};
use super::entry::scenarios;
use super::trajectories::Trajectories;
use super::variant::Variant;
use crate::capacity::{self, Bed, Beds, Stays};
use crate::panel::Place;
use crate::pipeline;

/// Model name of the pool of all members.
pub(super) const POOL: &str = "pool";
/// Name of the baseline, in place of a scenario's.
pub const BASELINE: &str = "baseline";
/// Code of all places together.
pub const ALL_PLACES: &str = "all";

/// How a model responds to a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// It simulates the measures.
    Mechanism,
    /// Its baseline times the mechanistic members' ratio of scenario to baseline.
    Ratio,
    /// A pool of all members' draws.
    Pool,
}

impl Response {
    /// The name in outputs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mechanism => "mechanism",
            Self::Ratio => "ratio",
            Self::Pool => "pool",
        }
    }
}

/// Everything that determines the results.
pub(super) struct Setup {
    pub(super) engines: Vec<Arc<dyn Engine>>,
    pub(super) variants: Vec<Variant>,
    pub(super) stays: Stays,
    pub(super) beds: capacity::Settings,
    pub(super) horizon: Horizon,
    pub(super) draws: usize,
    pub(super) seed: u64,
}

/// Days before the as-of day that charts show.
const PAST_DAYS: usize = 56;

/// The pool's days under one scenario: 5 %, 50 % and 95 % quantiles by day after as-of.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// FIPS code, or [`ALL_PLACES`].
    pub fips: String,
    /// The scenario; [`BASELINE`] for none.
    pub scenario: String,
    /// New cases, seven-day mean.
    pub cases: Vec<[f64; 3]>,
    /// Patients in hospital at the day's end, on the ward and in intensive care.
    pub patients: Vec<[f64; 3]>,
}

/// Results of one place.
pub(super) struct Answer {
    pub(super) effects: Vec<Effect>,
    /// The pool's trajectories: the baseline's, then each variant's.
    pub(super) pooled: Vec<Trajectories>,
    /// Daily new cases of the weeks up to the as-of day, after repair.
    pub(super) past: Vec<f64>,
    /// Beds on the ward and in intensive care.
    pub(super) beds: [Beds; 2],
    /// Engines that failed, with their reasons.
    pub(super) failures: Vec<String>,
}

/// A successful engine, its baseline and its variants.
struct Member {
    name: &'static str,
    mechanistic: bool,
    /// Baseline, then variants; followers have only the baseline until the mechanistic members are done.
    answers: Vec<Trajectories>,
}

/// Projects one place.
///
/// # Errors
/// [`EngineError::Refused`] if no mechanistic engine succeeded, with every engine's reason.
pub(super) fn simulate(place: &Place, setup: &Setup) -> Result<Answer, EngineError> {
    let course = capacity::Course::new(&place.history, &setup.stays, setup.horizon.days());
    let (mut members, mut failures) = (Vec::new(), Vec::new());
    for engine in &setup.engines {
        match member(engine.as_ref(), place, setup, &course) {
            Ok(member) => members.push(member),
            Err(error) => failures.push(format!("{}: {error}", engine.name())),
        }
    }
    if !members.iter().any(|member| member.mechanistic) {
        return Err(EngineError::Refused(format!("no mechanistic engine succeeded: {}", failures.join("; "))));
    }
    for variant in 1..=setup.variants.len() {
        let of = |at: usize| members.iter().filter(|m| m.mechanistic).filter_map(move |m| m.answers.get(at)).collect();
        let (baseline, scenario): (Vec<&Trajectories>, Vec<&Trajectories>) = (of(0), of(variant));
        let followed: Vec<Option<Trajectories>> = members
            .iter()
            .map(|m| (!m.mechanistic).then(|| m.answers[0].follow(&baseline, &scenario, &course)))
            .collect();
        for (member, followed) in members.iter_mut().zip(followed) {
            member.answers.extend(followed);
        }
    }
    let pool = |at: usize| Trajectories::pool(&members.iter().map(|m| &m.answers[at]).collect::<Vec<_>>());
    let pooled: Option<Vec<Trajectories>> = (0..=setup.variants.len()).map(pool).collect();
    let pooled = pooled.ok_or_else(|| EngineError::Refused("members differ in shape".to_owned()))?;
    let facts = &place.history.location().covariates;
    let beds = Bed::ALL.map(|bed| Beds::of(facts, bed, &setup.beds));
    let fips = place.fips().to_string();
    let models = members.iter().map(|m| {
        let response = if m.mechanistic { Response::Mechanism } else { Response::Ratio };
        (m.name, response, &m.answers)
    });
    let models = models.chain([(POOL, Response::Pool, &pooled)]);
    let effects = models.flat_map(|(model, response, answers)| {
        let subject = effect::Subject { fips: &fips, model, response, beds: Some(&beds) };
        effect::effects(&subject, answers, &setup.variants)
    });
    let cases = place.history.cases().cleaned();
    // The first day shown is a seven-day mean, too.
    let past = cases[cases.len().saturating_sub(PAST_DAYS + 6)..].to_vec();
    Ok(Answer { effects: effects.collect(), pooled, past, beds, failures })
}

fn member(engine: &dyn Engine, place: &Place, setup: &Setup, course: &capacity::Course) -> Result<Member, EngineError> {
    let streams = Streams::new(setup.seed, engine.name(), place.fips());
    let fitted = engine.fit(&place.history, &streams)?;
    let mechanistic = pipeline::is_mechanistic(engine.name());
    let draw = |scenario: &Scenario| answer(fitted.as_ref(), scenario, setup, &streams, course);
    let mut answers = vec![draw(&Scenario::baseline())?];
    for variant in setup.variants.iter().filter(|_| mechanistic) {
        let refuse = |error: countycast_engine::ScenarioError| EngineError::Refused(error.to_string());
        let levels = scenarios(&variant.entries).map_err(refuse)?;
        let levels = levels.iter().map(draw).collect::<Result<Vec<_>, _>>()?;
        let levels: Vec<&Trajectories> = levels.iter().collect();
        // The pool takes draws from members in turn: levels change once per round, so that each is combined with every
        // member.
        let level = |draw: usize| draw / setup.engines.len() % levels.len();
        let taken = Trajectories::taken(&levels, level);
        answers.push(taken.ok_or_else(|| EngineError::Refused("levels differ in shape".to_owned()))?);
    }
    Ok(Member { name: engine.name(), mechanistic, answers })
}

fn answer(
    fitted: &dyn Fitted,
    scenario: &Scenario,
    setup: &Setup,
    streams: &Streams,
    course: &capacity::Course,
) -> Result<Trajectories, EngineError> {
    let draws = fitted.draw(scenario, setup.horizon, setup.draws, streams)?;
    let refused = || EngineError::Refused("projects no cases".to_owned());
    Trajectories::of(&draws, course, streams).ok_or_else(refused)
}

/// The pool's course under the baseline and each variant; `past` are the cases before.
pub(super) fn courses(fips: &str, pooled: &[Trajectories], past: &[f64], variants: &[Variant]) -> Vec<Course> {
    let names = std::iter::once(BASELINE).chain(variants.iter().map(|variant| variant.name.as_str()));
    let course = |(scenario, trajectories): (&str, &Trajectories)| Course {
        fips: fips.to_owned(),
        scenario: scenario.to_owned(),
        cases: effect::daily_smooth(&trajectories.cases, trajectories.days, past),
        patients: effect::daily(&trajectories.patients(), trajectories.days),
    };
    names.zip(pooled).map(course).collect()
}

/// The date this many days after the as-of day.
pub(super) fn day(as_of: Date, ahead: i64) -> Date {
    as_of.saturating_add(ahead.days())
}
