//! One place's past and future, as its page reads it.

use countycast_engine::{Fips, Level, Series};
use serde_json::{Value, json};

use super::capacity::Need;
use super::content::Content;
use super::numbers::{counts, number, rounded};
use super::past::Told;
use super::projections::PlaceForecast;
use super::{alerts, weeks};
use crate::output::BLEND;
use crate::output::places::Listed;
use crate::panel::{District, Place};
use crate::reproduction::{Reproduction, reproduction_over_time};
use crate::scores::PhaseKind;

/// The place's counts, projections, needs, alerts and notices.
pub(super) fn of(row: &Listed, place: &Place, content: &Content) -> Value {
    let fips = row.fips;
    let cases = place.history.cases();
    let counted = place.reported_in.as_deref().map_or(cases.cleaned(), |district| &district.cases);
    let told = content.past.iter().filter_map(|run| run.told(fips, cases, content.run.manifest.as_of));
    json!({
        "cases": counts(counted),
        "deaths": counts(place.history.deaths().cleaned()),
        "forecast": content.forecasts.get(&fips).map(PlaceForecast::told),
        "rt": reproduction(place, content),
        "hospital": content.needs.get(&fips).into_iter().flatten().map(Need::json).collect::<Vec<_>>(),
        "care": content.care.get(&fips).map_or(&[][..], Vec::as_slice),
        "told": told.map(|told: Told<'_>| told.json()).collect::<Vec<_>>(),
        "notices": place.notices(),
        "fallback": row.phase == PhaseKind::Fallback,
        "patients": patients(place),
        "repaired": { "cases": runs(cases.repaired()), "deaths": runs(place.history.deaths().repaired()) },
        "alerts": alerts::of(row, content),
    })
}

/// R_t once a week, of the place or of the district that counts its cases: median, 5 % and 95 %.
fn reproduction(place: &Place, content: &Content) -> Vec<Value> {
    let over_time = |cases: &Series| reproduction_over_time(cases, 7, content.generation);
    let estimates = match place.reported_in.as_deref() {
        Some(district) => series(district).as_ref().map(over_time).unwrap_or_default(),
        None => over_time(place.history.cases()),
    };
    let told = |estimate: Reproduction| {
        json!([rounded(estimate.median, 2), rounded(estimate.lower, 2), rounded(estimate.upper, 2)])
    };
    estimates.into_iter().map(|estimate| estimate.map_or(Value::Null, told)).collect()
}

/// A district's cases as a series; corrections downward count as days without cases.
pub(super) fn series(district: &District) -> Option<Series> {
    Series::from_counts(district.cases.iter().map(|count| count.max(0.0)).collect()).ok()
}

/// Reported hospital patients by day, of a state that reports them; none on days without a report.
fn patients(place: &Place) -> Option<Vec<Option<Value>>> {
    let by_day = place.history.patients_by_day().filter(|_| place.fips().level() == Level::State)?;
    Some(by_day.iter().map(|patients| patients.is_finite().then(|| number(*patients))).collect())
}

/// First and last index of each run of marked days.
fn runs(marked: &[bool]) -> Vec<[usize; 2]> {
    let mut runs: Vec<[usize; 2]> = Vec::new();
    for day in (0..marked.len()).filter(|&day| marked[day]) {
        match runs.last_mut().filter(|run| run[1] + 1 == day) {
            Some(run) => run[1] = day,
            None => runs.push([day, day]),
        }
    }
    runs
}

/// Weeks of each county on the page of its state.
const WEEKS: usize = 20;

/// A county on the page of its state: its last weeks, and 10 % quantile, median and 90 % quantile of the coming ones.
pub(super) fn small(fips: Fips, place: &Place, content: &Content) -> Value {
    let course = weeks::cases(place);
    let next = content.forecasts.get(&fips).and_then(|forecast| forecast.weeks.get(BLEND));
    let next = next.map_or(&[][..], Vec::as_slice).iter().map(|levels| counts(&[levels[1], levels[3], levels[5]]));
    json!({ "weeks": counts(&course[course.len().saturating_sub(WEEKS)..]), "next": next.collect::<Vec<_>>() })
}
