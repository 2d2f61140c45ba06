//! Tables of forecasts. Rows are ordered by place, as text.

use std::collections::HashMap;

use countycast_engine::{Date, Fips};
use polars::prelude::{Column, DataFrame, PolarsError, PolarsResult};

use crate::output::capacity::{self, CapacityRow};
use crate::output::counties::CountyRow;
use crate::output::days_since_epoch;
use crate::output::parquet::{self, parsed};
use crate::output::run::WeightRow;
use crate::panel::Panel;
use crate::scores::quantiles::{LEVELS, Row};
use crate::scores::{PlaceThen, QuantileForecast, Scored};

/// A row per forecast, a column per quantile (`q0.025`).
pub(super) fn forecasts(as_of: Date, forecasts: &[QuantileForecast]) -> PolarsResult<DataFrame> {
    let forecasts = by_place(forecasts.iter(), |forecast| forecast.fips);
    let text = |name: &str, value: fn(&QuantileForecast) -> &str| {
        Column::new(name.into(), forecasts.iter().map(|f| value(f)).collect::<Vec<&str>>())
    };
    let mut columns = vec![
        parquet::text("fips", forecasts.iter().map(|f| f.fips)),
        text("model", |f| &f.model),
        text("target", |f| f.target.name()),
        text("resolution", |f| f.resolution.name()),
        Column::new("horizon".into(), forecasts.iter().map(|f| i32::from(f.horizon)).collect::<Vec<_>>()),
        parquet::dates("target_end_date", forecasts.iter().map(|f| Some(days_since_epoch(f.end(as_of)))))?,
    ];
    for (i, level) in LEVELS.iter().enumerate() {
        let values: Vec<f32> = forecasts.iter().map(|f| f.row[i]).collect();
        columns.push(Column::new(format!("q{level}").into(), values));
    }
    DataFrame::new(forecasts.len(), columns)
}

/// The forecasts of such a table.
pub(super) fn read_forecasts(frame: &DataFrame) -> PolarsResult<Vec<QuantileForecast>> {
    let text = |name: &str| frame.column(name)?.str();
    let (fips, model, target, resolution) = (text("fips")?, text("model")?, text("target")?, text("resolution")?);
    let horizon = frame.column("horizon")?.i32()?;
    let mut rows: Vec<Row> = vec![[0.0; 23]; frame.height()];
    for (i, level) in LEVELS.iter().enumerate() {
        let values = frame.column(&format!("q{level}"))?.f32()?;
        for (row, value) in rows.iter_mut().zip(values.iter()) {
            row[i] = value.ok_or_else(|| missing("quantile"))?;
        }
    }
    let mut forecasts = Vec::with_capacity(rows.len());
    for (i, row) in rows.into_iter().enumerate() {
        let fips = parsed(fips.get(i))?;
        let horizon = horizon.get(i).and_then(|h| u8::try_from(h).ok()).ok_or_else(|| missing("horizon"))?;
        let (target, resolution) = (parsed(target.get(i))?, parsed(resolution.get(i))?);
        let model = model.get(i).ok_or_else(|| missing("model"))?.to_owned();
        forecasts.push(QuantileForecast { fips, model, target, resolution, horizon, row });
    }
    Ok(forecasts)
}

fn missing(column: &str) -> PolarsError {
    PolarsError::ComputeError(format!("a value is missing in column `{column}`").into())
}

/// Rows in the order of their places as text, which is that of the statistics of a group of rows.
fn by_place<T>(rows: impl Iterator<Item = T>, place: impl Fn(&T) -> Fips) -> Vec<T> {
    let mut rows: Vec<T> = rows.collect();
    rows.sort_by_cached_key(|row| place(row).to_string());
    rows
}

/// One row per place: how it was projected, and how the epidemic goes there.
pub(super) fn counties(rows: &[CountyRow]) -> PolarsResult<DataFrame> {
    let rows = by_place(rows.iter(), |row| row.fips);
    let number = |name: &str, value: &dyn Fn(&CountyRow) -> Option<f64>| {
        Column::new(name.into(), rows.iter().map(|row| value(row)).collect::<Vec<Option<f64>>>())
    };
    let columns = vec![
        parquet::text("fips", rows.iter().map(|row| row.fips)),
        parquet::text("name", rows.iter().map(|row| &row.name)),
        number("population", &|row| row.population),
        parquet::text("phase", rows.iter().map(|row| row.phase)),
        number("rt", &|row| row.reproduction.map(|rt| rt[0])),
        number("rt_lower_90", &|row| row.reproduction.map(|rt| rt[1])),
        number("rt_upper_90", &|row| row.reproduction.map(|rt| rt[2])),
        number("doubling_days", &|row| row.doubling_days),
        number("cases_last_week", &|row| Some(row.last_week)),
        number("cases_next_week", &|row| row.next_week),
    ];
    DataFrame::new(rows.len(), columns)
}

