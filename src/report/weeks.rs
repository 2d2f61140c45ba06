//! Weeks of all places, which the map shows one after the other, and what was projected for them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::content::Content;
use super::numbers::{counts, number};
use super::projections::MEDIAN;
use crate::output::BLEND;
use crate::output::places::Listed;
use crate::panel::Place;

/// Most weeks ahead in which an earlier run's projections are compared with what came.
const AHEAD: usize = 4;

/// Weekly cases of whoever counts a place's, oldest first.
pub(super) fn cases(place: &Place) -> Vec<f64> {
    match place.reported_in.as_deref() {
        Some(district) => district.cases.rchunks_exact(7).rev().map(|week| week.iter().sum()).collect(),
        None => place.history.cases().weekly(),
    }
}

/// Weeks of the panel.
pub(super) fn number_of(content: &Content) -> usize {
    content.panel.nation().history.cases().weekly().len()
}

/// Weekly cases and deaths without the weeks before the first, and medians of the coming weeks' cases and deaths.
pub(super) fn all(content: &Content) -> Value {
    let mut found: BTreeMap<&str, Map<String, Value>> =
        ["cases", "deaths", "next"].map(|name| (name, Map::new())).into();
    let mut put = |name: &'static str, fips: &str, value: Value| {
        found.entry(name).or_default().insert(fips.to_owned(), value);
    };
    for row in &content.run.places {
        let Some(place) = content.panel.place(row.fips) else { continue };
        let fips = row.fips.to_string();
        put("cases", &fips, json!(course(&cases(place))));
        put("deaths", &fips, json!(course(&place.history.deaths().weekly())));
        if let Some(forecast) = content.forecasts.get(&row.fips) {
            let medians = |fan: &[[f64; 7]]| counts(&fan.iter().map(|levels| levels[MEDIAN]).collect::<Vec<_>>());
            let cases = forecast.weeks.get(BLEND).map(|fan| medians(fan)).unwrap_or_default();
            put("next", &fips, json!([cases, medians(&forecast.deaths)]));
        }
    }
    json!(found)
}

/// Counts from the first that rounds to one on.
fn course(weeks: &[f64]) -> Vec<Value> {
    let first = weeks.iter().position(|count| *count >= 0.5).unwrap_or(weeks.len());
    weeks[first..].iter().map(|count| number(count.round())).collect()
}

/// By place and earlier run, the medians of the four weeks after it; how many days ago each run was.
pub(super) fn told(content: &Content) -> Value {
    let as_of = content.run.manifest.as_of;
    let medians =
        |fan: &Vec<[f64; 7]>| counts(&fan.iter().take(AHEAD).map(|levels| levels[MEDIAN]).collect::<Vec<_>>());
    let of = |row: &Listed| {
        let runs = content.past.iter().map(|run| run.weeks.get(&row.fips).map(medians)).collect::<Vec<_>>();
        (row.fips.to_string(), json!(runs))
    };
    json!({
        "daysAgo": content.past.iter().map(|run| run.age(as_of)).collect::<Vec<_>>(),
        "places": content.run.places.iter().map(of).collect::<Map<_, _>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_before_the_first_are_left_out() {
        assert_eq!(json!(course(&[0.0, 0.2, 3.4, 0.0, 1.0])), json!([3, 0, 1]));
        assert_eq!(course(&[0.0]), Vec::<Value>::new());
    }
}
