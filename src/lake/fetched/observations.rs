//! `observations/signal=SIGNAL/part-SOURCE.parquet`: values with the day from which each was known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_engine::weekly::{Area, Signal, Week};
use countycast_signals::Vintages;
use polars::prelude::{Column, DataFrame, PolarsResult};

use crate::error::Error;
use crate::lake::table;
use crate::output::{days_since_epoch, disk, parquet};

/// Name of the table.
pub(super) const TABLE: &str = "observations";

/// A report of an area: the week, the day from which it was known, and the value.
type Report<'a> = (&'a Area, Week, Date, Option<f64>);

/// The file of a source's values of a signal.
fn part(root: &Path, signal: Signal, source: &str) -> PathBuf {
    root.join(TABLE).join(format!("signal={signal}")).join(format!("part-{source}.parquet"))
}

/// Writes a source's values, a file for each signal, each put in place as a whole; those of signals that it has no longer are
/// removed. Rows are ordered by place, week and day.
pub(super) fn write(root: &Path, source: &str, vintages: &Vintages) -> Result<(), Error> {
    let mut by_signal: BTreeMap<Signal, Vec<Report<'_>>> = BTreeMap::new();
    for (signal, area, week, as_of, value) in vintages.reports() {
        by_signal.entry(signal).or_default().push((area, week, as_of, value));
    }
    for signal in Signal::ALL {
        let path = part(root, signal, source);
        let Some(mut rows) = by_signal.remove(&signal) else {
            disk::remove(&path).map_err(|error| Error::write(&path, error))?;
            continue;
        };
        rows.sort_by_cached_key(|(area, week, as_of, _)| (area.to_string(), *week, *as_of));
        let frame = frame(&rows, source).map_err(|error| parquet::write_error(&path, error))?;
        place(&path, frame)?;
    }
    Ok(())
}

/// Writes a table.
pub(super) fn place(path: &Path, frame: DataFrame) -> Result<(), Error> {
    table::replace(path, |new| table::write(new, frame))
}

fn frame(rows: &[Report<'_>], source: &str) -> PolarsResult<DataFrame> {
    let days =
        |of: &dyn Fn(&Report<'_>) -> Date| rows.iter().map(|row| Some(days_since_epoch(of(row)))).collect::<Vec<_>>();
    let columns = vec![
        parquet::text("place", rows.iter().map(|row| row.0)),
        parquet::dates("date", days(&|row| row.1.saturday()).into_iter())?,
        parquet::dates("as_of", days(&|row| row.2).into_iter())?,
        Column::new("value".into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()),
        parquet::text("source", rows.iter().map(|_| source)),
    ];
    DataFrame::new(rows.len(), columns)
}

/// Reads a source's values.
pub(super) fn read(root: &Path, source: &str) -> Result<Vintages, Error> {
    let mut vintages = Vintages::default();
    for signal in Signal::ALL {
        let path = part(root, signal, source);
        if path.exists() {
            let frame = parquet::read(&path)?;
            add(&frame, signal, &mut vintages).map_err(|problem| wrong(&path, problem))?;
        }
    }
    Ok(vintages.sorted())
}

fn add(frame: &DataFrame, signal: Signal, vintages: &mut Vintages) -> Result<(), String> {
    let polars = |error: polars::error::PolarsError| error.to_string();
    let places = frame.column("place").and_then(|column| column.str()).map_err(polars)?;
    let days = |name: &str| frame.column(name).and_then(parquet::days).map_err(polars);
    let (dates, known) = (days("date")?, days("as_of")?);
    let values = frame.column("value").and_then(|column| column.f64()).map_err(polars)?;
    for (row, (place, value)) in places.iter().zip(values.iter()).enumerate() {
        let area: Area = place.unwrap_or_default().parse().map_err(|error| format!("row {}: {error}", row + 1))?;
        let week = dates[row].and_then(Week::ending);
        let (Some(week), Some(as_of)) = (week, known[row]) else {
            return Err(format!("row {}: `date` is no Saturday, or `as_of` no day", row + 1));
        };
        vintages.add(signal, area, week, as_of, value);
    }
    Ok(())
}

/// The error for a file of the lake that is made from others.
pub(super) fn wrong(path: &Path, problem: String) -> Error {
    let remedy = "remove the folder `observations`: `countycast data fetch` makes it anew from `raw`";
    crate::error::InputError::new(path, problem, remedy).into()
}
