//! `signals.parquet`: forecasts of weekly signals, and the hubs' files of them.

pub mod areas;
pub mod history;
mod manifest;

pub use manifest::{Held, SignalsManifest};

use std::fmt::Write;
use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::{Area, FIRST_HORIZON, Signal, Week};
use countycast_signals::{Geography, Hub};
use polars::prelude::{Column, DataFrame, DataType, PolarsResult};

use super::days_since_epoch;
use super::derived::{self, Extras};
use super::parquet;
use super::staging::Layout;
use crate::config;
use crate::error::Error;
use crate::scores::quantiles::{LEVELS, Row};
use crate::weekly::Forecast;

/// Everything that a run over weekly signals writes. Hub files and forecasts of other weeks are kept: a hub collects the ones,
/// and the others are compared with what came.
pub const LAYOUT: Layout = Layout {
    names: &["signals.parquet", "history.parquet", "areas.parquet", "crosswalk.parquet", "past", "hub", "run.json"],
    kept: &["hub", "past"],
};

/// The header of a hub's file.
const HEADER: &str = "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value\n";

/// Horizon of a forecast's row, weeks after the reference week.
fn horizon(place: usize) -> i8 {
    FIRST_HORIZON + place as i8
}

/// Writes all forecasts, a row a quantile: `reference_date`, `signal`, `area`, `model`, `horizon`, `target_end_date`,
/// `quantile`, `value` (shares from 0 to 1, counts in people).
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub fn write(path: &Path, reference: Week, forecasts: &[&Forecast]) -> Result<(), Error> {
    let frame = frame(reference, forecasts).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}

fn frame(reference: Week, forecasts: &[&Forecast]) -> PolarsResult<DataFrame> {
    let cells = || {
        let weeks = forecasts.iter().flat_map(|f| f.rows.iter().enumerate().map(move |(place, row)| (f, place, row)));
        weeks.flat_map(|(f, place, row)| LEVELS.iter().zip(row).map(move |(level, value)| (f, place, *level, *value)))
    };
    let day = |week: Week| days_since_epoch(week.saturday());
    let ends = cells().map(|(_, place, ..)| Some(day(reference.plus(i32::from(horizon(place))))));
    let columns = vec![
        dates("reference_date", cells().map(|_| Some(day(reference))))?,
        parquet::text("signal", cells().map(|(f, ..)| f.signal)),
        parquet::text("area", cells().map(|(f, ..)| &f.area)),
        parquet::text("model", cells().map(|(f, ..)| f.model)),
        Column::new("horizon".into(), cells().map(|(_, place, ..)| i32::from(horizon(place))).collect::<Vec<_>>()),
        dates("target_end_date", ends)?,
        Column::new("quantile".into(), cells().map(|(.., level, _)| level).collect::<Vec<_>>()),
        Column::new("value".into(), cells().map(|(.., value)| f64::from(value)).collect::<Vec<_>>()),
    ];
    DataFrame::new(cells().count(), columns)
}

/// A forecast of a week as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The signal.
    pub signal: Signal,
    /// The area.
    pub area: Area,
    /// The week.
    pub week: Week,
    /// Its quantiles.
    pub row: Row,
}

/// Reads the forecasts of one model from a file of [`write`].
///
/// # Errors
/// [`Error::Io`] where it cannot be read, [`Error::Input`] where it is not of this layout.
pub(crate) fn read(path: &Path, model: &str) -> Result<Vec<Kept>, Error> {
    let frame = parquet::read(path)?;
    rows(&frame, model).map_err(|problem| parquet::wrong(path, problem.to_string()))
}

fn rows(frame: &DataFrame, model: &str) -> PolarsResult<Vec<Kept>> {
    let [signals, areas, models] = ["signal", "area", "model"].map(|name| frame.column(name).and_then(|c| c.str()));
    let (signals, areas, models) = (signals?, areas?, models?);
    let days = frame.column("target_end_date")?.cast(&DataType::Int32)?;
    let (days, values) = (days.i32()?, frame.column("value")?.f64()?);
    let mut found = Vec::new();
    // A forecast is 23 consecutive rows.
    for start in (0..frame.height()).step_by(LEVELS.len()).filter(|start| models.get(*start) == Some(model)) {
        let mut row = [f32::NAN; 23];
        for (place, value) in row.iter_mut().enumerate() {
            *value = values.get(start + place).map_or(f32::NAN, |value| value as f32);
        }
        let days = parquet::parsed::<i64>(days.get(start).map(|days| days.to_string()).as_deref())?;
        let date = Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(days.clamp(-100_000, 100_000)));
        found.push(Kept {
            signal: parquet::parsed(signals.get(start))?,
            area: parquet::parsed(areas.get(start))?,
            week: Week::of(date),
            row,
        });
    }
    Ok(found)
}

/// A column of days since 1970-01-01 as dates.
pub(crate) fn dates(name: &str, days: impl Iterator<Item = Option<i32>>) -> PolarsResult<Column> {
    Column::new(name.into(), days.collect::<Vec<_>>()).cast(&DataType::Date)
}

/// A hub's file of one model's forecasts, as text, with what is derived from its trajectories where asked for; empty if it
/// has none that the hub collects.
#[must_use]
pub fn hub_file(
    hub: &Hub,
    geography: &Geography,
    reference: Week,
    forecasts: &[&Forecast],
    extras: Option<Extras<'_>>,
) -> String {
    let mut text = String::new();
    for target in &hub.targets {
        for (location, area) in target.areas(geography) {
            let found = forecasts.iter().find(|f| f.signal == target.signal && Some(&f.area) == area.as_ref());
            let Some(forecast) = found else { continue };
            let weeks = forecast.rows.iter().enumerate().map(|(place, row)| (horizon(place), row));
            for (horizon, row) in weeks.filter(|(horizon, _)| hub.horizons().any(|known| known == *horizon)) {
                let end = reference.plus(i32::from(horizon));
                let task = format!("{reference},{},{horizon},{end},{location},quantile", target.target);
                for level in hub.level_places() {
                    let value = f64::from(row[level]) * target.scale;
                    // Writing to a string cannot fail.
                    let _ = writeln!(text, "{task},{},{value:.*}", LEVELS[level], target.decimals);
                }
            }
        }
    }
    if text.is_empty() {
        return text;
    }
    let more = extras.map_or_else(String::new, |extras| derived::rows(hub, geography, reference, forecasts, extras));
    HEADER.to_owned() + &text + &more
}

/// Path of a model's file below a folder, as hubs want it.
#[must_use]
pub fn hub_path(names: &config::Hub, model: &str, reference: Week) -> String {
    let name = format!("{}-{model}", names.team);
    format!("{name}/{reference}-{name}.csv")
}
