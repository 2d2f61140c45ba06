//! Collecting the projections of one location.

use std::sync::Arc;

use countycast_engine::{Draws, Level, Target};

use super::failure::Failure;
use super::job::{Answer, FALLBACK, Job, Keep, Task};
use super::joint::{self, Alternative, Joint, Part, average};
use super::premises::Premises;
use super::projected::Projected;
use super::trajectories::{Ratio, Trajectories};
use crate::blend::{Precedent, Rule, Stratum, Weight, blend};
use crate::capacity::Census;
use crate::panel::Place;
use crate::phase::Phase;
use crate::reproduction::{Reproduction, reproduction};
use crate::scores::quantiles::Forecast;

/// Outcomes of a location's jobs.
#[derive(Default)]
pub(super) struct Answers {
    /// By position of the engine, in ascending order after [`Answers::sort`].
    pub(super) engines: Vec<(usize, Result<Answer, Failure>)>,
    pub(super) fallback: Option<Result<Answer, Failure>>,
}

impl Answers {
    /// Adds an engine's answer, or, without one, the fallback's.
    pub(super) fn add(&mut self, engine: Option<usize>, answer: Result<Answer, Failure>) {
        match engine {
            Some(i) => self.engines.push((i, answer)),
            None => self.fallback = Some(answer),
        }
    }

    /// Restores the order of the engines.
    pub(super) fn sort(&mut self) {
        self.engines.sort_by_key(|(i, _)| *i);
    }
}

/// A state, for its counties on fallback.
pub(super) struct Around {
    /// Its joint draws.
    pub(super) draws: Arc<Draws>,
    /// Ratio of each scenario to the baseline; empty if unknown.
    pub(super) ratios: Vec<Ratio>,
}

/// A successful engine.
struct Member {
    engine: &'static str,
    answer: Answer,
}

/// The projection of a location; empty if there is none.
#[derive(Default)]
struct Blended {
    forecast: Option<Forecast>,
    census: Option<Census>,
    weights: Vec<Weight>,
    /// Only if joint draws are kept.
    joint: Option<(Joint, Vec<Alternative>)>,
}

/// Collects the projections of one location. If none is left, it falls back on its state.
pub(super) fn collect(
    premises: &Premises<'_>,
    place: &Place,
    answers: Answers,
    keep: Keep,
    around: Option<&Around>,
) -> Projected {
    let reproduction = reproduction(place.history.cases(), premises.plan.epidemiology.generation_days);
    let mut phase = premises.phase(place);
    let independent = matches!(phase, Phase::Independent { .. });
    let mut failures = if independent { premises.untrained.clone() } else { Vec::new() };
    let (members, scaled) = settled(premises, answers, &mut failures);
    let collecting = Collecting { premises, place, keep, around };
    let blended = match (&phase, scaled) {
        (Phase::Joint { .. }, _) => collecting.alone(collecting.zeros()),
        (Phase::Fallback { .. } | Phase::Hidden, scaled @ Some(_)) => collecting.alone(scaled),
        _ => {
            let sound = collecting.sound(&members, &mut failures);
            if sound.is_empty() {
                let reason =
                    if members.is_empty() { "no engine succeeded" } else { "no engine's projection is plausible" };
                phase = Phase::Fallback { reason: reason.to_owned() };
                collecting.alone(collecting.fall_back())
            } else {
                collecting.blended(&members, &sound, reproduction)
            }
        }
    };
    let (mut forecasts, mut censuses, mut parameters) = (Vec::new(), Vec::new(), Vec::new());
    let mut in_force = Vec::new();
    for Member { engine, answer } in members {
        forecasts.push((engine, answer.forecast));
        censuses.extend(answer.census.map(|census| (engine, census)));
        parameters.extend(answer.parameters.map(|parameters| (engine, parameters)));
        if answer.in_force.iter().any(|rules| !rules.is_empty()) {
            in_force.push((engine, answer.in_force));
        }
    }
    let (joint, alternatives) = blended.joint.map_or((None, Vec::new()), |(joint, under)| (Some(joint), under));
    Projected {
        fips: place.fips(),
        phase,
        members: forecasts,
        blend: blended.forecast,
        censuses,
        blend_census: blended.census,
        parameters,
        weights: blended.weights,
        failures,
        reproduction,
        joint,
        alternatives,
        in_force,
    }
}

/// The successful engines, in their order, and the fallback; failures of the others are added.
fn settled(premises: &Premises<'_>, answers: Answers, failures: &mut Vec<Failure>) -> (Vec<Member>, Option<Answer>) {
    let mut members = Vec::with_capacity(answers.engines.len());
    for (i, answer) in answers.engines {
        match answer {
            Ok(answer) => members.push(Member { engine: premises.plan.engines[i].name(), answer }),
            Err(failure) => failures.push(failure),
        }
    }
    let fallback = answers.fallback.and_then(|answer| answer.map_err(|failure| failures.push(failure)).ok());
    (members, fallback)
}

