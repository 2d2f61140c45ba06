//! `projections.parquet`: one row per location, model, target, resolution, horizon and quantile.

use std::fs::File;
use std::path::{Path, PathBuf};

use countycast_engine::{Date, Fips, Target};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    DataFrame, DataType, Float64Chunked, Int32Chunked, IntoColumn, IntoSeries, PolarsResult, StringChunkedBuilder,
};

use super::{Outcome, days_since_epoch, parquet};
use crate::error::Error;
use crate::panel::Place;
use crate::scores::quantiles::{Forecast, LEVELS, Row};
use crate::scores::{QuantileForecast, Resolution};

/// Model name of the blend.
pub const BLEND: &str = "blend";

/// Last observed totals of a location, on which `cum` projections build.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Cumulative cases on the as-of day.
    pub cases: f64,
    /// Cumulative deaths on the as-of day.
    pub deaths: f64,
}

/// The projections of a location.
#[derive(Debug, Clone, Copy)]
pub struct LocationForecasts<'a> {
    /// The location.
    pub fips: Fips,
    /// Every engine's quantiles, in the order of the output.
    pub members: &'a [(&'a str, &'a Forecast)],
    /// The blend's.
    pub blend: Option<&'a Forecast>,
    /// Observed totals, for `cum` projections.
    pub totals: Totals,
}

/// The table under construction: locations are added one by one, and a few at a time are in memory.
///
/// The blend has all rows: days, weeks and spans, incident and cumulative. Engines have the weeks and spans of incident
/// targets, by which they are scored and weighted; their days would triple the size of the file.
pub struct Table {
    path: PathBuf,
    as_of: i32,
    writer: BatchedWriter<File>,
    rows: Rows,
}

/// Rows after which a row group is written, with the last location complete.
const ROW_GROUP: usize = 1 << 18;

impl Table {
    /// Begins a file.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be made.
    pub fn begin(path: &Path, as_of: Date) -> Result<Self, Error> {
        let (fail, as_of) = (|error| parquet::write_error(path, error), days_since_epoch(as_of));
        let empty = Rows::with_capacity(0).frame(as_of).map_err(fail)?;
        let writer = parquet::writer(path, empty.schema())?.batched(empty.schema()).map_err(fail)?;
        Ok(Self { path: path.to_owned(), as_of, writer, rows: Rows::with_capacity(ROW_GROUP) })
    }

    /// Adds a location.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    pub fn add(&mut self, location: &LocationForecasts<'_>) -> Result<(), Error> {
        self.rows.push_location(location, self.as_of);
        if self.rows.value.len() < ROW_GROUP {
            return Ok(());
        }
        let full = std::mem::replace(&mut self.rows, Rows::with_capacity(ROW_GROUP));
        self.write(full)
    }

    fn write(&mut self, rows: Rows) -> Result<(), Error> {
        let written = rows.frame(self.as_of).and_then(|frame| self.writer.write_batch(&frame));
        written.map_err(|error| parquet::write_error(&self.path, error))
    }

    /// Writes the remaining rows and closes the file.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    pub fn finish(mut self) -> Result<(), Error> {
        let rest = std::mem::replace(&mut self.rows, Rows::with_capacity(0));
        self.write(rest)?;
        self.writer.finish().map(|_| ()).map_err(|error| parquet::write_error(&self.path, error))
    }
}

/// The table in memory, with the rows that a file of these locations has.
///
/// # Errors
/// Those of polars.
pub fn frame<'a>(as_of: Date, locations: impl IntoIterator<Item = LocationForecasts<'a>>) -> PolarsResult<DataFrame> {
    let (day, mut rows) = (days_since_epoch(as_of), Rows::with_capacity(0));
    locations.into_iter().for_each(|location| rows.push_location(&location, day));
    rows.frame(day)
}

/// The rows of one location's blend.
pub(crate) fn of_blend(as_of: Date, fips: Fips, forecast: &Forecast, totals: Totals) -> PolarsResult<DataFrame> {
    let (day, mut rows) = (days_since_epoch(as_of), Rows::with_capacity(0));
    rows.push_blend(&fips.to_string(), day, forecast, totals);
    rows.frame(day)
}

/// The weekly and span forecasts of new cases and deaths of a location, rounded as in the table: they can be scored
/// without reading it back.
pub fn forecasts<'a>(location: &LocationForecasts<'a>) -> impl Iterator<Item = QuantileForecast> + use<'a> {
    let fips = location.fips;
    let models = location.members.iter().copied().chain(location.blend.map(|forecast| (BLEND, forecast)));
    models.flat_map(move |(model, forecast)| {
        let scored = forecast.targets.iter().filter(|(target, _)| matches!(target, Target::Cases | Target::Deaths));
        scored.flat_map(move |(target, quantiles)| {
            let weeks = (1..).zip(&quantiles.week).map(|(week, row)| (Resolution::Week, week, row));
            let spans = (1..).zip(spans(*target, &quantiles.sum)).map(|(week, row)| (Resolution::Span, week, row));
            weeks.chain(spans).map(move |(resolution, horizon, row)| QuantileForecast {
                fips,
                model: model.to_owned(),
                target: *target,
                resolution,
                horizon,
                row: row.map(|value| rounded(value) as f32),
            })
        })
    })
}

/// Sums from the as-of day to the end of each week, of cases only.
fn spans(target: Target, sums: &[Row]) -> impl Iterator<Item = &Row> {
    let of_cases = if target == Target::Cases { sums } else { &[] };
    of_cases.iter().skip(6).step_by(7)
}

