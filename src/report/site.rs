//! The files of the site of a run over daily cases.

use std::collections::BTreeMap;

use countycast_engine::{Fips, Level};
use serde_json::{Value, json};

use super::content::Content;
use super::numbers::rounded;
use super::pages::{self, Kind};
use super::peers::Peers;
use super::{Built, capacity, changes, details, feeds, finder, summary, weeks};
use crate::error::Error;
use crate::output::Staging;
use crate::output::places::Listed;

/// Its page and scripts.
const KIND: Kind = Kind {
    title: "County projections",
    search: "Find a county or state",
    scripts: &[
        ("places.js", include_str!("assets/places.js")),
        ("measures.js", include_str!("assets/measures.js")),
        ("weeks.js", include_str!("assets/weeks.js")),
        ("charts.js", include_str!("assets/charts.js")),
        ("bars.js", include_str!("assets/bars.js")),
        ("sections.js", include_str!("assets/sections.js")),
        ("overview.js", include_str!("assets/overview.js")),
        ("mapview.js", include_str!("assets/mapview.js")),
        ("site.js", include_str!("assets/site.js")),
    ],
    card: Some(("card.js", include_str!("assets/card.js"))),
};

/// Rows of the table of hospitals in need, on the nation's page and on a state's.
const NEEDS: [usize; 2] = [20, 10];

/// Writes all files into the reserved folder, where they appear together.
pub(super) fn write(staging: Staging, content: &Content) -> Result<Built, Error> {
    let mut files = feeds::all(content);
    files.insert("data/summary.js".to_owned(), format!("countycast.summary({});\n", summary::of(content)));
    let peers = Peers::of(&content.panel);
    for row in &content.run.places {
        if let Some(place) = content.panel.place(row.fips) {
            let mut told = details::of(row, place, content);
            add(&mut told, row, content, &peers);
            put(&mut files, &row.fips.to_string(), &told);
        }
    }
    put(&mut files, "weeks", &weeks::all(content));
    if !content.past.is_empty() {
        put(&mut files, "told", &weeks::told(content));
    }
    finder::add(&mut files, content);
    pages::write(staging, &KIND, files, content.run.places.len())
}

fn put(files: &mut BTreeMap<String, String>, code: &str, content: &Value) {
    files.insert(format!("data/{code}.js"), format!("countycast.file(\"{code}\",{content});\n"));
}

/// What only a county, a state or the nation has.
fn add(told: &mut Value, row: &Listed, content: &Content, peers: &Peers) {
    let fips = row.fips;
    if fips.level() == Level::County {
        told["name"] = json!(row.name);
        told["asOf"] = json!(content.run.manifest.as_of);
        told["synthetic"] = json!(content.run.manifest.synthetic);
        told["district"] = json!(content.panel.place(fips).and_then(|place| place.district()));
        told["old"] = json!(peers.old(fips).map(share));
        told["peers"] = peers.nearest(fips).into_iter().map(|peer| json!([peer, peers.old(peer).map(share)])).collect();
        return;
    }
    told["raised"] = json!(feeds::raised(fips, content));
    told["changes"] = json!(changes::among(fips, content));
    told["needs"] = needs(fips, content);
    if fips.level() == Level::State {
        let inside = content
            .run
            .places
            .iter()
            .filter(|other| other.fips.level() == Level::County && other.fips.state() == Some(fips));
        let small = inside.filter_map(|other| {
            let place = content.panel.place(other.fips)?;
            Some((other.fips.to_string(), details::small(other.fips, place, content)))
        });
        told["counties"] = Value::Object(small.collect());
        told["policies"] = json!(content.policies.get(&fips));
    }
}

/// A share of people, to a tenth of a per cent.
fn share(value: f64) -> Value {
    rounded(value, 3)
}

/// Hospitals of counties most in need of intensive care, with their county's code.
fn needs(whole: Fips, content: &Content) -> Value {
    let most = NEEDS[usize::from(whole != Fips::US)];
    let inside = |fips: &Fips| fips.level() == Level::County && (whole == Fips::US || fips.state() == Some(whole));
    let mut ranked: Vec<_> = content
        .needs
        .iter()
        .filter(|(fips, _)| inside(fips))
        .filter_map(|(fips, needs)| Some((capacity::rank(needs)?, *fips, capacity::own_hospitals(needs)?)))
        .collect();
    ranked.sort_by_key(|(rank, fips, _)| (*rank, *fips));
    ranked.into_iter().take(most).map(|(_, fips, told)| json!([fips, told])).collect()
}
