//! `signals.parquet`: forecasts of weekly signals, and the hubs' files of them.

pub mod areas;
pub mod history;
mod manifest;

pub use manifest::{Held, SignalsManifest};

use std::fmt::Write;
use std::path::Path;

use countycast_engine::weekly::{FIRST_HORIZON, LAST_HORIZON, Week};
use countycast_signals::{Geography, Hub};
use polars::prelude::{Column, DataFrame, PolarsError, PolarsResult};

use super::days_since_epoch;
use super::derived::{self, Extras};
use super::parquet;
use super::staging::Layout;
use crate::config;
use crate::error::Error;
use crate::scores::quantiles::LEVELS;
use crate::weekly::Forecast;

/// Everything that a run over weekly signals writes. Hub files and forecasts of other weeks are kept: a hub collects the ones,
/// and the others are compared with what came.
pub const LAYOUT: Layout = Layout {
    names: &["signals.parquet", "history.parquet", "areas.parquet", "crosswalk.parquet", "past", "hub", "run.json"],
    kept: &["hub", "past"],
};

/// The header of a hub's file.
const HEADER: &str = "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value\n";

/// Column of the last week that a forecast believed.
const LAST: &str = "last_published";
/// Column that says whether a forecast is that of the area around.
pub(crate) const FOLLOWS: &str = "follows";

/// Horizon of a forecast's row, weeks after the reference week.
fn horizon(place: usize) -> i8 {
    FIRST_HORIZON + place as i8
}

/// Writes all forecasts, a row a quantile: `reference_date`, `signal`, `area`, `model`, `last_published` (the Saturday of the last
/// week that the forecast believed), `follows` (whether it is that of the state or nation around), `horizon`, `target_end_date`, `quantile`, `value` (shares from 0 to 1, counts in people).
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub fn write(path: &Path, reference: Week, forecasts: &[&Forecast]) -> Result<(), Error> {
    let frame = frame(reference, forecasts).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}

/// The table of [`write`].
///
/// # Errors
/// Where it cannot be made.
pub(crate) fn frame(reference: Week, forecasts: &[&Forecast]) -> PolarsResult<DataFrame> {
    let cells = || {
        let weeks = forecasts.iter().flat_map(|f| f.rows.iter().enumerate().map(move |(place, row)| (f, place, row)));
        weeks.flat_map(|(f, place, row)| LEVELS.iter().zip(row).map(move |(level, value)| (f, place, *level, *value)))
    };
    let day = |week: Week| days_since_epoch(week.saturday());
    let ends = cells().map(|(_, place, ..)| Some(day(reference.plus(i32::from(horizon(place))))));
    let columns = vec![
        parquet::dates("reference_date", cells().map(|_| Some(day(reference))))?,
        parquet::text("signal", cells().map(|(f, ..)| f.signal)),
        parquet::text("area", cells().map(|(f, ..)| &f.area)),
        parquet::text("model", cells().map(|(f, ..)| f.model)),
        parquet::dates(LAST, cells().map(|(f, ..)| Some(day(f.last))))?,
        Column::new(FOLLOWS.into(), cells().map(|(f, ..)| f.follows).collect::<Vec<_>>()),
        Column::new("horizon".into(), cells().map(|(_, place, ..)| i32::from(horizon(place))).collect::<Vec<_>>()),
        parquet::dates("target_end_date", ends)?,
        Column::new("quantile".into(), cells().map(|(.., level, _)| level).collect::<Vec<_>>()),
        Column::new("value".into(), cells().map(|(.., value)| f64::from(value)).collect::<Vec<_>>()),
    ];
    DataFrame::new(cells().count(), columns)
}

/// The forecasts of one model in a table of [`write`].
///
/// # Errors
/// Where the table has other columns, or forecasts are not whole.
pub(crate) fn of_model(table: &DataFrame, model: &'static str) -> PolarsResult<Vec<Forecast>> {
    let text = |name: &str| table.column(name)?.str();
    let (signals, areas, models) = (text("signal")?, text("area")?, text("model")?);
    let (days, values) = (parquet::days(table.column(LAST)?)?, table.column("value")?.f64()?);
    let follows = table.column(FOLLOWS)?.bool()?;
    // A forecast is 23 consecutive rows a horizon, and its horizons follow each other.
    let weeks = usize::from(LAST_HORIZON.abs_diff(FIRST_HORIZON)) + 1;
    let length = weeks * LEVELS.len();
    let wrong = |problem: &'static str| PolarsError::ComputeError(problem.into());
    if !table.height().is_multiple_of(length) {
        return Err(wrong("forecasts are not whole"));
    }
    let forecast = |start: usize| {
        let last = days[start].ok_or_else(|| wrong("a date is missing"))?;
        let value = |place: usize| values.get(start + place).map_or(f32::NAN, |value| value as f32);
        Ok(Forecast {
            signal: parquet::parsed(signals.get(start))?,
            area: parquet::parsed(areas.get(start))?,
            model,
            last: Week::of(last),
            follows: follows.get(start).unwrap_or(false),
            rows: (0..weeks).map(|week| std::array::from_fn(|level| value(week * LEVELS.len() + level))).collect(),
        })
    };
    (0..table.height()).step_by(length).filter(|start| models.get(*start) == Some(model)).map(forecast).collect()
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
