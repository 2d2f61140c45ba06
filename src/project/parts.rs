//! Parts that are written group by group and assembled at the end.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use countycast_engine::{Fips, Level, Target};

use super::capacity;
use crate::error::Error;
use crate::output::capacity::CapacityRow;
use crate::output::counties::CountyRow;
use crate::output::projections::{self, Totals};
use crate::output::{self, Staging, hub};
use crate::panel::Panel;
use crate::pipeline::{Group, Moved, Summary};
use crate::scores::quantiles::{Forecast, Quantiles};

/// A group's results, kept until all groups are complete.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Part {
    pub(super) rows: Vec<CountyRow>,
    pub(super) needs: Vec<CapacityRow>,
    pub(super) summary: Summary,
    pub(super) moved: Vec<Moved>,
    /// The region's blend: position of the target in [`Target::ALL`], and quantiles.
    region: Option<Vec<(usize, Quantiles)>>,
}

impl Part {
    /// The region's blend.
    pub(super) fn region(self) -> Option<Forecast> {
        let target = |(i, quantiles): (usize, Quantiles)| Some((*Target::ALL.get(i)?, quantiles));
        self.region.map(|targets| Forecast { targets: targets.into_iter().filter_map(target).collect() })
    }
}

/// Extension of the parts that hold trajectories of patients.
pub(super) const CENSUS: &str = "census.parquet";
/// Extension of the parts that hold engines' parameters.
pub(super) const PARAMETERS: &str = "parameters.parquet";

pub(super) fn part(staging: &Staging, group: Fips, extension: &str) -> PathBuf {
    staging.parts().join(format!("{group}.{extension}"))
}

/// The JSON is written last: if it exists, the others are complete.
pub(super) fn write_part(
    staging: &Staging,
    panel: &Panel,
    beds: &crate::capacity::Settings,
    group: &Group,
) -> Result<(), Error> {
    let (results, region) = (group.results.as_slice(), group.region);
    let totals = |fips| panel.place(fips).map_or_else(Totals::default, Totals::of);
    let as_of = panel.as_of();
    staging.write(&format!("parts/{region}.parquet"), |path| projections::write_part(path, as_of, results, totals))?;
    staging.write(&format!("parts/{region}.csv"), |path| {
        let mut text = Vec::new();
        hub::write(&mut text, as_of, results).and_then(|()| fs::write(path, text)).map_err(|e| Error::write(path, e))
    })?;
    let county = |fips: Fips| fips.level() == Level::County;
    let censuses = results.iter().filter(|r| county(r.fips)).filter_map(|r| Some((r.fips, r.blend_census.as_ref()?)));
    staging.write(&format!("parts/{region}.{CENSUS}"), |path| output::capacity::write_censuses(path, censuses))?;
    let needs = results.iter().flat_map(|r| capacity::own_rows(panel, r, beds)).collect();
    let mut summary = Summary::default();
    summary.add(results);
    let rows = results.iter().filter_map(|r| Some(CountyRow::new(panel.place(r.fips)?, r))).collect();
    let moved = group.moved.clone();
    let targets = |forecast: &Forecast| forecast.targets.iter().map(|(t, q)| (*t as usize, q.clone())).collect();
    let forecast = group.forecast.as_ref().map(targets);
    write_json(staging, &format!("parts/{region}.json"), &Part { rows, needs, summary, moved, region: forecast })
}

/// Training data of the engines' models, kept until the end.
pub(super) const MODELS: &str = "parts/models.json";

pub(super) fn write_json(staging: &Staging, name: &str, value: &impl serde::Serialize) -> Result<(), Error> {
    let write = |path: &Path| {
        let text = serde_json::to_vec(value).map_err(std::io::Error::other);
        text.and_then(|text| fs::write(path, text)).map_err(|source| Error::write(path, source))
    };
    staging.write(name, write).map(|_| ())
}

pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = fs::read(path).map_err(|source| Error::read(path, source))?;
    serde_json::from_slice(&text).map_err(|error| Error::write(path, std::io::Error::other(error)))
}

pub(super) fn join_text(path: &Path, header: &str, parts: &[PathBuf]) -> Result<(), Error> {
    let mut file = fs::File::create(path).map_err(|source| Error::write(path, source))?;
    file.write_all(header.as_bytes()).map_err(|source| Error::write(path, source))?;
    for part in parts {
        let mut text = fs::File::open(part).map_err(|source| Error::read(part, source))?;
        std::io::copy(&mut text, &mut file).map_err(|source| Error::write(path, source))?;
    }
    Ok(())
}
