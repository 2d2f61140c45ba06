//! The data files of the site: a summary of all areas, and each state's areas in full.

use std::collections::BTreeMap;

use countycast_engine::Fips;
use countycast_engine::weekly::{Area, LAST_HORIZON, Measure, Signal, Week};
use serde_json::{Map, Value, json};

use super::super::numbers::number;
use super::Content;
use super::areas::{County, Place};
use super::forecasts::{Forecasts, Rows};
use super::history::Published;
use super::outlook::{Outlook, shown};
use crate::panel::State;
use crate::scores::quantiles::COUNTY_LEVELS;

/// Decimals in which shares are published, in per cent.
const PUBLISHED: i32 = 2;
/// Decimals of a whole fan: that of a rare disease needs one more.
const FULL: i32 = 3;

/// The signals that the run is about.
fn signals(content: &Content) -> impl Iterator<Item = Signal> {
    Signal::ALL.into_iter().filter(|signal| content.history.keys().any(|(_, known)| known == signal))
}

/// The first week of the calendar: that of the first published value.
fn first_week(content: &Content) -> Week {
    let firsts = content.history.values().filter_map(|course| course.weeks.first());
    firsts.map(|published| published.week).min().unwrap_or(content.forecasts.reference)
}

/// Data of every area for map, tables and search, and the calendar to which all weeks refer.
pub(super) fn summary(content: &Content) -> Value {
    let Content { manifest, forecasts, .. } = content;
    let first = first_week(content);
    let weeks = (0..=forecasts.reference.since(first) + i32::from(LAST_HORIZON)).map(|place| {
        let week = first.plus(place);
        let (year, number) = week.mmwr();
        json!([year, number, week.season().0])
    });
    let signal = |signal: Signal| {
        let admissions = signal.measure == Measure::Admissions;
        json!({ "name": signal.name(), "disease": signal.disease, "admissions": admissions })
    };
    // The size of a county, by which search prefers one of two with the same name, is the number of digits of its residents in
    // base 2: it takes a fifth of the space of their number.
    let county = |county: &County| {
        json!([county.fips, county.name, county.area.to_string(), number(county.population.max(1.0).log2().round())])
    };
    let notices: Vec<&String> = manifest.notices.iter().chain(&content.past.damaged).collect();
    json!({
        "version": manifest.version, "asOf": manifest.as_of, "referenceDate": manifest.reference_date,
        "engines": manifest.engines, "notices": notices,
        "firstWeek": first.to_string(), "weeks": weeks.collect::<Vec<_>>(), "reference": forecasts.reference.since(first),
        "signals": signals(content).map(signal).collect::<Vec<_>>(),
        "areas": content.areas.iter().map(|place| area(place, content, first)).collect::<Vec<_>>(),
        "counties": content.counties.iter().map(county).collect::<Vec<_>>(),
    })
}

/// One area's outlook by signal: the place of the last published week in the calendar and its value; if there is a forecast, the
/// week once revised, four medians and, as per cent, the probabilities of a rise and of one by a quarter. Signals of which
/// later weeks are published and not believed are `doubted`; `follows` has those whose forecast is that of the area around, with
/// the code of that area.
fn area(place: &Place, content: &Content, first: Week) -> Value {
    let (mut outlooks, mut doubted, mut follows) = (Map::new(), Vec::new(), Map::new());
    let around = place.state.filter(|_| place.area.below_state()).unwrap_or(Fips::US);
    for signal in signals(content) {
        let key = (place.area.clone(), signal);
        let Some(course) = content.history.get(&key) else { continue };
        if course.doubted {
            doubted.push(signal.name());
        }
        if content.forecasts.following.contains(&key) {
            follows.insert(signal.name().to_owned(), json!(around));
        }
        let Some(published) = course.weeks.last() else { continue };
        let value = |value: f64| shown(signal, value, PUBLISHED);
        let mut cells = vec![json!(published.week.since(first)), value(published.value)];
        if let Some(rows) = content.forecasts.rows.get(&key) {
            let outlook = Outlook::new(rows);
            let per_cent = |probability: &f64| number((100.0 * probability).round());
            cells.push(value(outlook.revised));
            cells.extend(outlook.medians.iter().map(|median| value(*median)));
            cells.extend(outlook.rising.iter().chain(&outlook.marked).map(per_cent));
        }
        outlooks.insert(signal.name().to_owned(), Value::Array(cells));
    }
    json!({
        "area": place.area.to_string(), "name": place.name, "state": place.state, "population": place.population.map(number),
        "abbreviation": place.state.filter(|_| !place.area.below_state()).and_then(State::of).map(|state| state.abbreviation),
        "outlook": outlooks, "doubted": doubted, "follows": follows,
    })
}

/// All that is shown of each area, by state; the nation, and what lies in no state, stand under `US`.
pub(super) fn groups(content: &Content) -> BTreeMap<Fips, Value> {
    let first = first_week(content);
    let mut groups: BTreeMap<Fips, Map<String, Value>> = BTreeMap::new();
    for place in &content.areas {
        let group = groups.entry(place.state.unwrap_or(Fips::US)).or_default();
        group.insert(place.area.to_string(), details(&place.area, content, first));
    }
    groups.into_iter().map(|(code, places)| (code, Value::Object(places))).collect()
}

/// By signal: published weeks, first publications, the forecast, and those of earlier weeks.
fn details(area: &Area, content: &Content, first: Week) -> Value {
    let mut found = Map::new();
    for signal in signals(content) {
        let key = (area.clone(), signal);
        let Some(history) = content.history.get(&key).map(|course| &course.weeks).filter(|weeks| !weeks.is_empty())
        else {
            continue;
        };
        let fan = |forecasts: &Forecasts| forecasts.rows.get(&key).map(|rows| fan(signal, rows));
        let told = content.past.weeks.iter().filter_map(|past| Some(json!([past.reference.since(first), fan(past)?])));
        found.insert(
            signal.name().to_owned(),
            json!({
                "from": history.first().map(|week| week.week.since(first)),
                "published": values(signal, history),
                "first": firsts(signal, history, first),
                "fan": fan(&content.forecasts),
                "told": told.collect::<Vec<_>>(),
            }),
        );
    }
    Value::Object(found)
}

/// A value a week from the first on; none where nothing was published.
fn values(signal: Signal, history: &[Published]) -> Vec<Option<Value>> {
    let mut values = Vec::new();
    for published in history {
        let place = usize::try_from(published.week.since(history[0].week)).unwrap_or_default();
        values.resize(place, None);
        values.push(Some(shown(signal, published.value, PUBLISHED)));
    }
    values
}

/// Week, value and day of first publications.
fn firsts(signal: Signal, history: &[Published], first: Week) -> Vec<Value> {
    let of = |published: &Published| {
        let (value, day) = published.first?;
        Some(json!([published.week.since(first), shown(signal, value, PUBLISHED), day]))
    };
    history.iter().filter_map(of).collect()
}

/// Seven quantiles a week, the week before the reference week first.
fn fan(signal: Signal, rows: &Rows) -> Vec<[Value; 7]> {
    rows.iter().map(|row| COUNTY_LEVELS.map(|level| shown(signal, f64::from(row[level]), FULL))).collect()
}
