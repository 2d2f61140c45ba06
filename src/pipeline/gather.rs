//! Gathering of results into places and of places into groups, in whatever order they arrive.

use std::collections::BTreeMap;

use countycast_engine::Fips;

use super::cohere::cohere;
use super::collect::{Answers, Around, collect};
use super::failure::Failure;
use super::job::{Answer, Keep};
use super::patients;
use super::premises::Premises;
use super::projected::{Group, Projected};
use super::select::Selection;
use super::trajectories::Ratio;
use crate::error::Error;
use crate::panel::Place;
use crate::scores::quantiles::Forecast;

/// A county whose jobs are not all done.
struct Waiting<'a> {
    place: &'a Place,
    jobs: usize,
    keep: Keep,
    answers: Answers,
}

/// Collects a place as soon as all of its jobs are done, and hands on a group as soon as all of its places are collected, in the
/// order of the groups.
pub(super) struct Gathering<'g, 'a, S> {
    premises: &'g Premises<'a>,
    selection: &'g Selection,
    /// Regions with their counties, without the groups already done.
    groups: Vec<(Fips, Vec<&'a Place>)>,
    /// Number of groups handed to the sink.
    flushed: usize,
    waiting: BTreeMap<Fips, Waiting<'a>>,
    collected: BTreeMap<Fips, Projected>,
    /// The states, for their counties to fall back on.
    pub(super) around: BTreeMap<Fips, Around>,
    /// The regions' blends, of which the nation is the sum.
    regions: BTreeMap<Fips, Forecast>,
    sink: S,
}

impl<'g, 'a, S: FnMut(Group) -> Result<(), Error>> Gathering<'g, 'a, S> {
    pub(super) fn new(
        premises: &'g Premises<'a>,
        selection: &'g Selection,
        groups: Vec<(Fips, Vec<&'a Place>)>,
        done: &BTreeMap<Fips, Option<Forecast>>,
        sink: S,
    ) -> Self {
        let known = |(fips, forecast): (&Fips, &Option<Forecast>)| Some((*fips, forecast.clone()?));
        Self {
            premises,
            selection,
            groups,
            flushed: 0,
            waiting: BTreeMap::new(),
            collected: BTreeMap::new(),
            around: BTreeMap::new(),
            regions: done.iter().filter_map(known).collect(),
            sink,
        }
    }

    /// Collects a region and returns the ratio of each scenario to its baseline.
    pub(super) fn region(&mut self, place: &'a Place, answers: Answers, keep: Keep) -> Vec<Ratio> {
        let projected = collect(self.premises, place, answers, keep, None);
        let ratios = projected.alternatives.iter().map(|under| under.ratio.clone()).collect();
        self.collected.insert(place.fips(), projected);
        ratios
    }

    /// Announces the number of jobs of a county.
    pub(super) fn expect(&mut self, place: &'a Place, jobs: usize, keep: Keep) {
        let waiting = Waiting { place, jobs, keep, answers: Answers::default() };
        if jobs == 0 { self.complete(waiting) } else { drop(self.waiting.insert(place.fips(), waiting)) }
    }

    /// Takes the result of one of a county's jobs.
    pub(super) fn add(
        &mut self,
        county: Fips,
        engine: Option<usize>,
        answer: Result<Answer, Failure>,
    ) -> Result<(), Error> {
        let Some(waiting) = self.waiting.get_mut(&county) else { return Ok(()) };
        waiting.answers.add(engine, answer);
        waiting.jobs -= 1;
        if waiting.jobs > 0 {
            return Ok(());
        }
        if let Some(waiting) = self.waiting.remove(&county) {
            self.complete(waiting);
        }
        self.flush()
    }

    fn complete(&mut self, mut waiting: Waiting<'a>) {
        waiting.answers.sort();
        let fips = waiting.place.fips();
        let around = fips.state().and_then(|state| self.around.get(&state));
        let projected = collect(self.premises, waiting.place, waiting.answers, waiting.keep, around);
        self.collected.insert(fips, projected);
    }

    /// Hands on the groups that are complete.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        while let Some((region, places)) = self.groups.get(self.flushed) {
            if places.iter().any(|place| !self.collected.contains_key(&place.fips())) {
                break;
            }
            let region = *region;
            let needed = [region].into_iter().chain(places.iter().map(|place| place.fips()));
            let needed = needed.filter(|fips| self.selection.needs(*fips));
            let mut results: Vec<Projected> = needed.filter_map(|fips| self.collected.remove(&fips)).collect();
            let Premises { panel, plan, .. } = self.premises;
            let moved = cohere(panel, plan, region, &mut results, &self.regions);
            patients::add(panel, region, &mut results, &self.regions);
            let forecast = results.iter().find(|projected| projected.fips == region).and_then(|p| p.blend.clone());
            results.retain(|projected| self.selection.contains(projected.fips));
            self.regions.extend(forecast.clone().map(|forecast| (region, forecast)));
            (self.sink)(Group { region, forecast, moved, results })?;
            self.flushed += 1;
        }
        Ok(())
    }
}
