//! Collecting the projections of one location.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast_engine::{Draws, Fips, Level, Streams, Target};

use super::batch::{Address, Batch, Projected};
use super::job::{Answer, FALLBACK, Failure, Job, Task};
use crate::blend::{Precedent, Rule, Stratum, Weight, blend};
use crate::capacity::{Census, Course};
use crate::panel::Place;
use crate::phase::Phase;
use crate::reproduction::Reproduction;
use crate::scores::quantiles::Forecast;

impl Batch<'_> {
    /// Collects the projections of one location. If none is left, it falls back on its state.
    pub(super) fn collect(
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
        let sound = match (&phase, &scaled) {
            (Phase::Joint { .. }, _) | (Phase::Fallback { .. } | Phase::Hidden, Some(_)) => Vec::new(),
            _ => self.sound(place, &members, &mut failures),
        };
        let (blended, weights) = match (&phase, scaled) {
            (Phase::Joint { .. }, _) => (self.zeros(place), Vec::new()),
            (Phase::Fallback { .. } | Phase::Hidden, Some(scaled)) => (Some(scaled), Vec::new()),
            _ if !sound.is_empty() => {
                let course = crate::scores::Course::of(reproduction.map(|r| [r.lower, r.median, r.upper]));
                let stratum = Stratum::of(fips, &self.quintiles);
                let rule = Rule { learned: &self.plan.learned, stratum, course };
                let (forecast, weights) = blend(&sound, &rule);
                let census = average(&censuses, &weights);
                (Some((forecast, census)), weights)
            }
            _ => {
                let reason =
                    if members.is_empty() { "no engine succeeded" } else { "no engine's projection is plausible" };
                phase = Phase::Fallback { reason: reason.to_owned() };
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

    /// The plausible members; the objections to the others are added to the failures. States and the nation have no
    /// fallback: if no member is plausible there, all are blended.
    fn sound<'m>(
        &self,
        place: &Place,
        members: &'m [(&'static str, Forecast)],
        failures: &mut Vec<Failure>,
    ) -> Vec<(&'static str, &'m Forecast)> {
        let around = self.panel.neighbours(place.fips()).iter().filter_map(|fips| self.panel.place(*fips));
        let precedent = Precedent::new(&place.history, around.map(|place| &*place.history));
        let mut sound = Vec::with_capacity(members.len());
        for (engine, forecast) in members {
            match precedent.objection(forecast) {
                None => sound.push((*engine, forecast)),
                Some(reason) => failures.push(Failure { engine, kind: "not blended", reason }),
            }
        }
        if sound.is_empty() && place.fips().level() != Level::County {
            return members.iter().map(|(engine, forecast)| (*engine, forecast)).collect();
        }
        sound
    }

    /// A projection of zeros, for rows that the publisher leaves at zero.
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
