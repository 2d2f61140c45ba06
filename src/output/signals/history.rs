//! `history.parquet`: weekly values as they were published up to the as-of day.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::{Area, Series, Signal, Week};
use countycast_signals::Vintages;
use polars::prelude::{Column, DataFrame, PolarsResult};

use crate::error::Error;
use crate::output::{days_since_epoch, parquet};
use crate::weekly::Forecast;

/// Weeks after its end within which a report of a week is its first: older ones come from a table that was read for the first
/// time later, or from an area that hands in late, and tell nothing of revisions.
const FIRST_WITHIN: i32 = 2;

/// A published value.
struct Published<'a> {
    signal: Signal,
    area: &'a Area,
    week: Week,
    value: f64,
    first: Option<(Date, f64)>,
    used: bool,
}

/// Writes every week of these series with what was first published of it: `signal`, `area`, `target_end_date`, `value` (as
/// known on the as-of day), `first_value` and `first_day` (empty where the first publication is not known), and `used`, false
/// after the last week that a forecast of the series believed.
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub fn write<'a>(
    path: &Path,
    series: impl Iterator<Item = &'a Series>,
    vintages: &Vintages,
    as_of: Date,
    forecasts: &[&Forecast],
) -> Result<(), Error> {
    let believed: BTreeMap<(Signal, &Area), Week> =
        forecasts.iter().map(|forecast| ((forecast.signal, &forecast.area), forecast.last)).collect();
    let weeks = |series: &'a Series| {
        let last = believed.get(&(series.signal, &series.area)).copied().unwrap_or(series.last());
        (0..=series.last().since(series.first())).filter_map(move |place| {
            let week = series.first().plus(place);
            let value = series.at(week)?;
            let first = vintages.first(series.signal, &series.area, week, as_of);
            let first = first.filter(|(day, _)| *day <= week.plus(FIRST_WITHIN).saturday());
            Some(Published { signal: series.signal, area: &series.area, week, value, first, used: week <= last })
        })
    };
    let rows: Vec<Published<'_>> = series.flat_map(weeks).collect();
    parquet::write(path, frame(&rows).map_err(|error| parquet::write_error(path, error))?)
}

fn frame(rows: &[Published<'_>]) -> PolarsResult<DataFrame> {
    let number = |name: &str, of: &dyn Fn(&Published<'_>) -> Option<f64>| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
    };
    let columns = vec![
        parquet::text("signal", rows.iter().map(|row| row.signal)),
        parquet::text("area", rows.iter().map(|row| row.area)),
        parquet::dates("target_end_date", rows.iter().map(|row| Some(days_since_epoch(row.week.saturday()))))?,
        number("value", &|row| Some(row.value)),
        number("first_value", &|row| row.first.map(|(_, value)| value)),
        parquet::dates("first_day", rows.iter().map(|row| row.first.map(|(day, _)| days_since_epoch(day))))?,
        Column::new("used".into(), rows.iter().map(|row| row.used).collect::<Vec<_>>()),
    ];
    DataFrame::new(rows.len(), columns)
}
