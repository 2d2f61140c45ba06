//! What has changed since the run before.

use countycast_engine::{Fips, Level};
use serde_json::{Value, json};

use super::alerts;
use super::content::Content;
use super::numbers::{number, people};
use super::projections::MEDIAN;
use crate::output::BLEND;

/// Places listed at most.
const MOST: usize = 10;
/// Fewest cases of a week, counted or projected, of a place whose change is told.
const LEAST: f64 = 50.0;
/// A change of the median by which a place is listed: a tenth.
const MARKED: f64 = 1.1;

/// Counties of a state, or of the nation, whose projection moved most since the run before, with cases and median then; which are
/// now likely to have more cases next week, and which no longer, each with their number. None where there was no run before.
pub(super) fn among(whole: Fips, content: &Content) -> Option<Value> {
    let before = content.before.as_ref()?;
    let back = before.age(content.run.manifest.as_of)?;
    let inside = |fips: Fips| fips.level() == Level::County && (whole == Fips::US || fips.state() == Some(whole));
    let counties: Vec<Fips> = content.run.places.iter().map(|row| row.fips).filter(|fips| inside(*fips)).collect();
    let moved = |fips: &Fips| {
        let then = before.weeks.get(fips)?.first()?[MEDIAN];
        let now = content.forecasts.get(fips)?.weeks.get(BLEND)?.first()?[MEDIAN];
        let cases = alerts::week(*fips, content, back)?;
        let ratio = (now / then).max(then / now);
        (then.min(now) >= LEAST && ratio >= MARKED).then_some((ratio, *fips, cases, then))
    };
    let mut most: Vec<_> = counties.iter().filter_map(moved).collect();
    most.sort_by(|a, b| b.0.total_cmp(&a.0));
    let places: Vec<Value> = most
        .iter()
        .take(MOST)
        .map(|(_, fips, cases, then)| json!([fips, number(cases.round()), number(people(*then))]))
        .collect();
    let (mut began, mut ended) = (Vec::new(), Vec::new());
    for fips in counties {
        match (alerts::rose_in(before, back, fips, content), alerts::rises_now(fips, content)) {
            (false, true) => began.push(fips),
            (true, false) => ended.push(fips),
            _ => {}
        }
    }
    let told = |mut all: Vec<Fips>| {
        let residents = |fips: &Fips| content.panel.place(*fips).and_then(|place| place.history.location().population);
        all.sort_by(|a, b| residents(b).unwrap_or(0.0).total_cmp(&residents(a).unwrap_or(0.0)));
        json!([all.iter().take(MOST).collect::<Vec<_>>(), all.len()])
    };
    Some(json!({ "places": places, "began": told(began), "ended": told(ended) }))
}
