//! The blend's forecasts, from `signals.parquet` or the file that a run keeps of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countycast_engine::weekly::{Area, FIRST_HORIZON, LAST_HORIZON, Signal, Week};
use polars::prelude::{Column, DataFrame, PolarsError, PolarsResult};

use crate::error::Error;
use crate::output::parquet::{self, parsed};
use crate::output::signals::FOLLOWS;
use crate::scores::quantiles::{LEVELS, Row};
use crate::weekly::{BLEND, Forecast};

/// Weeks of a forecast.
const WEEKS: usize = (LAST_HORIZON - FIRST_HORIZON + 1) as usize;

/// Quantiles by week, [`FIRST_HORIZON`] first.
pub(super) type Rows = [Row; WEEKS];

/// The blend's forecasts of one reference week.
pub(super) struct Forecasts {
    /// Horizon 0.
    pub(super) reference: Week,
    /// By area and signal.
    pub(super) rows: BTreeMap<(Area, Signal), Rows>,
    /// Those that are the forecasts of the area around, the state or the nation.
    pub(super) following: BTreeSet<(Area, Signal)>,
}

impl Forecasts {
    /// The same of forecasts that are at hand.
    pub(super) fn of(reference: Week, forecasts: Vec<Forecast>) -> Self {
        let mut found = Self { reference, rows: BTreeMap::new(), following: BTreeSet::new() };
        for forecast in forecasts {
            let key = (forecast.area, forecast.signal);
            let Ok(rows) = Rows::try_from(forecast.rows) else { continue };
            if forecast.follows {
                found.following.insert(key.clone());
            }
            found.rows.insert(key, rows);
        }
        found
    }
}

/// The blend's forecasts in a file.
pub(super) fn read(path: &Path) -> Result<Forecasts, Error> {
    forecasts(&parquet::read(path)?).map_err(|error| parquet::wrong(path, error.to_string()))
}

fn forecasts(frame: &DataFrame) -> PolarsResult<Forecasts> {
    let text = |name: &str| frame.column(name)?.str();
    let (signal, area, model) = (text("signal")?, text("area")?, text("model")?);
    let number = |name: &str| frame.column(name)?.f64();
    let (quantile, value) = (number("quantile")?, number("value")?);
    let horizon = frame.column("horizon")?.i32()?;
    let follows = frame.column(FOLLOWS)?.bool()?;
    let reference = weeks(frame.column("reference_date")?)?.into_iter().next().flatten();
    let reference = reference.ok_or_else(|| PolarsError::ComputeError("there is no reference date".into()))?;
    let mut found = Forecasts { reference, rows: BTreeMap::new(), following: BTreeSet::new() };
    for row in (0..frame.height()).filter(|&row| model.get(row) == Some(BLEND)) {
        let level = quantile.get(row).and_then(|q| LEVELS.iter().position(|level| (level - q).abs() < 1e-9));
        let week = horizon.get(row).and_then(|h| usize::try_from(h - i32::from(FIRST_HORIZON)).ok());
        let cell = level.zip(week.filter(|week| *week < WEEKS)).zip(value.get(row));
        if let Some(((level, week), value)) = cell {
            let key = (parsed(area.get(row))?, parsed(signal.get(row))?);
            if follows.get(row) == Some(true) {
                found.following.insert(key.clone());
            }
            found.rows.entry(key).or_insert([[f32::NAN; LEVELS.len()]; WEEKS])[week][level] = value as f32;
        }
    }
    Ok(found)
}

/// The weeks that the Saturdays of a column end.
pub(super) fn weeks(column: &Column) -> PolarsResult<Vec<Option<Week>>> {
    Ok(parquet::days(column)?.into_iter().map(|day| day.and_then(Week::ending)).collect())
}
