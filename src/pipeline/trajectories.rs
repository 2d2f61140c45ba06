//! Joint draws of one place under one scenario, with the admissions that follow from them.

use countycast_engine::{DrawError, Draws, Target};

use crate::capacity::{Census, Course, Flow};
use crate::scores::quantiles::Forecast;

/// Step of the sequence that assigns draws of a pool to members: the golden ratio, whose multiples modulo 1 are equidistributed
/// with low discrepancy (Weyl), so that any run of consecutive draws has each member in proportion to its share.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// Joint draws with the hospital admissions of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectories {
    /// Cases and deaths as they will be reported.
    pub draws: Draws,
    /// Daily admissions of each draw as its cases lead to expect, before the level of the reports ([`Course::flow`]); none if
    /// neither admissions nor cases are projected.
    pub admissions: Option<Vec<Vec<f32>>>,
}

/// Ratio of scenario to baseline by day, of means over the draws of mechanistic engines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ratio {
    targets: Vec<(Target, Vec<f32>)>,
    admissions: Vec<f32>,
}

impl Trajectories {
    /// Quantiles of the draws.
    #[must_use]
    pub fn forecast(&self) -> Forecast {
        Forecast::from_draws(&self.draws)
    }

    /// Hospital patients that follow from the admissions.
    #[must_use]
    pub fn census(&self, course: &Course<'_>) -> Option<Census> {
        Some(Census::of_paths(self.draws.days(), &self.patients(course)?))
    }

    /// Numbers of the draws in the census, in its order.
    pub(super) fn kept(&self, course: &Course<'_>) -> Option<Vec<usize>> {
        Some(Census::kept(&self.patients(course)?))
    }

    /// The census of these draws.
    pub(super) fn census_of(&self, kept: &[usize], course: &Course<'_>) -> Option<Census> {
        Some(Census::taken(self.draws.days(), &self.patients(course)?, kept))
    }

    fn patients(&self, course: &Course<'_>) -> Option<Vec<Flow>> {
        Some(self.admissions.as_ref()?.iter().enumerate().map(|(draw, path)| course.flow(draw, path)).collect())
    }

    /// The response of an engine without mechanisms: its own baseline times the mechanistic engines' ratio.
    pub(super) fn times(&self, ratio: &Ratio) -> Result<Self, DrawError> {
        let mut draws = self.draws.clone();
        for (target, factors) in &ratio.targets {
            draws = draws.with_daily_factors(*target, factors)?;
        }
        let scaled = |path: &Vec<f32>| path.iter().zip(&ratio.admissions).map(|(day, factor)| day * factor).collect();
        let admissions = self.admissions.as_ref().map(|paths| paths.iter().map(scaled).collect());
        Ok(Self { draws, admissions })
    }

    /// Draw `i` of the result is draw `i` of one of `levels`, in rotation. None without a level, or if levels differ in shape.
    pub(super) fn in_turn(levels: &[Self]) -> Option<Self> {
        let [_, _, ..] = levels else { return levels.first().cloned() };
        let all: Vec<&Self> = levels.iter().collect();
        Self::gather(&all, |members, draw| draw % members.len())
    }

    /// Linear pool: draw `i` of the result is draw `i` of one member, and each member has a part of the draws equal to its share.
    /// Each target is taken from the members that project it. None without members, or if members differ in shape.
    pub(super) fn pool(members: &[(&Self, f64)]) -> Option<Self> {
        let all: Vec<&Self> = members.iter().map(|(member, _)| *member).collect();
        Self::gather(&all, |among, draw| {
            let shares = || among.iter().map(|&i| members[i].1);
            turn(shares(), draw)
        })
    }

    /// Draw `i` of each target is draw `i` of the member that `which` chooses among the positions of those that project it.
    fn gather(members: &[&Self], which: impl Fn(&[usize], usize) -> usize) -> Option<Self> {
        let first = &members.first()?.draws;
        let n = first.draws();
        let mut draws = Draws::new(n, first.days()).ok()?;
        for target in Target::ALL {
            let (among, paths): (Vec<usize>, Vec<_>) =
                members.iter().enumerate().filter_map(|(i, m)| Some((i, m.draws.paths(target)?))).unzip();
            if !among.is_empty() {
                let path = |draw| paths[which(&among, draw)].clone().nth(draw);
                draws = draws.with(target, (0..n).map(path).collect::<Option<Vec<&[f32]>>>()?.concat()).ok()?;
            }
        }
        let (among, paths): (Vec<usize>, Vec<_>) =
            members.iter().enumerate().filter_map(|(i, m)| Some((i, m.admissions.as_ref()?))).unzip();
        let path = |draw| paths[which(&among, draw)].get(draw).cloned();
        let admissions = (!among.is_empty()).then(|| (0..n).map(path).collect::<Option<Vec<_>>>());
        let admissions = match admissions {
            Some(paths) => Some(paths?),
            None => None,
        };
        Some(Self { draws, admissions })
    }
}

