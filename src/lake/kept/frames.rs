//! Tables of the archive.

use std::collections::HashMap;

use countycast_engine::Fips;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsError, PolarsResult, Series};

use crate::output::days_since_epoch;
use crate::output::parquet::{self, parsed};
use crate::output::run::WeightRow;
use crate::panel::Panel;
use crate::scores::quantiles::{LEVELS, Row};
use crate::scores::{PhaseKind, PlaceThen, QuantileForecast, Scored};

/// A row per forecast, a column per quantile (`q0.025`).
pub(super) fn forecasts<'a>(forecasts: impl Iterator<Item = &'a QuantileForecast>) -> PolarsResult<DataFrame> {
    let forecasts: Vec<&QuantileForecast> = forecasts.collect();
    let text = |name: &str, value: fn(&QuantileForecast) -> &str| {
        Column::new(name.into(), forecasts.iter().map(|f| value(f)).collect::<Vec<&str>>())
    };
    let mut columns = vec![
        parquet::text("fips", forecasts.iter().map(|f| f.fips)),
        text("model", |f| &f.model),
        text("target", |f| f.target.name()),
        text("resolution", |f| f.resolution.name()),
        Column::new("horizon".into(), forecasts.iter().map(|f| i32::from(f.horizon)).collect::<Vec<_>>()),
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

/// One row per place, as in the run's output.
pub(super) fn places(places: &HashMap<Fips, PlaceThen>) -> PolarsResult<DataFrame> {
    let mut places: Vec<(Fips, PlaceThen)> = places.iter().map(|(fips, place)| (*fips, *place)).collect();
    places.sort_by_key(|(fips, _)| *fips);
    let rt = |i: usize| places.iter().map(|(_, p)| p.reproduction.map(|r| r[i])).collect::<Vec<Option<f64>>>();
    let columns = vec![
        parquet::text("fips", places.iter().map(|(fips, _)| *fips)),
        Column::new("population".into(), places.iter().map(|(_, p)| p.population).collect::<Vec<_>>()),
        Column::new(
            "independent".into(),
            places.iter().map(|(_, p)| p.phase == PhaseKind::Independent).collect::<Vec<_>>(),
        ),
        Column::new("rt_lower_90".into(), rt(0)),
        Column::new("rt".into(), rt(1)),
        Column::new("rt_upper_90".into(), rt(2)),
    ];
    DataFrame::new(places.len(), columns)
}

/// The places of such a table.
pub(super) fn read_places(frame: &DataFrame) -> PolarsResult<HashMap<Fips, PlaceThen>> {
    let fips = frame.column("fips")?.str()?;
    let population = frame.column("population")?.f64()?;
    let independent = frame.column("independent")?.bool()?;
    let number = |name: &str| frame.column(name)?.f64();
    let (low, mid, high) = (number("rt_lower_90")?, number("rt")?, number("rt_upper_90")?);
    let place = |i: usize| {
        let fips = parsed(fips.get(i))?;
        let reproduction = low.get(i).zip(mid.get(i)).zip(high.get(i)).map(|((l, m), h)| [l, m, h]);
        let phase = if independent.get(i).unwrap_or(false) { PhaseKind::Independent } else { PhaseKind::Fallback };
        Ok((fips, PlaceThen { reproduction, phase, population: population.get(i) }))
    };
    (0..frame.height()).map(place).collect()
}

/// Recent days as known then: one row per place and day.
pub(super) fn observations(panel: &Panel, days: usize) -> PolarsResult<DataFrame> {
    let dates: Vec<i32> = panel.days().map(days_since_epoch).collect();
    let first = dates.len().saturating_sub(days);
    let places: Vec<_> = panel.counties().iter().chain(panel.states()).chain([panel.nation()]).collect();
    let days = dates.len() - first;
    let column = |name: &str, value: &dyn Fn(&crate::panel::Place) -> &[f64]| {
        let values: Vec<f64> = places.iter().flat_map(|place| value(place)[first..].iter().copied()).collect();
        Column::new(name.into(), values)
    };
    let date: Vec<i32> = places.iter().flat_map(|_| dates[first..].iter().copied()).collect();
    let columns = vec![
        parquet::text("fips", places.iter().flat_map(|p| std::iter::repeat_n(p.fips(), days))),
        Series::new("date".into(), date).cast(&DataType::Date)?.into_column(),
        column("cases_reported", &|p| p.history.cases().reported()),
        column("cases_cleaned", &|p| p.history.cases().cleaned()),
        column("deaths_reported", &|p| p.history.deaths().reported()),
        column("deaths_cleaned", &|p| p.history.deaths().cleaned()),
    ];
    DataFrame::new(places.len() * days, columns)
}

/// One row per forecast whose outcome has been observed.
pub(super) fn scores(scored: &[Scored]) -> PolarsResult<DataFrame> {
    let text = |name: &str, value: fn(&Scored) -> &str| {
        Column::new(name.into(), scored.iter().map(value).collect::<Vec<&str>>())
    };
    let number = |name: &str, value: &dyn Fn(&Scored) -> f64| {
        Column::new(name.into(), scored.iter().map(value).collect::<Vec<f64>>())
    };
    let made: Vec<i32> = scored.iter().map(|s| days_since_epoch(s.as_of)).collect();
    let columns = vec![
        Series::new("projected_as_of".into(), made).cast(&DataType::Date)?.into_column(),
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