/// Patients and beds: the rows of `capacity.parquet` without the day.
pub(super) fn capacity(as_of: Date, rows: &[CapacityRow]) -> PolarsResult<DataFrame> {
    let rows = by_place(rows.iter().cloned(), |row| row.fips);
    capacity::frame(as_of, &rows)?.drop("as_of")
}

/// The places of such a table.
pub(super) fn read_places(frame: &DataFrame) -> PolarsResult<HashMap<Fips, PlaceThen>> {
    let (fips, phase) = (frame.column("fips")?.str()?, frame.column("phase")?.str()?);
    let number = |name: &str| frame.column(name)?.f64();
    let (population, mid, low, high) =
        (number("population")?, number("rt")?, number("rt_lower_90")?, number("rt_upper_90")?);
    let place = |i: usize| {
        let reproduction = low.get(i).zip(mid.get(i)).zip(high.get(i)).map(|((l, m), h)| [l, m, h]);
        let then = PlaceThen { reproduction, phase: parsed(phase.get(i))?, population: population.get(i) };
        Ok((parsed(fips.get(i))?, then))
    };
    (0..frame.height()).map(place).collect()
}

/// Recent days as known then: one row per place and day.
pub(super) fn counts(panel: &Panel, days: usize) -> PolarsResult<DataFrame> {
    let dates: Vec<i32> = panel.days().map(days_since_epoch).collect();
    let first = dates.len().saturating_sub(days);
    let places = by_place(panel.counties().iter().chain(panel.states()).chain([panel.nation()]), |place| place.fips());
    let days = dates.len() - first;
    let column = |name: &str, value: &dyn Fn(&crate::panel::Place) -> &[f64]| {
        let values: Vec<f64> = places.iter().flat_map(|place| value(place)[first..].iter().copied()).collect();
        Column::new(name.into(), values)
    };
    let date = places.iter().flat_map(|_| dates[first..].iter().copied().map(Some));
    let columns = vec![
        parquet::text("fips", places.iter().flat_map(|p| std::iter::repeat_n(p.fips(), days))),
        parquet::dates("date", date)?,
        column("cases_reported", &|p| p.history.cases().reported()),
        column("cases_cleaned", &|p| p.history.cases().cleaned()),
        column("deaths_reported", &|p| p.history.deaths().reported()),
        column("deaths_cleaned", &|p| p.history.deaths().cleaned()),
    ];
    DataFrame::new(places.len() * days, columns)
}

/// One row per forecast whose outcome has been observed.
pub(super) fn scores(scored: &[Scored]) -> PolarsResult<DataFrame> {
    let scored = by_place(scored.iter(), |score| score.fips);
    let text = |name: &str, value: fn(&Scored) -> &str| {
        Column::new(name.into(), scored.iter().map(|s| value(s)).collect::<Vec<&str>>())
    };
    let number = |name: &str, value: &dyn Fn(&Scored) -> f64| {
        Column::new(name.into(), scored.iter().map(|s| value(s)).collect::<Vec<f64>>())
    };
    let columns = vec![
        parquet::dates("projected_as_of", scored.iter().map(|s| Some(days_since_epoch(s.as_of))))?,
        parquet::text("fips", scored.iter().map(|s| s.fips)),
        text("model", |s| &s.model),
        text("target", |s| s.target.name()),
        Column::new("horizon".into(), scored.iter().map(|s| i32::from(s.horizon)).collect::<Vec<_>>()),
        number("truth", &|s| s.truth),
        number("wis", &|s| s.wis.total),
        number("absolute_error", &|s| s.error),
        Column::new("covered_95".into(), scored.iter().map(|s| s.covered[2]).collect::<Vec<bool>>()),
    ];
    DataFrame::new(scored.len(), columns)
}

/// A row per target, stratum and model.
pub(super) fn weights(weights: &[WeightRow]) -> PolarsResult<DataFrame> {
    let text = |name: &str, value: fn(&WeightRow) -> &str| {
        Column::new(name.into(), weights.iter().map(value).collect::<Vec<&str>>())
    };
    let columns = vec![
        text("target", |w| w.target.name()),
        text("stratum", |w| &w.stratum),
        text("model", |w| &w.model),
        Column::new("share".into(), weights.iter().map(|w| w.share).collect::<Vec<_>>()),
    ];
    DataFrame::new(weights.len(), columns)
}
