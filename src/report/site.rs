//! The files of the site of a run over daily cases.

use std::collections::BTreeMap;

use countycast_engine::{Delay, Fips, Level};
use serde_json::{Value, json};

use super::capacity::{Needs, intensive_care, own_hospitals};
use super::care::{self, Care};
use super::pages::{self, Kind};
use super::past::{PastRun, Told};
use super::projections::{Fan, MEDIAN, PlaceForecast};
use super::{Built, Run};
use crate::error::Error;
use crate::output::places::Listed;
use crate::output::{BLEND, Staging};
use crate::panel::{Panel, Place};
use crate::policies::Policies;
use crate::reproduction::reproduction_over_time;

/// Its page and scripts.
const KIND: Kind = Kind {
    title: "County projections",
    search: "Find a county or state",
    scripts: [("charts.js", include_str!("assets/charts.js")), ("site.js", include_str!("assets/site.js"))],
};

/// The data of the site.
pub(super) struct Content {
    pub(super) run: Run,
    pub(super) panel: Panel,
    pub(super) forecasts: BTreeMap<Fips, PlaceForecast>,
    pub(super) needs: Needs,
    pub(super) care: Care,
    pub(super) past: Vec<PastRun>,
    pub(super) policies: Policies,
    /// Time from one infection to the next, as the run took it.
    pub(super) generation: Delay,
}

/// Writes all files into the reserved folder, where they appear together.
pub(super) fn write(staging: Staging, content: &Content) -> Result<Built, Error> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("data/summary.js".to_owned(), format!("countycast.summary({});\n", summary(content)));
    let mut groups: BTreeMap<Fips, serde_json::Map<String, Value>> = BTreeMap::new();
    for row in &content.run.places {
        let Some(place) = content.panel.place(row.fips) else { continue };
        let group = groups.entry(row.fips.state().unwrap_or(Fips::US)).or_default();
        group.insert(row.fips.to_string(), details(row.fips, place, content));
    }
    for (code, places) in groups {
        let policies = json!(content.policies.get(&code));
        let text = format!("countycast.places(\"{code}\",{},{policies});\n", Value::Object(places));
        files.insert(format!("data/{code}.js"), text);
    }
    pages::write(staging, &KIND, files, content.run.places.len())
}

/// Data of every place for map, tables and search.
fn summary(content: &Content) -> Value {
    let Content { run: Run { manifest, places }, panel, needs, care, forecasts, .. } = content;
    let place = |row: &Listed| {
        let place = panel.place(row.fips);
        let weeks = place.map(|place| place.history.cases().weekly()).unwrap_or_default();
        let back = |n: usize| weeks.len().checked_sub(n).map(|index| weeks[index].round());
        json!({
            "fips": row.fips, "name": row.name, "state": place.and_then(|p| p.state).map(|s| s.abbreviation),
            "population": row.population, "phase": row.phase, "rt": row.reproduction,
            "icu": needs.get(&row.fips).and_then(|needs| intensive_care(needs)),
            "hospitals": needs.get(&row.fips).and_then(|needs| own_hospitals(needs)),
            "care": care.get(&row.fips).and_then(|care| care::middle(care)),
            "lastWeek": back(1), "weekBefore": back(2),
            "published": place.map(|place| last_week(place.history.cases().reported())),
            "deaths": place.map(|place| last_week(place.history.deaths().cleaned())),
            "next": next(forecasts.get(&row.fips)),
            "reportedIn": place.and_then(|place| district(place, panel)),
        })
    };
    json!({
        "asOf": manifest.as_of, "firstDay": panel.first_day().to_string(), "synthetic": manifest.synthetic,
        "version": manifest.version, "horizonDays": manifest.horizon_days,
        "places": places.iter().map(place).collect::<Vec<_>>(),
    })
}

/// Medians of the blend's cases and deaths of the next seven days and of the fourth week.
fn next(forecast: Option<&PlaceForecast>) -> Option<[Option<f64>; 4]> {
    let forecast = forecast?;
    let middle = |fan: Option<&Fan>, week: usize| Some(fan?.get(week)?[MEDIAN]);
    let (cases, deaths) = (forecast.weeks.get(BLEND), Some(&forecast.deaths));
    Some([middle(cases, 0), middle(cases, 3), middle(deaths, 0), middle(deaths, 3)])
}

/// The district that reports for a county: its name, residents of its counties, and cases of its last week and of the one
/// before.
fn district(place: &Place, panel: &Panel) -> Option<Value> {
    let district = place.reported_in.as_deref()?;
    let residents = district.counties.iter().map(|fips| panel.place(*fips)?.history.location().population);
    let week = |back: usize| last_week(&district.cases[..district.cases.len().saturating_sub(7 * back)]);
    Some(json!({
        "name": district.name, "population": residents.sum::<Option<f64>>(), "lastWeek": week(0), "weekBefore": week(1),
    }))
}

fn last_week(days: &[f64]) -> f64 {
    days.iter().rev().take(7).sum::<f64>().round()
}

/// One place's past and future.
fn details(fips: Fips, place: &Place, content: &Content) -> Value {
    let round = |days: &[f64], digits: f64| days.iter().map(|v| (v * digits).round() / digits).collect::<Vec<_>>();
    let cases = place.history.cases();
    let risk = reproduction_over_time(cases, 7, content.generation);
    let risk = risk.iter().map(|week| week.map(|r| round(&[r.median, r.lower, r.upper], 100.0)));
    let told = content.past.iter().filter_map(|run| run.told(fips, cases, content.run.manifest.as_of));
    json!({
        "cases": round(place.reported_in.as_deref().map_or(cases.cleaned(), |district| &district.cases), 10.0),
        "deaths": round(place.history.deaths().cleaned(), 10.0),
        "forecast": content.forecasts.get(&fips),
        "rt": risk.collect::<Vec<_>>(),
        "hospital": content.needs.get(&fips).map_or(&[][..], Vec::as_slice),
        "care": content.care.get(&fips).map_or(&[][..], Vec::as_slice),
        "told": told.collect::<Vec<Told<'_>>>(),
        "notices": place.notices(),
        "patients": patients(place),
        "repaired": { "cases": runs(cases.repaired()), "deaths": runs(place.history.deaths().repaired()) },
    })
}

/// Reported hospital patients by day, of a state that reports them; none on days without a report.
fn patients(place: &Place) -> Option<Vec<Option<f64>>> {
    let by_day = place.history.patients_by_day().filter(|_| place.fips().level() == Level::State)?;
    Some(by_day.iter().map(|patients| patients.is_finite().then_some(*patients)).collect())
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
