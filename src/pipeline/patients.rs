//! Hospital patients of a region as many as its places have together.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::{Fips, Level, Target};

use super::cohere::{LEAST_SHARE, scale};
use super::projected::Projected;
use crate::panel::{District, Panel, Place};
use crate::recent::recent;
use crate::scores::quantiles::{Forecast, Quantiles, mean};

/// Adds admissions and patients to the blends of a region and its places, `results`, with scenarios.
///
/// The region's own trajectories, whose width its past errors tell, are moved on each day to the mean that its places have
/// together; by how much, the `states`, which are finished, tell the nation. They are kept where places are missing from the
/// run, or hold less than half of the region's cases.
pub(super) fn add(panel: &Panel, region: Fips, results: &mut [Projected], states: &BTreeMap<Fips, Forecast>) {
    let (regions, places): (Vec<&mut Projected>, Vec<&mut Projected>) =
        results.iter_mut().partition(|projected| projected.fips == region);
    let mut parts = BTreeMap::<Fips, Means>::new();
    let whole = regions.first().and_then(|region| region.blend_census.clone());
    for place in places {
        if let Some((whole, share)) = whole.as_ref().zip(district_share(panel, place.fips)) {
            let of_day = vec![share; whole.days()];
            place.blend_census = Some(whole.clone().times(&[of_day.clone(), of_day.clone(), of_day]));
        }
        append(place);
        parts.extend(place.blend.as_ref().and_then(means).map(|means| (place.fips, means)));
    }
    if region.level() == Level::Nation {
        parts = states.iter().filter_map(|(fips, forecast)| Some((*fips, means(forecast)?))).collect();
    }
    for own in regions {
        if let Some(factors) = factors(panel, own, &parts) {
            own.blend_census = own.blend_census.take().map(|census| census.times(&factors));
            for under in &mut own.alternatives {
                under.census = under.census.take().map(|census| census.times(&factors));
            }
        }
        append(own);
    }
}

/// Means by day: admissions, patients on the ward and in intensive care.
type Means = [Vec<f64>; 3];

/// Adds the quantiles of the census to the blend, and under each scenario.
fn append(projected: &mut Projected) {
    let baseline = (&mut projected.blend, &projected.blend_census);
    let under = projected.alternatives.iter_mut().map(|under| (&mut under.blend, &under.census));
    for (blend, census) in baseline.0.as_mut().map(|blend| (blend, baseline.1)).into_iter().chain(under) {
        blend.targets.extend(census.iter().flat_map(|census| census.quantiles()));
    }
}

fn means(forecast: &Forecast) -> Option<Means> {
    let of = |target| forecast.target(target).map(|quantiles: &Quantiles| quantiles.day.iter().map(mean).collect());
    let (all, icu): (Vec<f64>, Vec<f64>) = (of(Target::HospitalCensus)?, of(Target::IcuCensus)?);
    let ward = all.iter().zip(&icu).map(|(all, icu)| all - icu).collect();
    Some([of(Target::Admissions)?, ward, icu])
}

/// Factors from a region's own means to those of its places together.
fn factors(panel: &Panel, own: &Projected, parts: &BTreeMap<Fips, Means>) -> Option<Means> {
    let within = |place: &&Place| own.fips == Fips::US || place.fips().state() == Some(own.fips);
    let all = if own.fips == Fips::US { panel.states() } else { panel.counties() };
    if all.iter().filter(within).any(|place| !parts.contains_key(&place.fips())) {
        return None;
    }
    // Patients of districts are among those of their counties, whose rows have no cases.
    let whole = recent(panel.place(own.fips)?.history.cases().cleaned());
    let of_districts = districts(panel, own.fips).map(|district| recent(&district.cases)).sum::<f64>() / whole.max(1.0);
    let covered = 1.0 / scale(panel, own.fips, Target::Cases, parts.keys().copied())?;
    if covered < LEAST_SHARE {
        return None;
    }
    let scale = 1.0 / (covered + of_districts).min(1.0);
    let before = own.blend_census.as_ref()?.means();
    let factors = std::array::from_fn(|kind: usize| {
        let day = |(day, before): (usize, &f64)| {
            let together: f64 = parts.values().filter_map(|means| means[kind].get(day)).sum();
            if *before > 0.0 { scale * together / before } else { 1.0 }
        };
        before[kind].iter().enumerate().map(day).collect()
    });
    Some(factors)
}

/// The districts that report for counties of a state.
fn districts(panel: &Panel, state: Fips) -> impl Iterator<Item = &District> {
    let mut told = BTreeSet::new();
    let within = panel.counties().iter().filter(move |county| county.fips().state() == Some(state));
    let districts = within.filter_map(|county| county.reported_in.as_deref());
    districts.filter(move |district| told.insert(district.name.as_str()))
}

/// Share of its state's patients that live in a county whose district reports for it: the district's of the cases, and the
/// county's of the district's residents.
fn district_share(panel: &Panel, county: Fips) -> Option<f64> {
    let district = panel.place(county)?.reported_in.as_deref()?;
    let state = panel.place(county.state()?)?;
    let residents = |fips: Fips| panel.place(fips)?.history.location().population;
    let all: f64 = district.counties.iter().map(|fips| residents(*fips)).sum::<Option<f64>>()?;
    let whole = recent(state.history.cases().cleaned());
    (all > 0.0 && whole > 0.0).then_some(recent(&district.cases) / whole * residents(county)? / all)
}
