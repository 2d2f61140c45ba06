//! Results of one place.

use countycast_engine::{Fips, Rule, Target};
use jiff::ToSpan;

use super::course::{self, BASELINE, Course};
use super::done::RuleInForce;
use super::effect::{Effect, Interval, Side, Subject, effects, word};
use super::variant::Variant;
use crate::blend::{coupled, ranked};
use crate::capacity::{self, Bed, Beds, Census};
use crate::output::BLEND;
use crate::panel::Place;
use crate::pipeline::{InForce, Joint, Projected, Tally, Trajectories};
use crate::scores::quantiles::{Forecast, MEDIAN};

/// Days before the as-of day that charts show.
const PAST_DAYS: usize = 56;
/// Positions of 5 and 95 % among the levels of a projection.
const ENDS: [usize; 2] = [2, 20];

/// A place under its baseline and every scenario.
pub(super) struct Answer {
    pub(super) fips: Fips,
    pub(super) effects: Vec<Effect>,
    /// Of the baseline, then of each variant; so are all further fields.
    pub(super) courses: Vec<Course>,
    /// Quantiles of the blend: of the baseline, those of a run.
    pub(super) forecasts: Vec<Forecast>,
    /// The blend's joint draws and patients.
    pub(super) draws: Vec<(Trajectories, Option<Census>)>,
    /// Daily new cases of the weeks up to the as-of day, after repair.
    pub(super) past: Vec<f64>,
    /// Beds on the ward and in intensive care.
    pub(super) beds: [Beds; 2],
    pub(super) rules: Vec<RuleInForce>,
}

/// Compares a place's scenarios with its baseline; none without a projection or a mechanistic engine.
pub(super) fn answer(
    place: &Place,
    projected: Projected,
    variants: &[Variant],
    settings: &capacity::Settings,
) -> Option<Answer> {
    let fips = place.fips();
    let code = fips.to_string();
    let beds = Bed::ALL.map(|bed| Beds::of(&place.history.location().covariates, bed, settings));
    let rules = rules(place, &projected, variants);
    let mut blends = vec![(projected.blend?, projected.blend_census)];
    let mut joints = vec![projected.joint?];
    for under in projected.alternatives {
        blends.push((under.blend, under.census));
        joints.push(under.joint);
    }
    let mut effects_found = members(&code, &joints, &beds, variants);
    let (mut forecasts, mut draws) = (Vec::new(), Vec::new());
    for ((blend, census), joint) in blends.into_iter().zip(joints) {
        let Trajectories { draws: pooled, admissions } = joint.pooled;
        draws.push((Trajectories { draws: coupled(pooled, &blend).ok()?, admissions }, census));
        forecasts.push(blend);
    }
    let sides: Vec<Side> = forecasts.iter().zip(&draws).map(|(blend, (of, census))| side(blend, of, census)).collect();
    let subject = Subject { fips: &code, model: BLEND, response: BLEND, beds: Some(&beds) };
    effects_found.extend(effects(&subject, &sides.iter().collect::<Vec<_>>(), variants));
    let cases = place.history.cases().cleaned();
    // The first day shown is a seven-day mean, too.
    let past = cases[cases.len().saturating_sub(PAST_DAYS + 6)..].to_vec();
    let courses = courses(&code, &draws, &past, variants);
    Some(Answer { fips, effects: effects_found, courses, forecasts, draws, past, beds, rules })
}

/// How often, from when and how long each engine's measures were in force by rule.
fn rules(place: &Place, projected: &Projected, variants: &[Variant]) -> Vec<RuleInForce> {
    let mut rows = Vec::new();
    for (model, scenarios) in &projected.in_force {
        for (variant, rules) in variants.iter().zip(scenarios) {
            let ruled = variant.entries.iter().filter_map(|entry| Some((entry.kind(), entry.rule()?)));
            let row = |((measure, rule), in_force): ((&'static str, Rule), &InForce)| {
                let date = |ahead: f64| place.history.as_of().saturating_add((ahead.round() as i64).days()).to_string();
                RuleInForce {
                    fips: place.fips().to_string(),
                    scenario: variant.name.clone(),
                    model,
                    measure,
                    rule: rule.to_string(),
                    share: in_force.share,
                    first_day: in_force.first_day.map(date),
                    days: in_force.days,
                }
            };
            rows.extend(ruled.zip(rules).map(row));
        }
    }
    rows
}

/// The members' own effects.
fn members(code: &str, joints: &[Joint], beds: &[Beds; 2], variants: &[Variant]) -> Vec<Effect> {
    let Some(first) = joints.first() else { return Vec::new() };
    let of_member = |(at, (model, response, _)): (usize, &(&'static str, _, Tally))| {
        let side = |joint: &Joint| Some(Side { tally: joint.members.get(at)?.2.clone(), totals: [None; 2] });
        let sides: Vec<Side> = joints.iter().filter_map(side).collect();
        let subject = Subject { fips: code, model, response: word(*response), beds: Some(beds) };
        effects(&subject, &sides.iter().collect::<Vec<_>>(), variants)
    };
    first.members.iter().enumerate().flat_map(of_member).collect()
}

/// Totals take the blend's quantiles, in the rank order of the draws.
fn side(blend: &Forecast, draws: &Trajectories, census: &Option<Census>) -> Side {
    let mut tally = Tally::of(draws, census.as_ref());
    let mut totals = [None; 2];
    let known = [(Target::Cases, &mut tally.cases), (Target::Deaths, &mut tally.deaths)];
    for ((target, values), total) in known.into_iter().zip(&mut totals) {
        if let Some(row) = blend.target(target).and_then(|quantiles| quantiles.sum.last()) {
            *values = ranked(values, row);
            let [low, median, high] = [ENDS[0], MEDIAN, ENDS[1]].map(|level| f64::from(row[level]));
            *total = Some(Interval { median, low, high });
        }
    }
    Side { tally, totals }
}

/// The days under the baseline and each variant; `past` are the cases before.
pub(super) fn courses(
    code: &str,
    draws: &[(Trajectories, Option<Census>)],
    past: &[f64],
    variants: &[Variant],
) -> Vec<Course> {
    let names = std::iter::once(BASELINE).chain(variants.iter().map(|variant| variant.name.as_str()));
    let course = |(scenario, (of, census)): (&str, &(Trajectories, Option<Census>))| Course {
        fips: code.to_owned(),
        scenario: scenario.to_owned(),
        cases: course::cases(of.draws.paths(Target::Cases).into_iter().flatten(), past),
        patients: course::patients(census.as_ref(), of.draws.days()),
    };
    names.zip(draws).map(course).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::quantiles::LEVELS;

    #[test]
    fn the_ends_of_an_interval_are_levels_of_a_projection() {
        assert_eq!(ENDS.map(|level| LEVELS[level]), [0.05, 0.95]);
    }
}
