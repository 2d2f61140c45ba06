//! The treatment finder's page, and its data: read when the page is opened, and by no other.

use std::collections::BTreeMap;

use countycast_engine::{Covariate, Fips, Level};
use serde_json::{Map, Value, json};

use super::content::Content;
use super::numbers::rounded;
use crate::error::Error;
use crate::finder::availability::Entry;
use crate::finder::disease::{Disease, Ratio};
use crate::finder::estimate::{Ages, Interval, estimate};
use crate::finder::postal::Point;
use crate::finder::providers::{Centres, List, Provider};
use crate::finder::{Finder, Request};
use crate::panel::Panel;

const PAGE: &str = include_str!("assets/finder.html");
/// Scripts of its own, in the order in which they are loaded.
const SCRIPTS: [(&str, &str); 3] = [
    ("nearby.js", include_str!("assets/nearby.js")),
    ("treatment.js", include_str!("assets/treatment.js")),
    ("finder.js", include_str!("assets/finder.js")),
];
/// What it uses of the others'.
const USES: [&str; 5] = ["page.js", "addresses.js", "tables.js", "search.js", "places.js"];

/// Reads the finder's files.
pub(super) fn read(request: &Request, panel: &Panel) -> Result<Finder, Error> {
    let mut centres = Centres::default();
    for place in panel.counties() {
        if let Some((name, state)) = place.history.location().name.rsplit_once(", ")
            && let Some(point) = centre(place.fips(), panel)
        {
            centres.add(state, name, point);
        }
    }
    Finder::read(request, &centres)
}

/// Where a county's middle lies.
fn centre(fips: Fips, panel: &Panel) -> Option<Point> {
    let covariates = &panel.place(fips)?.history.location().covariates;
    Point::new(covariates.get(Covariate::Latitude)?, covariates.get(Covariate::Longitude)?)
}

/// Adds the page and its files to those of the site.
pub(super) fn add(files: &mut BTreeMap<String, String>, content: &Content) {
    let Some(finder) = &content.finder else { return };
    let names = USES.into_iter().chain(SCRIPTS.map(|(name, _)| name));
    let tags: String = names.map(|name| format!("<script src=\"scripts/{name}\"></script>\n")).collect();
    files.insert("finder.html".to_owned(), PAGE.replace("{scripts}\n", &tags));
    files.extend(SCRIPTS.map(|(name, text)| (format!("scripts/{name}"), text.to_owned())));
    let mut put = |code: String, told: Value| {
        files.insert(format!("data/{code}.js"), format!("countycast.file(\"{code}\",{told});\n"));
    };
    put("finder".to_owned(), told(finder, content));
    for (state, risks) in risks(finder, content) {
        put(format!("finder-risks-{state}"), Value::Object(risks));
    }
    for (state, providers) in by_state(finder) {
        put(
            format!("finder-providers-{state}"),
            providers.into_iter().map(|provider| shown(provider, finder)).collect(),
        );
    }
    put(
        "finder-availability".to_owned(),
        finder.availability.iter().flat_map(|known| &known.entries).map(entry).collect(),
    );
    for (digit, codes) in postal(finder) {
        put(format!("postal-{digit}"), Value::Object(codes));
    }
}

/// What the page knows at first.
fn told(finder: &Finder, content: &Content) -> Value {
    let diseases = finder.diseases.iter().map(|disease| {
        let measure = disease.facts.places.as_deref();
        json!({
            "name": disease.name, "title": disease.title, "specialties": disease.specialties,
            "source": disease.facts.source, "measure": measure,
            "local": measure.is_some_and(|measure| finder.prevalence.as_ref().is_some_and(|known| known.has(measure))),
            "admission": ratio(disease.facts.admission.as_ref()), "death": ratio(disease.facts.death.as_ref()),
        })
    });
    let centres: Map<String, Value> = content
        .run
        .places
        .iter()
        .filter(|row| row.fips.level() == Level::County)
        .filter_map(|row| Some((row.fips.to_string(), point(centre(row.fips, &content.panel)?))))
        .collect();
    let states: Map<String, Value> = by_state(finder)
        .into_iter()
        .map(|(state, providers)| {
            let points = || providers.iter().filter_map(|provider| provider.place).map(|(point, _)| point);
            let ends = |of: fn(Point) -> f64| {
                points().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
            };
            let (north, east) = (ends(|point| point.north), ends(|point| point.east));
            (state.to_owned(), json!([north.0, east.0, north.1, east.1]))
        })
        .collect();
    let count = |list: List| finder.providers.iter().filter(|provider| provider.list == list).count();
    let epidemiology = &content.epidemiology;
    json!({
        "diseases": diseases.collect::<Vec<_>>(),
        "centres": centres,
        "states": states,
        "lists": { "cms": count(List::Cms), "hifld": count(List::Hifld), "nppes": count(List::Nppes), "unlocated": finder.unlocated },
        "ascertainment": epidemiology.ascertainment,
        "places": finder.prevalence.as_ref().map(|known| known.year.clone()),
        "postal": finder.postal_codes.is_some(),
        "availability": finder.availability.as_ref().map(|known| json!({
            "entries": known.entries.len(), "unknown": known.unknown,
        })),
    })
}

