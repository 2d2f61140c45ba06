//! Reading back the output of a run.

use std::collections::HashMap;
use std::path::Path;

use countycast_engine::{Date, Fips, Target};
use polars::prelude::{AnyValue, DataFrame, DataType};

use super::Outcome;
use super::parquet::{self, parsed};
use crate::error::Error;
use crate::scores::quantiles::LEVELS;
use crate::scores::{PlaceThen, QuantileForecast, Resolution, Run};

/// Rows that are read at a time: whole forecasts.
const PIECE: usize = 12_000 * LEVELS.len();

/// Reads the output folder of a run.
///
/// # Errors
/// [`Error::Input`] where `projections.parquet` or `counties.parquet` is missing, damaged, or not of this layout.
pub fn read(out: &Path) -> Result<Run, Error> {
    let path = out.join("projections.parquet");
    let columns = ["as_of", "fips", "model", "target", "resolution", "horizon", "quantile", "value"];
    let (mut as_of, mut forecasts) = (None, Vec::new());
    for piece in parquet::pieces(&path, &columns, PIECE)? {
        let piece = piece?;
        as_of = as_of.or_else(|| day(&piece));
        read_piece(&piece, &mut forecasts).map_err(|problem| parquet::wrong(&path, problem))?;
    }
    let as_of = as_of.ok_or_else(|| parquet::wrong(&path, "there is no `as_of`".to_owned()))?;
    Ok(Run { as_of, forecasts, places: places(&out.join("counties.parquet"))? })
}

/// Adds the weekly and span forecasts of incident counts in some rows of `projections.parquet`.
fn read_piece(frame: &DataFrame, forecasts: &mut Vec<QuantileForecast>) -> Result<(), String> {
    let polars = |error: polars::error::PolarsError| error.to_string();
    let text = |name: &str| frame.column(name).and_then(|c| c.str()).map_err(polars);
    let (fips, model, target, resolution) = (text("fips")?, text("model")?, text("target")?, text("resolution")?);
    let horizons = frame.column("horizon").and_then(|c| c.i32()).map_err(polars)?;
    let quantiles = frame.column("quantile").and_then(|c| c.f64()).map_err(polars)?;
    let values = frame.column("value").and_then(|c| c.f64()).map_err(polars)?;
    let (quantiles, values): (Vec<_>, Vec<_>) = (quantiles.iter().collect(), values.iter().collect());
    let (targets, resolutions): (Vec<_>, Vec<_>) = (target.iter().collect(), resolution.iter().collect());
    // A forecast is 23 consecutive rows; the file is written that way and checked here.
    for start in (0..frame.height()).step_by(LEVELS.len()) {
        let Some((target, resolution)) = task(targets[start], resolutions[start])? else { continue };
        let wrong = || format!("rows from {start} on are not 23 quantiles of one forecast");
        let end = start + LEVELS.len();
        let levels = quantiles.get(start..end).ok_or_else(wrong)?;
        if levels.iter().zip(LEVELS).any(|(found, level)| found.is_none_or(|found| (found - level).abs() > 1e-9)) {
            return Err(wrong());
        }
        let mut row = [0.0; 23];
        for (to, from) in row.iter_mut().zip(&values[start..end]) {
            *to = from.ok_or_else(wrong)? as f32;
        }
        let code = fips.get(start).unwrap_or_default();
        forecasts.push(QuantileForecast {
            fips: code.parse().map_err(|_| format!("`{code}` is not a FIPS code"))?,
            model: model.get(start).unwrap_or_default().into(),
            target,
            resolution,
            horizon: u8::try_from(horizons.get(start).unwrap_or(0)).unwrap_or(0),
            row,
        });
    }
    Ok(())
}

fn day(frame: &DataFrame) -> Option<Date> {
    let column = frame.column("as_of").ok()?.cast(&DataType::Int32).ok()?;
    match column.get(0).ok()? {
        AnyValue::Int32(days) => super::date_of(days),
        _ => None,
    }
}

/// What these rows forecast, where it is scored.
fn task(target: Option<&str>, resolution: Option<&str>) -> Result<Option<(Target, Resolution)>, String> {
    let polars = |error: polars::error::PolarsError| error.to_string();
    let (outcome, resolution) = (parsed(target).map_err(polars)?, parsed(resolution).map_err(polars)?);
    Ok(match (outcome, resolution) {
        (Outcome::Target(target @ (Target::Cases | Target::Deaths)), Resolution::Week | Resolution::Span) => {
            Some((target, resolution))
        }
        _ => None,
    })
}

fn places(path: &Path) -> Result<HashMap<Fips, PlaceThen>, Error> {
    let frame = parquet::read(path)?;
    let fail = |error: polars::error::PolarsError| parquet::wrong(path, error.to_string());
    let text = |name: &str| frame.column(name).and_then(|c| c.str()).map_err(fail);
    let number = |name: &str| frame.column(name).and_then(|c| c.f64()).map_err(fail);
    let (fips, phase) = (text("fips")?, text("phase")?);
    let (low, mid, high) = (number("rt_lower_90")?, number("rt")?, number("rt_upper_90")?);
    let population = number("population")?;
    let place = |i: usize| {
        let fips = fips.get(i)?.parse().ok()?;
        let reproduction = low.get(i).zip(mid.get(i)).zip(high.get(i)).map(|((l, m), h)| [l, m, h]);
        let phase = phase.get(i)?.parse().ok()?;
        Some((fips, PlaceThen { reproduction, phase, population: population.get(i) }))
    };
    Ok((0..frame.height()).filter_map(place).collect())
}
