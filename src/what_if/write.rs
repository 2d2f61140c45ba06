//! Results as files.

use std::path::Path;

use countycast_engine::Date;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};

use super::course::{BASELINE, Course};
use super::done::Done;
use super::effect::{Effect, Interval};
use crate::error::Error;
use crate::output::capacity::{self, CapacityRow};
use crate::output::{Layout, Staging, days_since_epoch, parquet, projections};
use crate::panel::Panel;

/// The columns of an interval.
type End = fn(&Interval) -> f64;
const ENDS: [(&str, End); 3] = [("", |i| i.median), ("_lower_90", |i| i.low), ("_upper_90", |i| i.high)];

/// Columns with intervals.
type Side = fn(&Effect) -> Option<&Interval>;
const SIDES: [(&str, Side); 4] = [
    ("baseline", |e| Some(&e.baseline)),
    ("what_if", |e| Some(&e.with)),
    ("difference", |e| Some(&e.difference)),
    ("ratio", |e| e.ratio.as_ref()),
];

/// Everything that a what-if writes to its output folder.
pub(super) const LAYOUT: Layout = Layout {
    names: &[
        "effects.parquet",
        "effects.csv",
        "effects.json",
        "projections.parquet",
        "days.parquet",
        "capacity.parquet",
        "courses.svg",
        "courses.png",
        "effects.svg",
        "effects.png",
        "sweep.svg",
        "sweep.png",
    ],
    kept: &[],
};

/// Writes `effects.parquet`, `effects.csv`, `effects.json`, `projections.parquet`, `days.parquet` and `capacity.parquet`.
pub(super) fn all(out: &Staging, done: &Done, panel: &Panel) -> Result<(), Error> {
    out.write("projections.parquet", |path| projected(path, done, panel))?;
    out.write("effects.parquet", |path| {
        let frame = effects(done).map_err(|error| parquet::write_error(path, error))?;
        parquet::write(path, frame)
    })?;
    out.write("days.parquet", |path| {
        let frame = days(done.as_of, &done.courses).map_err(|error| parquet::write_error(path, error))?;
        parquet::write(path, frame)
    })?;
    out.write("capacity.parquet", |path| {
        let frame = needs(done).map_err(|error| parquet::write_error(path, error))?;
        parquet::write(path, frame)
    })?;
    let effects = csv(&done.effects);
    out.put(
        "effects.csv",
        effects.map_err(|error| Error::write(&out.folder().join("effects.csv"), std::io::Error::other(error)))?,
    )?;
    out.json(
        "effects.json",
        &serde_json::json!({
            "as_of": done.as_of.to_string(), "effects": done.effects, "failures": done.failures,
            "notices": done.notices, "rules": done.rules,
        }),
    )?;
    Ok(())
}

/// The blend's rows as in `projections.parquet` of a run, for the baseline and every scenario, with the scenario's name.
fn projected(path: &Path, done: &Done, panel: &Panel) -> Result<(), Error> {
    let fail = |error| parquet::write_error(path, error);
    let names: Vec<&str> =
        std::iter::once(BASELINE).chain(done.variants.iter().map(|variant| variant.name.as_str())).collect();
    let mut writer = None;
    for (fips, forecasts) in &done.forecasts {
        let totals = panel.place(*fips).map_or_else(projections::Totals::default, projections::Totals::of);
        for (name, forecast) in names.iter().zip(forecasts) {
            let mut frame = projections::of_blend(done.as_of, *fips, forecast, totals).map_err(fail)?;
            let scenario = Column::new("scenario".into(), vec![*name; frame.height()]);
            frame.insert_column(1, scenario).map_err(fail)?;
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(parquet::writer(path, frame.schema())?.batched(frame.schema()).map_err(fail)?),
            };
            writer.write_batch(&frame).map_err(fail)?;
        }
    }
    match writer {
        Some(writer) => writer.finish().map(|_| ()).map_err(fail),
        None => parquet::write(path, DataFrame::empty()),
    }
}

