//! The site of a run over weekly signals: the nation, states and Health Service Areas, with a map of the counties.

mod areas;
mod data;
mod forecasts;
mod history;
mod outlook;
mod past;

use std::collections::BTreeMap;

use super::pages::{self, Kind};
use super::{Built, Request};
use crate::error::Error;
use crate::output::Staging;
use crate::output::signals::SignalsManifest;

/// Its page and scripts.
const KIND: Kind = Kind {
    title: "Flu, COVID-19 and RSV",
    search: "Find a county or state",
    scripts: &[
        ("seasons.js", include_str!("../assets/seasons.js")),
        ("weekly.js", include_str!("../assets/weekly.js")),
    ],
    card: None,
};

/// What a run wrote that the site shows.
struct Content {
    manifest: SignalsManifest,
    areas: Vec<areas::Place>,
    counties: Vec<areas::County>,
    forecasts: forecasts::Forecasts,
    history: history::History,
    /// Forecasts of earlier weeks.
    past: past::Past,
}

/// Builds the site.
///
/// # Errors
/// [`Error::Input`] for a damaged run; [`Error::Request`] where a data folder is named, as the run has kept what was known, or an
/// address, which only feeds need.
pub(super) fn build(request: &Request, staging: Staging) -> Result<Built, Error> {
    if request.data.is_some() {
        return Err(Error::Request {
            message: "--data: a run over weekly signals has kept what was known, and no data folder is read".to_owned(),
            remedy: "leave --data out".to_owned(),
        });
    }
    if request.address.is_some() {
        return Err(Error::Request {
            message: "--address: the site of weekly signals has no feeds that would link to it".to_owned(),
            remedy: "leave --address out".to_owned(),
        });
    }
    let out = &request.out;
    let files = ["signals.parquet", "history.parquet", "areas.parquet", "crosswalk.parquet"];
    let manifest = SignalsManifest::read_with(out, &files)?;
    let forecasts = forecasts::read(&out.join("signals.parquet"))?;
    let folders: Vec<_> = [out].into_iter().chain(&request.past).cloned().collect();
    let content = Content {
        areas: areas::read(&out.join("areas.parquet"))?,
        counties: areas::counties(&out.join("crosswalk.parquet"))?,
        history: history::read(&out.join("history.parquet"))?,
        past: past::read(&folders, forecasts.reference)?,
        forecasts,
        manifest,
    };
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("data/summary.js".to_owned(), format!("countycast.summary({});\n", data::summary(&content)));
    for (code, places) in data::groups(&content) {
        files.insert(format!("data/{code}.js"), format!("countycast.places(\"{code}\",{places});\n"));
    }
    pages::write(staging, &KIND, files, content.areas.len())
}
