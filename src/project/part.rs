//! Results of a group of places, stored until all groups are complete.

use std::fs;
use std::path::Path;

use countycast_engine::{Fips, Level};
use serde::{Deserialize, Serialize};

use super::capacity;
use crate::capacity::{Census, Settings};
use crate::error::Error;
use crate::identity::sha256;
use crate::lake::MOST_BYTES;
use crate::lake::parameters::Found;
use crate::output::capacity::CapacityRow;
use crate::output::counties::CountyRow;
use crate::output::projections::{LocationForecasts, Totals};
use crate::output::{Staging, regular};
use crate::panel::Panel;
use crate::pipeline::{Group, Moved, Projected, Summary};
use crate::scores::quantiles::Forecast;

/// A group's results as written to the files, and stored so that an interrupted run can be resumed.
#[derive(Serialize, Deserialize)]
pub(super) struct Part {
    /// The region's blend, even if the region was not selected: the nation may need it.
    region: Option<Forecast>,
    places: Vec<Place>,
    pub(super) rows: Vec<CountyRow>,
    pub(super) needs: Vec<CapacityRow>,
    pub(super) summary: Summary,
    pub(super) moved: Vec<Moved>,
    /// Trajectories of counties' patients.
    pub(super) censuses: Vec<(Fips, Census)>,
    /// The engines' parameters, if the run learns.
    pub(super) parameters: Vec<Found>,
}

/// Quantiles of one location.
#[derive(Serialize, Deserialize)]
struct Place {
    fips: Fips,
    members: Vec<(String, Forecast)>,
    blend: Option<Forecast>,
}

impl Part {
    /// Takes a group's results; `parameters` tells whether to keep the engines' parameters.
    pub(super) fn new(group: Group, panel: &Panel, beds: &Settings, parameters: bool) -> Self {
        let Group { forecast, moved, results, .. } = group;
        let mut summary = Summary::default();
        summary.add(&results);
        let rows = results.iter().filter_map(|r| Some(CountyRow::new(panel.place(r.fips)?, r))).collect();
        let needs = results.iter().flat_map(|r| capacity::own_rows(panel, r, beds)).collect();
        let found = results.iter().filter(|_| parameters);
        let found = found.flat_map(|r| r.parameters.iter().map(|(model, p)| Found::new(r.fips, model, p))).collect();
        let mut censuses = Vec::new();
        let place = |mut result: Projected| {
            let census = result.blend_census.take().filter(|_| result.fips.level() == Level::County);
            censuses.extend(census.map(|census| (result.fips, census)));
            Place {
                fips: result.fips,
                members: result.members.into_iter().map(|(model, f)| (model.to_owned(), f)).collect(),
                blend: result.blend,
            }
        };
        let places = results.into_iter().map(place).collect();
        Self { region: forecast, places, rows, needs, summary, moved, censuses, parameters: found }
    }

    /// The region's blend.
    pub(super) fn region(&self) -> Option<Forecast> {
        self.region.clone()
    }

    /// Passes each location's quantiles to `each`.
    pub(super) fn for_each_location(
        &self,
        panel: &Panel,
        mut each: impl FnMut(&LocationForecasts<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for Place { fips, members, blend } in &self.places {
            let fips = *fips;
            let totals = panel.place(fips).map_or_else(Totals::default, Totals::of);
            let members: Vec<(&str, &Forecast)> = members.iter().map(|(model, f)| (model.as_str(), f)).collect();
            each(&LocationForecasts { fips, members: &members, blend: blend.as_ref(), totals })?;
        }
        Ok(())
    }
}

/// Name of a group's part.
pub(super) fn name(group: Fips) -> String {
    format!("{group}.part")
}

/// Name of the training data of the engines' models, stored beside the parts until the end.
pub(super) const MODELS: &str = "models";
/// Digits of the SHA-256 before a stored value.
const HASH: usize = 64;

/// Stores a value for a resumed run.
pub(super) fn write(staging: &Staging, name: &str, value: &impl Serialize) -> Result<(), Error> {
    let write = |path: &Path| {
        let bytes = postcard::to_allocvec(value).map_err(std::io::Error::other);
        let stored = bytes.and_then(|bytes| fs::write(path, [sha256(&bytes).as_bytes(), &bytes].concat()));
        stored.map_err(|source| Error::write(path, source))
    };
    staging.write(&format!("parts/{name}"), write).map(drop)
}

/// Reads a value that [`write`] stored under this name; none if it is missing or damaged, so that it is made again.
pub(super) fn read<T: serde::de::DeserializeOwned>(staging: &Staging, name: &str) -> Option<T> {
    let stored = regular::bytes(&staging.parts().join(name), MOST_BYTES).ok()?;
    let (hash, bytes) = stored.split_at_checked(HASH)?;
    // A damaged value may still be one, with other numbers.
    (hash == sha256(bytes).as_bytes()).then(|| postcard::from_bytes(bytes).ok()).flatten()
}