fn effects(done: &Done) -> PolarsResult<DataFrame> {
    let rows = &done.effects;
    let text = |name: &str, value: fn(&Effect) -> &str| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<&str>>())
    };
    let as_of = Series::new("as_of".into(), vec![days_since_epoch(done.as_of); rows.len()]);
    let mut columns = vec![
        as_of.cast(&DataType::Date)?.into_column(),
        text("fips", |e| &e.fips),
        text("scenario", |e| &e.scenario),
        Column::new("strength".into(), rows.iter().map(|e| e.strength).collect::<Vec<Option<f64>>>()),
        text("model", |e| e.model),
        text("response", |e| e.response),
        text("quantity", |e| e.quantity.word()),
    ];
    for (side, interval) in SIDES {
        for (end, value) in ENDS {
            let values: Vec<Option<f64>> = rows.iter().map(|e| interval(e).map(value)).collect();
            columns.push(Column::new(format!("{side}{end}").into(), values));
        }
    }
    DataFrame::new(rows.len(), columns)
}

fn csv(effects: &[Effect]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let keys = ["fips", "scenario", "strength", "model", "response", "quantity"].map(str::to_owned);
    let sides = SIDES.iter().flat_map(|(side, _)| ENDS.iter().map(move |(end, _)| format!("{side}{end}")));
    out.write_record(keys.into_iter().chain(sides))?;
    for e in effects {
        let strength = e.strength.map_or_else(String::new, |strength| strength.to_string());
        let keys = [&e.fips, &e.scenario, &strength, e.model, e.response, e.quantity.word()].map(str::to_owned);
        let number = |interval: Option<&Interval>, value: fn(&Interval) -> f64| {
            interval.map_or_else(String::new, |interval| format!("{:.4}", value(interval)))
        };
        let numbers = SIDES.iter().flat_map(|(_, side)| ENDS.iter().map(move |(_, value)| number(side(e), *value)));
        out.write_record(keys.into_iter().chain(numbers))?;
    }
    out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn days(as_of: Date, courses: &[Course]) -> PolarsResult<DataFrame> {
    let rows = || courses.iter().flat_map(|course| (1..).zip(&course.cases).map(move |(day, row)| (course, day, row)));
    let date: Vec<i32> = rows().map(|(_, day, _)| days_since_epoch(as_of) + day).collect();
    let height = date.len();
    let value = |name: &str, i: usize| Column::new(name.into(), rows().map(|(.., row)| row[i]).collect::<Vec<f64>>());
    let patients = |name: &str, i: usize| {
        let values = courses.iter().flat_map(|course| course.patients.iter().map(move |row| row[i]));
        Column::new(name.into(), values.collect::<Vec<f64>>())
    };
    let columns = vec![
        Column::new("fips".into(), rows().map(|(course, ..)| course.fips.as_str()).collect::<Vec<&str>>()),
        Column::new("scenario".into(), rows().map(|(course, ..)| course.scenario.as_str()).collect::<Vec<&str>>()),
        Series::new("date".into(), date).cast(&DataType::Date)?.into_column(),
        value("cases_lower_90", 0),
        value("cases", 1),
        value("cases_upper_90", 2),
        patients("patients_lower_90", 0),
        patients("patients", 1),
        patients("patients_upper_90", 2),
    ];
    DataFrame::new(height, columns)
}

/// The rows of all scenarios, as in a run's `capacity.parquet`, with the scenario's name.
fn needs(done: &Done) -> PolarsResult<DataFrame> {
    let rows: Vec<CapacityRow> = done.needs.iter().flat_map(|needs| needs.rows.iter().cloned()).collect();
    let names = done.needs.iter().flat_map(|needs| needs.rows.iter().map(|_| needs.scenario.as_str()));
    let mut frame = capacity::frame(done.as_of, &rows)?;
    frame.insert_column(1, Column::new("scenario".into(), names.collect::<Vec<&str>>()))?;
    Ok(frame)
}
