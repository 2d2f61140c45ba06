//! What the site knows of every place at first: for map, tables and search.

use std::collections::BTreeMap;

use countycast_engine::{Fips, Level};
use serde_json::{Map, Value, json};

use super::care;
use super::content::Content;
use super::numbers::{number, people, rounded};
use super::projections::{Fan, MEDIAN, PlaceForecast};
use super::{capacity, details, weeks};
use crate::output::BLEND;
use crate::output::places::Listed;
use crate::panel::{District, Panel, Place};
use crate::reproduction::reproduction;

/// Days of a week as projections count them.
const WEEK: usize = 7;

/// Of the run, and of its places by column: a name for each place would be a third of the page.
pub(super) fn of(content: &Content) -> Value {
    let manifest = &content.run.manifest;
    let places: Vec<(&Listed, Option<&Place>)> =
        content.run.places.iter().map(|row| (row, content.panel.place(row.fips))).collect();
    let mut districts = Districts::default();
    let (mut published, mut reported_in) = (Map::new(), Map::new());
    for (row, place) in &places {
        let Some(place) = place else { continue };
        let (reported, used) = (last(place.history.cases().reported()), last(place.history.cases().cleaned()));
        if reported != used {
            published.insert(row.fips.to_string(), number(reported));
        }
        if let Some(district) = place.reported_in.as_deref() {
            reported_in.insert(row.fips.to_string(), json!(districts.number(district, content)));
        }
    }
    let codes: Vec<String> = places.iter().map(|(row, _)| row.fips.to_string()).collect();
    json!({
        "asOf": manifest.as_of, "firstDay": content.panel.first_day().to_string(), "synthetic": manifest.synthetic,
        "version": manifest.version, "horizonDays": manifest.horizon_days,
        "weeksBack": weeks::number_of(content), "weeksAhead": manifest.horizon_days / WEEK,
        "runs": content.past.iter().map(|run| run.as_of.to_string()).collect::<Vec<_>>(),
        "before": content.before.as_ref().map(|run| run.as_of.to_string()),
        "finder": content.finder.is_some(), "districts": districts.told, "published": published, "reportedIn": reported_in,
        "columns": {
            "fips": codes.join(" "),
            "name": column(&places, |row, _| Some(json!(row.name))),
            "state": column(&places, |row, place| own_abbreviation(row, place).map(|text| json!(text))),
            "population": column(&places, |row, _| row.population.map(number)),
            "rt": column(&places, |row, _| Some(Value::from(row.reproduction?.map(|value| rounded(value, 2)).to_vec()))),
            "icu": column(&places, |row, _| content.needs.get(&row.fips).and_then(|needs| capacity::brief(needs))),
            "care": column(&places, |row, _| content.care.get(&row.fips).and_then(|care| care::middle(care)).map(number)),
            "lastWeek": column(&places, |_, place| Some(number(week_of(place?, 1)?))),
            "weekBefore": column(&places, |_, place| Some(number(week_of(place?, 2)?))),
            "deaths": column(&places, |_, place| Some(number(last(place?.history.deaths().cleaned())))),
            "next": column(&places, |row, _| next(content.forecasts.get(&row.fips))),
        },
    })
}

/// A value for each place.
fn column(
    places: &[(&Listed, Option<&Place>)],
    value: impl Fn(&Listed, Option<&Place>) -> Option<Value>,
) -> Vec<Option<Value>> {
    places.iter().map(|(row, place)| value(row, *place)).collect()
}

/// The abbreviation of a state; counties have it in their names.
fn own_abbreviation(row: &Listed, place: Option<&Place>) -> Option<&'static str> {
    place.filter(|_| row.fips.level() == Level::State)?.state.map(|state| state.abbreviation)
}

/// Cases of a whole week, 1 being the last.
fn week_of(place: &Place, back: usize) -> Option<f64> {
    let weeks = place.history.cases().weekly();
    weeks.len().checked_sub(back).map(|index| weeks[index].round())
}

/// Medians of the blend's cases and deaths of the next seven days and of the fourth week.
fn next(forecast: Option<&PlaceForecast>) -> Option<Value> {
    let forecast = forecast?;
    let middle = |fan: Option<&Fan>, week: usize| fan?.get(week).map(|levels| number(people(levels[MEDIAN])));
    let (cases, deaths) = (forecast.weeks.get(BLEND), Some(&forecast.deaths));
    Some(json!([middle(cases, 0), middle(cases, 3), middle(deaths, 0)]))
}

fn last(days: &[f64]) -> f64 {
    days.iter().rev().take(WEEK).sum::<f64>().round()
}

/// Districts that report for counties, each once.
#[derive(Default)]
struct Districts {
    numbers: BTreeMap<Vec<Fips>, usize>,
    told: Vec<Value>,
}

impl Districts {
    /// The position of a district in the list: its name, residents of its counties, cases of its last week and of the one before,
    /// and its reproduction number.
    fn number(&mut self, district: &District, content: &Content) -> usize {
        *self.numbers.entry(district.counties.clone()).or_insert_with(|| {
            let week = |back: usize| last(&district.cases[..district.cases.len().saturating_sub(WEEK * back)]);
            let estimate = details::series(district).and_then(|cases| reproduction(&cases, content.generation));
            let rt = estimate.map(|rt| [rt.median, rt.lower, rt.upper].map(|value| rounded(value, 2)));
            self.told.push(json!({
                "name": district.name, "population": residents(district, &content.panel), "lastWeek": number(week(0)),
                "weekBefore": number(week(1)), "rt": rt,
            }));
            self.told.len() - 1
        })
    }
}

fn residents(district: &District, panel: &Panel) -> Option<Value> {
    let people = district.counties.iter().map(|fips| panel.place(*fips)?.history.location().population);
    people.sum::<Option<f64>>().map(number)
}
