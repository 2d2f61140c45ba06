//! Regions as sums of their places.

use std::collections::BTreeMap;

use countycast_engine::{Fips, Level, Series, Target};

use super::batch::{Batch, Projected};
use crate::blend::{Factor, PathSum, SUMMED, replace};
use crate::panel::Place;
use crate::scores::quantiles::{Forecast, MEDIAN};

/// Days over which a region's counts are compared with those of its places: some cases belong to no county.
const WINDOW_DAYS: usize = 56;
/// If the places have less than this share of the region's counts, their sum does not represent it.
const LEAST_SHARE: f64 = 0.5;

/// Outcome of coherence for a region and target.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Moved {
    /// The region.
    pub fips: String,
    /// `inc case` or `inc death`.
    pub target: String,
    /// Median of the region's own blend, summed over the horizon, people.
    pub own: f64,
    /// Median of the sum of its places, which replaces it; none if the own blend is kept because the places have less
    /// than half of the region's recent counts.
    pub summed: Option<f64>,
    /// The region's counts over those of its places in the last eight weeks: some belong to no county. None if the
    /// places have none.
    pub scale: Option<f64>,
}

impl Batch<'_> {
    /// Replaces a region's own blend of cases and deaths by the sum of its places.
    ///
    /// `results` are the region, where it is projected, and its places; `states` the forecasts of all states that are
    /// done, whose sum is the nation.
    pub(super) fn cohere(
        &self,
        region: Fips,
        results: &mut [Projected],
        states: &BTreeMap<Fips, Forecast>,
    ) -> Vec<Moved> {
        let Some(at) = results.iter().position(|projected| projected.fips == region) else { return Vec::new() };
        if results[at].blend.is_none() {
            return Vec::new();
        }
        let nation = Factor::nation(self.plan.seed);
        let (factor, coupling) = match region.level() {
            Level::Nation => (nation, self.plan.coupling.state),
            _ => (nation.within(region, self.plan.coupling.state, self.plan.seed), self.plan.coupling.county),
        };
        let parts: Vec<(Fips, &Forecast)> = match region.level() {
            Level::Nation => states.iter().map(|(fips, forecast)| (*fips, forecast)).collect(),
            _ => {
                let counties = results.iter().filter(|projected| projected.fips != region);
                counties.filter_map(|projected| Some((projected.fips, projected.blend.as_ref()?))).collect()
            }
        };
        let mut sums = [PathSum::default(), PathSum::default()];
        for (fips, forecast) in &parts {
            let factor = factor.within(*fips, coupling, self.plan.seed);
            for (sum, target) in sums.iter_mut().zip(SUMMED) {
                if let Some(quantiles) = forecast.target(target) {
                    sum.add(quantiles, &factor);
                }
            }
        }
        let scales = SUMMED.map(|target| self.scale(region, target, parts.iter().map(|(fips, _)| *fips)));
        let Some(own) = &mut results[at].blend else { return Vec::new() };
        let mut moved = Vec::new();
        for ((sum, target), scale) in sums.into_iter().zip(SUMMED).zip(scales) {
            let Some(before) = total(own, target) else { continue };
            let fitting = scale.filter(|scale| *scale <= 1.0 / LEAST_SHARE);
            if let Some(scale) = fitting {
                replace(own, target, sum.quantiles(scale as f32));
            }
            let summed = total(own, target).filter(|_| fitting.is_some());
            let name = crate::scores::target_name(target).to_owned();
            moved.push(Moved { fips: region.to_string(), target: name, own: before, summed, scale });
        }
        moved
    }

    /// A region's recent counts over those of its places, at least 1; none if only the region has any.
    fn scale(&self, region: Fips, target: Target, parts: impl Iterator<Item = Fips>) -> Option<f64> {
        let recent = |fips: Fips| {
            let series = |place: &Place| -> f64 {
                let series: &Series =
                    if target == Target::Deaths { place.history.deaths() } else { place.history.cases() };
                series.cleaned().iter().rev().take(WINDOW_DAYS).sum()
            };
            self.panel.place(fips).map_or(0.0, series)
        };
        let (whole, parts) = (recent(region), parts.map(recent).sum::<f64>());
        if parts > 0.0 { Some((whole / parts).max(1.0)) } else { (whole <= 0.0).then_some(1.0) }
    }
}

/// Median of the sum over the whole horizon.
fn total(forecast: &Forecast, target: Target) -> Option<f64> {
    Some(f64::from(forecast.target(target)?.sum.last()?[MEDIAN]))
}