/// Columns under construction. Text goes straight into its column, without an allocation per row.
struct Rows {
    fips: StringChunkedBuilder,
    model: StringChunkedBuilder,
    target: StringChunkedBuilder,
    resolution: StringChunkedBuilder,
    horizon: Vec<i32>,
    target_end_date: Vec<i32>,
    quantile: Vec<f64>,
    value: Vec<f64>,
}

/// Values shared by the rows of one location and model.
struct Subject<'a> {
    fips: &'a str,
    model: &'a str,
    as_of: i32,
}

/// Values shared by the rows of one forecast.
struct Task {
    outcome: Outcome,
    resolution: Resolution,
    horizon: i32,
    days_ahead: i32,
}

impl Totals {
    /// Those of a place on the as-of day.
    #[must_use]
    pub fn of(place: &Place) -> Self {
        Self { cases: place.history.cases().total(), deaths: place.history.deaths().total() }
    }
}

impl Rows {
    fn with_capacity(rows: usize) -> Self {
        let text = |name: &str| StringChunkedBuilder::new(name.into(), rows);
        Self {
            fips: text("fips"),
            model: text("model"),
            target: text("target"),
            resolution: text("resolution"),
            horizon: Vec::with_capacity(rows),
            target_end_date: Vec::with_capacity(rows),
            quantile: Vec::with_capacity(rows),
            value: Vec::with_capacity(rows),
        }
    }

    fn push_location(&mut self, location: &LocationForecasts<'_>, as_of: i32) {
        let fips = location.fips.to_string();
        for (model, forecast) in location.members {
            self.push_weeks(&Subject { fips: &fips, model, as_of }, forecast);
        }
        if let Some(forecast) = location.blend {
            self.push_blend(&fips, as_of, forecast, location.totals);
        }
    }

    fn push_blend(&mut self, fips: &str, as_of: i32, forecast: &Forecast, totals: Totals) {
        let subject = Subject { fips, model: BLEND, as_of };
        self.push_weeks(&subject, forecast);
        self.push_days(&subject, forecast);
        self.push_cumulative(&subject, forecast, totals);
    }

    fn push_weeks(&mut self, subject: &Subject<'_>, forecast: &Forecast) {
        for (target, quantiles) in &forecast.targets {
            let outcome = Outcome::Target(*target);
            let task = |resolution, week| Task { outcome, resolution, horizon: week, days_ahead: 7 * week };
            for (week, row) in (1..).zip(&quantiles.week) {
                self.push(subject, &task(Resolution::Week, week), row, 0.0);
            }
            for (week, row) in (1..).zip(spans(*target, &quantiles.sum)) {
                self.push(subject, &task(Resolution::Span, week), row, 0.0);
            }
        }
    }

    fn push_days(&mut self, subject: &Subject<'_>, forecast: &Forecast) {
        for (target, quantiles) in &forecast.targets {
            let outcome = Outcome::Target(*target);
            for (day, row) in (1..).zip(&quantiles.day) {
                self.push(
                    subject,
                    &Task { outcome, resolution: Resolution::Day, horizon: day, days_ahead: day },
                    row,
                    0.0,
                );
            }
        }
    }

    fn push_cumulative(&mut self, subject: &Subject<'_>, forecast: &Forecast, totals: Totals) {
        for (target, outcome, total) in [
            (Target::Cases, Outcome::CumulativeCases, totals.cases),
            (Target::Deaths, Outcome::CumulativeDeaths, totals.deaths),
        ] {
            let sums = forecast.target(target).map_or(&[][..], |quantiles| &quantiles.sum);
            let task = |resolution, horizon, days_ahead| Task { outcome, resolution, horizon, days_ahead };
            for (day, row) in (1..).zip(sums) {
                self.push(subject, &task(Resolution::Day, day, day), row, total);
            }
            for (week, row) in (1..).zip(sums.iter().skip(6).step_by(7)) {
                self.push(subject, &task(Resolution::Week, week, 7 * week), row, total);
            }
        }
    }

    fn push(&mut self, subject: &Subject<'_>, task: &Task, row: &Row, offset: f64) {
        for _ in LEVELS {
            self.fips.append_value(subject.fips);
            self.model.append_value(subject.model);
            self.target.append_value(task.outcome.name());
            self.resolution.append_value(task.resolution.name());
        }
        let rows = self.value.len() + LEVELS.len();
        self.horizon.resize(rows, task.horizon);
        self.target_end_date.resize(rows, subject.as_of + task.days_ahead);
        self.quantile.extend(LEVELS);
        self.value.extend(row.iter().map(|value| rounded(*value) + offset));
    }

    fn frame(self, as_of: i32) -> PolarsResult<DataFrame> {
        let height = self.value.len();
        let date = |name: &str, days| Int32Chunked::from_vec(name.into(), days).into_series().cast(&DataType::Date);
        let columns = vec![
            date("as_of", vec![as_of; height])?.into_column(),
            self.fips.finish().into_column(),
            self.model.finish().into_column(),
            self.target.finish().into_column(),
            self.resolution.finish().into_column(),
            Int32Chunked::from_vec("horizon".into(), self.horizon).into_column(),
            date("target_end_date", self.target_end_date)?.into_column(),
            Float64Chunked::from_vec("quantile".into(), self.quantile).into_column(),
            Float64Chunked::from_vec("value".into(), self.value).into_column(),
        ];
        DataFrame::new(height, columns)
    }
}

/// Two decimals are more than any use needs, and make the file a third of its size.
pub(super) fn rounded(value: f32) -> f64 {
    (f64::from(value) * 100.0).round() / 100.0
}