fn ratio(ratio: Option<&Ratio>) -> Value {
    ratio.map_or(Value::Null, |ratio| json!([ratio.ratio, ratio.lower, ratio.upper, ratio.source]))
}

fn point(point: Point) -> Value {
    json!([rounded(point.north, 5), rounded(point.east, 5)])
}

/// Of each county by state: for each disease in their order, infected people with it per reported case, share admitted and share
/// dying each with its interval, share of adults who have it, and whether that is the county's own (2), its state's (1) or the
/// nation's (0). A county whose ages are not known has none.
fn risks(finder: &Finder, content: &Content) -> BTreeMap<String, Map<String, Value>> {
    let mut states: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for row in content.run.places.iter().filter(|row| row.fips.level() == Level::County) {
        let Some(state) = row.fips.state() else { continue };
        let known = content.panel.place(row.fips).and_then(|place| Ages::of(place.history.location()));
        let Some(ages) = known else { continue };
        let of = finder.diseases.iter().map(|disease| risk(disease, row.fips, &ages, finder, content)).collect();
        states.entry(state.to_string()).or_default().insert(row.fips.to_string(), of);
    }
    states
}

fn risk(disease: &Disease, fips: Fips, ages: &Ages, finder: &Finder, content: &Content) -> Value {
    let measure = disease.facts.places.as_deref();
    let local = measure.zip(finder.prevalence.as_ref()).and_then(|(measure, known)| known.of(measure, fips));
    let basis = local.map_or(0, |share| 2 - u8::from(share.of_state));
    let found = estimate(disease, ages, local.map(|share| share.value), &content.epidemiology);
    let ends = |Interval { value, lower, upper }: Interval| json!([share(value), share(lower), share(upper)]);
    json!([share(found.per_case), ends(found.admitted), ends(found.died), share(found.adults), basis])
}

/// A share to four digits: the page shows no more.
fn share(value: f64) -> Value {
    if value <= 0.0 {
        return json!(0);
    }
    let digits = 3 - value.log10().floor() as i32;
    rounded(value, digits.clamp(0, 12))
}

fn by_state(finder: &Finder) -> BTreeMap<&str, Vec<&Provider>> {
    let mut states: BTreeMap<&str, Vec<&Provider>> = BTreeMap::new();
    for provider in &finder.providers {
        // Names of files are letters alone, whatever stands in a list.
        let plain = provider.state.len() == 2 && provider.state.bytes().all(|byte| byte.is_ascii_uppercase());
        states.entry(if plain { &provider.state } else { "other" }).or_default().push(provider);
    }
    states
}

/// A provider: list, number, name, address, city, state, postal code, telephone, kind, positions of the diseases that it is listed
/// for, emergency services, beds, day, point, how that is known.
fn shown(provider: &Provider, finder: &Finder) -> Value {
    let treats = (0..finder.diseases.len()).filter(|&at| provider.treats(&finder.diseases[at])).collect::<Vec<_>>();
    let place = provider.place.map(|(at, how)| (point(at), how));
    json!([
        provider.list,
        provider.number,
        provider.name,
        provider.address,
        provider.city,
        provider.state,
        provider.postal_code,
        provider.telephone,
        provider.kind,
        treats,
        provider.emergency,
        provider.beds,
        provider.as_of,
        place.as_ref().map(|(point, _)| point),
        place.as_ref().map(|(_, how)| how)
    ])
}

/// An entry as a service at `/api/availability` gives it, too.
fn entry(entry: &Entry) -> Value {
    json!({
        "provider": entry.provider, "specialty": entry.specialty, "accepting_new_patients": entry.accepting_new_patients,
        "telehealth": entry.telehealth, "insurances": entry.insurances, "updated_at": entry.updated_at.to_string(),
    })
}

/// Points of postal codes by their first digit.
fn postal(finder: &Finder) -> BTreeMap<char, Map<String, Value>> {
    let mut digits: BTreeMap<char, Map<String, Value>> = BTreeMap::new();
    for (code, at) in finder.postal_codes.iter().flat_map(|codes| codes.iter()) {
        if let Some(digit) = code.chars().next() {
            digits.entry(digit).or_default().insert(code.to_owned(), point(at));
        }
    }
    digits
}
