//! Trajectories of all quantities by which a scenario is assessed, draw by draw.

use countycast_engine::{Draws, Streams, Target};

use crate::capacity::{self, Bed, Census};

/// Joint trajectories: for each quantity, draws × days values, one draw after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trajectories {
    pub(super) days: usize,
    pub(super) cases: Vec<f32>,
    pub(super) deaths: Vec<f32>,
    pub(super) admissions: Vec<f32>,
    pub(super) ward: Vec<f32>,
    pub(super) icu: Vec<f32>,
}

impl Trajectories {
    /// Completes an engine's draws with zero deaths if it projects none, and with hospital patients.
    pub(super) fn of(draws: &Draws, course: &capacity::Course, streams: &Streams) -> Option<Self> {
        let values = |target| Some(draws.paths(target)?.flatten().copied().collect::<Vec<f32>>());
        let cases = values(Target::Cases)?;
        let deaths = values(Target::Deaths).unwrap_or_else(|| vec![0.0; cases.len()]);
        let admissions = course.all_admissions(draws, streams)?.concat();
        Some(Self::with_patients(draws.days(), cases, deaths, admissions, course))
    }

    fn with_patients(
        days: usize,
        cases: Vec<f32>,
        deaths: Vec<f32>,
        admissions: Vec<f32>,
        course: &capacity::Course,
    ) -> Self {
        let (mut ward, mut icu) = (Vec::with_capacity(cases.len()), Vec::with_capacity(cases.len()));
        for path in admissions.chunks_exact(days) {
            let patients = course.patients(path);
            ward.extend(patients.0);
            icu.extend(patients.1);
        }
        Self { days, cases, deaths, admissions, ward, icu }
    }

    /// The response of an engine without mechanisms: its own baseline times the ratio by which the mechanistic members'
    /// mean changes on each day.
    pub(super) fn follow(&self, baseline: &[&Self], scenario: &[&Self], course: &capacity::Course) -> Self {
        let scaled = |values: fn(&Self) -> &Vec<f32>| {
            let ratio = ratio(&sum(baseline, values, self.days), &sum(scenario, values, self.days));
            values(self).iter().zip(ratio.iter().cycle()).map(|(value, ratio)| value * ratio).collect()
        };
        let (cases, deaths) = (scaled(|t| &t.cases), scaled(|t| &t.deaths));
        Self::with_patients(self.days, cases, deaths, scaled(|t| &t.admissions), course)
    }

    /// Draws taken from the members in turn: a linear pool.
    pub(super) fn pool(members: &[&Self]) -> Option<Self> {
        Self::taken(members, |draw| draw % members.len())
    }

    /// Draw `i` of the result is draw `i` of the member that `which` names.
    pub(super) fn taken(members: &[&Self], which: impl Fn(usize) -> usize) -> Option<Self> {
        let days = members.first()?.days;
        let take = |values: fn(&Self) -> &Vec<f32>| {
            let draws = values(members.first()?).len() / days;
            let path = |draw: usize| values(members.get(which(draw))?).get(draw * days..(draw + 1) * days);
            Some((0..draws).map(path).collect::<Option<Vec<&[f32]>>>()?.concat())
        };
        Some(Self {
            days,
            cases: take(|t| &t.cases)?,
            deaths: take(|t| &t.deaths)?,
            admissions: take(|t| &t.admissions)?,
            ward: take(|t| &t.ward)?,
            icu: take(|t| &t.icu)?,
        })
    }

    /// Patients on the ward and in intensive care together.
    pub(super) fn patients(&self) -> Vec<f32> {
        self.ward.iter().zip(&self.icu).map(|(ward, icu)| ward + icu).collect()
    }

    /// Patients in one kind of bed.
    pub(super) fn of_bed(&self, bed: Bed) -> &[f32] {
        match bed {
            Bed::Ward => &self.ward,
            Bed::Icu => &self.icu,
        }
    }

    /// The census of all draws.
    pub(super) fn census(&self) -> Census {
        let paths = self.ward.chunks_exact(self.days).zip(self.icu.chunks_exact(self.days));
        Census::of_paths(self.days, paths.map(|(ward, icu)| (ward.to_vec(), icu.to_vec())))
    }

    /// Adds another place's trajectories, draw by draw.
    pub(super) fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.cases, &other.cases),
            (&mut self.deaths, &other.deaths),
            (&mut self.admissions, &other.admissions),
            (&mut self.ward, &other.ward),
            (&mut self.icu, &other.icu),
        ];
        for (sums, more) in pairs {
            sums.iter_mut().zip(more).for_each(|(sum, value)| *sum += value);
        }
    }
}

/// Sums over members and draws, by day.
fn sum(members: &[&Trajectories], values: fn(&Trajectories) -> &Vec<f32>, days: usize) -> Vec<f64> {
    let mut sums = vec![0.0; days];
    for path in members.iter().flat_map(|member| values(member).chunks_exact(days)) {
        sums.iter_mut().zip(path).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    sums
}

/// Scenario over baseline by day; 1 where the baseline is zero.
fn ratio(baseline: &[f64], scenario: &[f64]) -> Vec<f32> {
    let ratio = |(base, with): (&f64, &f64)| if *base > 1e-9 { (with / base) as f32 } else { 1.0 };
    baseline.iter().zip(scenario).map(ratio).collect()
}
