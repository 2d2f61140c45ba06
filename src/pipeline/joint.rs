//! Joint draws of a place under the baseline and each scenario.

use super::tally::Tally;
use super::trajectories::{Ratio, Trajectories};
use crate::blend::Weight;
use crate::capacity::{Census, Course};
use crate::scores::quantiles::Forecast;

/// How a model responds to a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// It simulates the measures.
    Mechanism,
    /// Its baseline times the mechanistic members' ratio of scenario to baseline.
    Ratio,
}

/// The joint draws behind a blend.
#[derive(Debug, Clone)]
pub struct Joint {
    /// Linear pool by the members' shares: draw `i` is draw `i` of one member. Its intervals are wider than the blend's;
    /// [`crate::blend::coupled`] gives its weeks the blend's quantiles.
    pub pooled: Trajectories,
    /// Totals and peaks of each member, in the order of the engines.
    pub members: Vec<(&'static str, Response, Tally)>,
}

/// A place under one scenario.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// The blend, made as the baseline's.
    pub blend: Forecast,
    /// Its patients in hospital.
    pub census: Option<Census>,
    /// Its joint draws; draw `i` belongs with draw `i` of the baseline.
    pub joint: Joint,
    /// Ratio of scenario to baseline by day, from the mechanistic members.
    pub(super) ratio: Ratio,
}

/// A member of the blend.
pub(super) struct Part<'a> {
    pub(super) engine: &'static str,
    /// Its share in the blend.
    pub(super) share: f64,
    pub(super) baseline: &'a Trajectories,
    pub(super) census: Option<&'a Census>,
    /// Its own draws under the scenarios; empty for one that follows.
    pub(super) scenarios: &'a [Trajectories],
}

impl Part<'_> {
    fn response(&self) -> Response {
        if self.scenarios.is_empty() { Response::Ratio } else { Response::Mechanism }
    }
}

/// Joint draws of a place, and the place under each of `count` scenarios. `blend` combines the members' quantiles.
///
/// If no member is mechanistic, the ratios of the region `around` the place are used; none if that has none either.
pub(super) fn answer(
    parts: &[Part<'_>],
    count: usize,
    around: &[Ratio],
    course: &Course<'_>,
    blend: impl Fn(&[(&'static str, &Forecast)]) -> Forecast,
) -> Option<(Joint, Vec<Alternative>)> {
    let baseline: Vec<&Trajectories> = parts.iter().map(|part| part.baseline).collect();
    let tallies = parts.iter().map(|part| (part.engine, part.response(), Tally::of(part.baseline, part.census)));
    let joint = Joint { pooled: pool(parts, &baseline)?, members: tallies.collect() };
    // Patients are averaged over the same draws as the baseline's.
    let kept: Vec<Option<Vec<usize>>> = baseline.iter().map(|of| of.kept(course)).collect();
    let alternative = |scenario: usize| {
        let ratio = ratio(parts, scenario).or_else(|| around.get(scenario).cloned())?;
        let followed = |part: &Part<'_>| match part.scenarios.get(scenario) {
            Some(_) => None,
            None => part.baseline.times(&ratio).ok(),
        };
        let followed: Vec<Option<Trajectories>> = parts.iter().map(followed).collect();
        let under: Vec<&Trajectories> = parts
            .iter()
            .zip(&followed)
            .map(|(part, followed)| followed.as_ref().or_else(|| part.scenarios.get(scenario)))
            .collect::<Option<_>>()?;
        let forecasts: Vec<Forecast> = under.iter().map(|of| of.forecast()).collect();
        let named: Vec<(&'static str, &Forecast)> = parts.iter().map(|part| part.engine).zip(&forecasts).collect();
        let censuses: Vec<Option<Census>> =
            under.iter().zip(&kept).map(|(of, kept)| of.census_of(kept.as_ref()?, course)).collect();
        let shares = parts.iter().map(|part| Weight { engine: part.engine, share: part.share }).collect::<Vec<_>>();
        let tallies = parts.iter().zip(under.iter().zip(&censuses));
        let members = tallies.map(|(p, (of, census))| (p.engine, p.response(), Tally::of(of, census.as_ref())));
        let joint = Joint { pooled: pool(parts, &under)?, members: members.collect() };
        let known = parts.iter().zip(&censuses).filter_map(|(part, census)| Some((part.engine, census.as_ref()?)));
        Some(Alternative { blend: blend(&named), census: average(known, &shares), joint, ratio })
    };
    let alternatives = (0..count).map(alternative).collect::<Option<_>>()?;
    Some((joint, alternatives))
}

fn pool(parts: &[Part<'_>], of: &[&Trajectories]) -> Option<Trajectories> {
    let members: Vec<(&Trajectories, f64)> = of.iter().zip(parts).map(|(of, part)| (*of, part.share)).collect();
    Trajectories::pool(&members)
}

/// The mechanistic members' ratio, weighted by their shares, or equally if all of these are zero.
fn ratio(parts: &[Part<'_>], scenario: usize) -> Option<Ratio> {
    let mechanistic = parts.iter().filter_map(|part| Some((part.baseline, part.scenarios.get(scenario)?, part.share)));
    let mut mechanistic: Vec<(&Trajectories, &Trajectories, f64)> = mechanistic.collect();
    if mechanistic.iter().all(|(.., share)| *share <= 0.0) {
        mechanistic.iter_mut().for_each(|(.., share)| *share = 1.0);
    }
    Ratio::of(&mechanistic)
}

/// The members' patients, averaged as their cases are.
pub(super) fn average<'a>(
    censuses: impl Iterator<Item = (&'static str, &'a Census)>,
    weights: &[Weight],
) -> Option<Census> {
    let share = |name| weights.iter().find(|weight| weight.engine == name).map_or(0.0, |weight| weight.share);
    let members: Vec<(&Census, f64)> = censuses.map(|(name, census)| (census, share(name))).collect();
    Census::average(&members)
}
