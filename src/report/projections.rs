//! The numbers of a run, read back from its Parquet files.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::{Fips, Horizon, Target};
use polars::prelude::{DataFrame, PolarsResult};
use serde_json::{Value, json};

use super::numbers::{number, people};
use crate::error::Error;
use crate::output::parquet;
use crate::output::parquet::parsed;
use crate::output::{BLEND, Outcome};
use crate::scores::Resolution;

/// Ends of the 95, 80 and 50 % intervals around the median.
const LEVELS: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/// Position of the median in [`LEVELS`].
pub(super) const MEDIAN: usize = 3;

/// Rows read at a time: a run of all counties has tens of millions.
const CHUNK_ROWS: usize = 1_000_000;

/// Quantiles at [`LEVELS`], a row per day or week ahead.
pub(super) type Fan = Vec<[f64; 7]>;

/// The projections on one place's page.
#[derive(Debug, Default)]
pub(super) struct PlaceForecast {
    /// The blend's days by target; of hospitals, patients and not admissions are drawn.
    pub(super) days: BTreeMap<Target, Fan>,
    /// Weekly new cases by model, the blend among them.
    pub(super) weeks: BTreeMap<String, Fan>,
    /// The blend's weekly new deaths.
    pub(super) deaths: Fan,
}

/// All projections of a run that the site shows.
pub(super) fn read(path: &Path) -> Result<BTreeMap<Fips, PlaceForecast>, Error> {
    let fail = |error: polars::prelude::PolarsError| Error::read(path, std::io::Error::other(error.to_string()));
    let columns = ["fips", "model", "target", "resolution", "horizon", "quantile", "value"];
    let mut places = BTreeMap::new();
    for piece in parquet::pieces(path, &columns, CHUNK_ROWS)? {
        collect(&piece?, &mut places).map_err(fail)?;
    }
    Ok(places)
}

fn collect(frame: &DataFrame, places: &mut BTreeMap<Fips, PlaceForecast>) -> PolarsResult<()> {
    let text = |name: &str| frame.column(name)?.str();
    let number = |name: &str| frame.column(name)?.f64();
    let (fips, model, target, resolution) = (text("fips")?, text("model")?, text("target")?, text("resolution")?);
    let (quantile, value) = (number("quantile")?, number("value")?);
    let horizon = frame.column("horizon")?.i32()?;
    for row in 0..frame.height() {
        let (Some(model), Some(step)) = (model.get(row), horizon.get(row)) else { continue };
        let (Some(q), Some(value)) = (quantile.get(row), value.get(row)) else { continue };
        let Some(slot) = slot(i64::from(step), q) else { continue };
        let fan = match (parsed(resolution.get(row))?, parsed(target.get(row))?) {
            (Resolution::Day, Outcome::Target(target)) if model == BLEND && target != Target::Admissions => {
                place(places, fips.get(row))?.days.entry(target).or_default()
            }
            (Resolution::Week, Outcome::Target(Target::Cases)) => {
                place(places, fips.get(row))?.weeks.entry(model.to_owned()).or_default()
            }
            (Resolution::Week, Outcome::Target(Target::Deaths)) if model == BLEND => {
                &mut place(places, fips.get(row))?.deaths
            }
            _ => continue,
        };
        set_level(fan, slot, value);
    }
    Ok(())
}

fn place<'a>(places: &'a mut BTreeMap<Fips, PlaceForecast>, fips: Option<&str>) -> PolarsResult<&'a mut PlaceForecast> {
    Ok(places.entry(parsed(fips)?).or_default())
}

impl PlaceForecast {
    /// The fans as the page reads them.
    pub(super) fn told(&self) -> Value {
        let days: serde_json::Map<_, _> =
            self.days.iter().map(|(target, fan)| (target.to_string(), told(fan))).collect();
        let weeks: serde_json::Map<_, _> = self.weeks.iter().map(|(model, fan)| (model.clone(), told(fan))).collect();
        json!({ "days": days, "weeks": weeks, "deaths": told(&self.deaths) })
    }
}

/// A fan as the page reads it.
pub(super) fn told(fan: &[[f64; 7]]) -> Value {
    fan.iter().map(|levels| levels.iter().map(|value| number(*value)).collect::<Value>()).collect()
}

/// Stores a quantile with as many digits as a chart can show.
pub(super) fn set_level(fan: &mut Fan, (step, level): (usize, usize), value: f64) {
    if fan.len() <= step {
        fan.resize(step + 1, [0.0; 7]);
    }
    fan[step][level] = people(value);
}

/// Position of a horizon, from 1, and of a quantile in a [`Fan`]; none if the site does not show it.
pub(super) fn slot(horizon: i64, quantile: f64) -> Option<(usize, usize)> {
    let level = LEVELS.iter().position(|level| (level - quantile).abs() < 1e-9)?;
    let step = usize::try_from(horizon).ok()?.checked_sub(1)?;
    (step < Horizon::MAX_DAYS).then_some((step, level))
}
