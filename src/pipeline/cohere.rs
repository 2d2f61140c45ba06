//! Regions as sums of their places.

use std::collections::BTreeMap;

use countycast_engine::{Fips, Level, Target};

use super::plan::Plan;
use super::projected::{Moved, Projected};
use crate::blend::{Factor, PathSum, Ranks, SUMMED, replace};
use crate::panel::Panel;
use crate::recent::recent;
use crate::scores::quantiles::{Forecast, MEDIAN, Quantiles, Row};

/// If the places have less than this share of the region's counts, their sum does not represent it.
pub(super) const LEAST_SHARE: f64 = 0.5;

/// Replaces a region's own blend of cases and deaths by the sum of its places.
///
/// `results` are the region, if it is projected, and its places; `states` the forecasts of all finished states, whose sum is the
/// nation. Under a scenario the sum changes, quantile by quantile, in proportion to the region's own blend, so that the scenario
/// need not be simulated in each of its places.
pub(super) fn cohere(
    panel: &Panel,
    plan: &Plan,
    region: Fips,
    results: &mut [Projected],
    states: &BTreeMap<Fips, Forecast>,
) -> Vec<Moved> {
    let Some(at) = results.iter().position(|projected| projected.fips == region) else { return Vec::new() };
    if results[at].blend.is_none() {
        return Vec::new();
    }
    let parts: Vec<(Fips, &Forecast)> = match region.level() {
        Level::Nation => states.iter().map(|(fips, forecast)| (*fips, forecast)).collect(),
        _ => {
            let counties = results.iter().filter(|projected| projected.fips != region);
            counties.filter_map(|projected| Some((projected.fips, projected.blend.as_ref()?))).collect()
        }
    };
    let sums = summed(panel, plan, region, &parts);
    let scales = SUMMED.map(|target| scale(panel, region, target, parts.iter().map(|(fips, _)| *fips)));
    let Projected { blend: Some(own), alternatives, .. } = &mut results[at] else { return Vec::new() };
    let mut moved = Vec::new();
    for ((sum, target), scale) in sums.into_iter().zip(SUMMED).zip(scales) {
        let Some(before) = own.target(target).cloned() else { continue };
        let fitting = scale.filter(|scale| *scale <= 1.0 / LEAST_SHARE);
        if let Some(scale) = fitting {
            let summed = sum.quantiles(scale as f32);
            for alternative in alternatives.iter_mut() {
                if let Some(under) = alternative.blend.target(target) {
                    let changed = Quantiles::combine(&[&summed, &before, under], changed);
                    replace(&mut alternative.blend, target, changed);
                }
            }
            replace(own, target, summed);
        }
        let summed = fitting.and_then(|_| own.target(target)).and_then(total);
        let Some(own) = total(&before) else { continue };
        moved.push(Moved { fips: region, target, own, summed, scale });
    }
    moved
}

/// Sums of the places' paths, by target.
///
/// Counties of a state that has been silent for long are uncertain together: about what it will report at once, and about the
/// level that it has reached.
fn summed(panel: &Panel, plan: &Plan, region: Fips, parts: &[(Fips, &Forecast)]) -> [PathSum; 2] {
    let coupling = match region.level() {
        Level::Nation => plan.coupling.state,
        _ => {
            let known = panel.place(region).map_or(1.0, |state| state.history.cases().last_days().late_share);
            plan.coupling.county.of_share(known)
        }
    };
    let factor = Factor::of(region, plan.seed);
    let mut sums = [PathSum::default(), PathSum::default()];
    for (fips, forecast) in parts {
        for (sum, target) in sums.iter_mut().zip(SUMMED) {
            let Some(quantiles) = forecast.target(target) else { continue };
            // Sums of deaths are wide enough as they are (`docs/experiments.md`).
            let coupling = if target == Target::Cases { coupling } else { coupling.of_first_week() };
            sum.add(quantiles, &Ranks::within(&factor, *fips, coupling, plan.seed));
        }
    }
    sums
}

/// The sum of places, scaled by the ratio of scenario to baseline of the region's own blend.
fn changed(rows: &[&Row]) -> Row {
    let [summed, before, under] = rows else { return [0.0; 23] };
    let mut row: Row =
        std::array::from_fn(|i| if before[i] > 0.0 { summed[i] * (under[i] / before[i]) } else { summed[i] });
    row.sort_by(f32::total_cmp);
    row
}

/// A region's recent counts over those of its places, at least 1; none if only the region has any.
pub(super) fn scale(panel: &Panel, region: Fips, target: Target, parts: impl Iterator<Item = Fips>) -> Option<f64> {
    let recent = |fips| panel.place(fips).map_or(0.0, |place| recent(place.history.series(target).cleaned()));
    let (whole, parts) = (recent(region), parts.map(recent).sum::<f64>());
    if parts > 0.0 { Some((whole / parts).max(1.0)) } else { (whole <= 0.0).then_some(1.0) }
}

/// Median of the sum over the whole horizon.
fn total(quantiles: &Quantiles) -> Option<f64> {
    Some(f64::from(quantiles.sum.last()?[MEDIAN]))
}