/// Position of the member that a draw is taken from.
fn turn(shares: impl Iterator<Item = f64> + Clone, draw: usize) -> usize {
    let total: f64 = shares.clone().sum();
    let at = total * ((draw as f64 + 0.5) * GOLDEN).fract();
    let mut below = 0.0;
    let mut last = 0;
    for (i, share) in shares.enumerate().filter(|(_, share)| *share > 0.0) {
        below += share;
        last = i;
        if at < below {
            break;
        }
    }
    last
}

impl Ratio {
    /// Ratio of weighted sums over the draws of mechanistic engines, each given by baseline, scenario and weight. None without an
    /// engine of positive weight.
    pub(super) fn of(engines: &[(&Trajectories, &Trajectories, f64)]) -> Option<Self> {
        if !engines.iter().any(|(.., weight)| *weight > 0.0) {
            return None;
        }
        let ratio = |paths: &dyn Fn(&Trajectories) -> Option<Vec<f64>>| {
            let (mut before, mut after) = (Vec::new(), Vec::new());
            for (baseline, scenario, weight) in engines {
                if let Some((baseline, scenario)) = paths(baseline).zip(paths(scenario)) {
                    add(&mut before, &baseline, *weight);
                    add(&mut after, &scenario, *weight);
                }
            }
            // A baseline of zero stays zero whatever the factor.
            let day = |(before, after): (f64, f64)| if before > 1e-9 { (after / before) as f32 } else { 1.0 };
            before.into_iter().zip(after).map(day).collect::<Vec<f32>>()
        };
        let of_target = |target: Target| {
            let ratio = ratio(&|of| Some(daily(of.draws.days(), of.draws.paths(target)?)));
            (!ratio.is_empty()).then_some((target, ratio))
        };
        let targets = Target::ALL.into_iter().filter_map(of_target).collect();
        let admissions = ratio(&|of| Some(daily(of.draws.days(), of.admissions.as_ref()?.iter().map(Vec::as_slice))));
        Some(Self { targets, admissions })
    }
}

/// Sums over draws, by day.
fn daily<'a>(days: usize, paths: impl Iterator<Item = &'a [f32]>) -> Vec<f64> {
    let mut sums = vec![0.0; days];
    for path in paths {
        sums.iter_mut().zip(path).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    sums
}

fn add(sums: &mut Vec<f64>, more: &[f64], weight: f64) {
    sums.resize(more.len(), 0.0);
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += weight * more);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(level: f32, deaths: bool) -> Trajectories {
        let mut draws = Draws::new(200, 7).unwrap().with(Target::Cases, vec![level; 1400]).unwrap();
        if deaths {
            draws = draws.with(Target::Deaths, vec![level / 10.0; 1400]).unwrap();
        }
        Trajectories { draws, admissions: Some(vec![vec![level / 100.0; 7]; 200]) }
    }

    #[test]
    fn a_pool_takes_of_each_member_its_share_in_every_stretch() {
        let (ten, twenty) = (steady(10.0, true), steady(20.0, false));
        let pooled = Trajectories::pool(&[(&ten, 0.75), (&twenty, 0.25)]).unwrap();
        let cases: Vec<f32> = pooled.draws.paths(Target::Cases).unwrap().map(|path| path[0]).collect();
        for stretch in cases.chunks(20) {
            let of_ten = stretch.iter().filter(|first| **first == 10.0).count();
            assert!((14..=16).contains(&of_ten), "{of_ten} of 20");
        }
        // Deaths are of the one who projects them.
        assert!(pooled.draws.paths(Target::Deaths).unwrap().flatten().all(|deaths| *deaths == 1.0));
        assert_eq!(Trajectories::pool(&[]), None);
    }

    #[test]
    fn those_who_follow_take_the_ratio_of_weighted_sums() {
        let (one, other) = (steady(10.0, true), steady(30.0, true));
        let (halved, same) = (steady(5.0, true), other.clone());
        // (3 · 5 + 30) / (3 · 10 + 30)
        let ratio = Ratio::of(&[(&one, &halved, 3.0), (&other, &same, 1.0)]).unwrap();
        assert_eq!(steady(8.0, true).times(&ratio).unwrap(), steady(6.0, true));
        let nothing = Ratio::of(&[(&one, &one, 1.0), (&other, &other, 0.2)]).unwrap();
        assert_eq!(one.times(&nothing).unwrap(), one);
        assert_eq!(Ratio::of(&[(&one, &halved, 0.0)]), None);
    }
}