/// A location being collected.
struct Collecting<'a> {
    premises: &'a Premises<'a>,
    place: &'a Place,
    keep: Keep,
    around: Option<&'a Around>,
}

impl Collecting<'_> {
    /// The projection by a single model.
    fn alone(&self, answer: Option<Answer>) -> Blended {
        let Some(answer) = answer else { return Blended::default() };
        let joint = self.joint(&[(FALLBACK, 1.0, &answer)], |only| only[0].1.clone());
        Blended { forecast: Some(answer.forecast), census: answer.census, weights: Vec::new(), joint }
    }

    /// The blend of the members at these positions.
    fn blended(&self, members: &[Member], sound: &[usize], reproduction: Option<Reproduction>) -> Blended {
        let course = crate::scores::Course::of(reproduction.map(|r| [r.lower, r.median, r.upper]));
        let stratum = Stratum::of(self.place.fips(), &self.premises.quintiles);
        let rule = Rule { learned: &self.premises.plan.learned, stratum, course };
        let sound: Vec<&Member> = sound.iter().map(|&i| &members[i]).collect();
        let forecasts: Vec<_> = sound.iter().map(|member| (member.engine, &member.answer.forecast)).collect();
        let (forecast, weights) = blend(&forecasts, &rule);
        let known = members.iter().filter_map(|member| Some((member.engine, member.answer.census.as_ref()?)));
        let census = average(known, &weights);
        let parts: Vec<_> = sound.iter().zip(&weights).map(|(m, weight)| (m.engine, weight.share, &m.answer)).collect();
        let joint = self.joint(&parts, |members| blend(members, &rule).0);
        Blended { forecast: Some(forecast), census, weights, joint }
    }

    /// Joint draws and scenarios of the blended models, given with their shares, if joint draws are kept.
    fn joint(
        &self,
        parts: &[(&'static str, f64, &Answer)],
        blend: impl Fn(&[(&'static str, &Forecast)]) -> Forecast,
    ) -> Option<(Joint, Vec<Alternative>)> {
        if self.keep < Keep::Scenarios {
            return None;
        }
        let parts = parts.iter().map(|(engine, share, answer)| {
            let (baseline, census) = (answer.baseline.as_ref()?, answer.census.as_ref());
            Some(Part { engine, share: *share, baseline, census, scenarios: &answer.scenarios })
        });
        let parts: Vec<Part<'_>> = parts.collect::<Option<_>>()?;
        let Premises { plan, hospitals, .. } = self.premises;
        let course = hospitals.course(&self.place.history, plan.horizon.days());
        let around = self.around.map_or(&[][..], |around| &around.ratios);
        joint::answer(&parts, plan.scenarios.len(), around, &course, blend)
    }

    /// The location's share of its state's draws; none where there is no state or no draws.
    fn fall_back(&self) -> Option<Answer> {
        let task = Task::Fallback { state: Arc::clone(&self.around?.draws) };
        let job = Job { history: Arc::clone(&self.place.history), task, keep: self.keep };
        job.run(&self.premises.plan, &self.premises.shares, &self.premises.hospitals).ok()
    }

    /// Positions of the plausible members; the objections to the others are added to the failures. States and the nation have
    /// no fallback: if no member is plausible there, all are blended.
    fn sound(&self, members: &[Member], failures: &mut Vec<Failure>) -> Vec<usize> {
        let panel = self.premises.panel;
        let around = panel.neighbours(self.place.fips()).iter().filter_map(|fips| panel.place(*fips));
        let precedent = Precedent::new(&self.place.history, around.map(|place| &*place.history));
        let mut sound = Vec::with_capacity(members.len());
        for (i, Member { engine, answer }) in members.iter().enumerate() {
            match precedent.objection(&answer.forecast) {
                None => sound.push(i),
                Some(reason) => failures.push(Failure { engine, kind: "not blended", reason }),
            }
        }
        if sound.is_empty() && self.place.fips().level() != Level::County {
            return (0..members.len()).collect();
        }
        sound
    }

    /// A projection of zeros, for rows that the publisher leaves at zero.
    fn zeros(&self) -> Option<Answer> {
        let Premises { plan, hospitals, .. } = self.premises;
        let (n, days) = (plan.draws, plan.horizon.days());
        let nothing = vec![0.0; n * days];
        let draws = Draws::new(n, days).and_then(|d| d.with(Target::Cases, nothing.clone())).ok()?;
        let draws = draws.with(Target::Deaths, nothing).ok()?;
        let course = hospitals.course(&self.place.history, days);
        let admissions = course.all_admissions(&draws, None);
        Some(Answer::new(Trajectories { draws, admissions }, &course))
    }
}
