//! `projections.parquet`: one row per location, model, target, resolution, horizon and quantile.

use std::path::{Path, PathBuf};

use countycast_engine::{Date, Fips, Target};
use jiff::ToSpan;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};

use super::parquet;
use crate::error::Error;
use crate::panel::Place;
use crate::pipeline::Projected;
use crate::scores::quantiles::{Forecast, LEVELS, Row};

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

/// Columns under construction.
#[derive(Default)]
struct Rows {
    fips: Vec<String>,
    model: Vec<&'static str>,
    target: Vec<&'static str>,
    resolution: Vec<&'static str>,
    horizon: Vec<i32>,
    target_end_date: Vec<i32>,
    quantile: Vec<f64>,
    value: Vec<f64>,
}

/// Values shared by the rows of one location and model.
struct Subject<'a> {
    fips: &'a str,
    model: &'static str,
    as_of: i32,
}

/// Writes one group's projections.
///
/// The blend has all rows: days, weeks and spans, incident and cumulative. Engines have the weeks and spans of incident
/// targets, by which they are scored and weighted; their days would triple the size of the file.
///
/// # Errors
/// [`Error::Io`] where the file cannot be written.
pub fn write_part(
    path: &Path,
    as_of: Date,
    results: &[Projected],
    totals: impl Fn(Fips) -> Totals,
) -> Result<(), Error> {
    let day = days_since_epoch(as_of);
    let mut rows = Rows::default();
    for projected in results {
        let fips = projected.fips.to_string();
        for (model, forecast) in &projected.members {
            rows.push_weeks(&Subject { fips: &fips, model, as_of: day }, forecast);
        }
        if let Some(forecast) = &projected.blend {
            rows.push_blend(&fips, day, forecast, totals(projected.fips));
        }
    }
    parquet::write(path, rows.frame(day).map_err(|error| parquet::write_error(path, error))?)
}

/// The rows of one location's blend.
pub(crate) fn of_blend(as_of: Date, fips: Fips, forecast: &Forecast, totals: Totals) -> PolarsResult<DataFrame> {
    let (day, mut rows) = (days_since_epoch(as_of), Rows::default());
    rows.push_blend(&fips.to_string(), day, forecast, totals);
    rows.frame(day)
}

/// Joins parts, in their order, into one file, a row group each.
///
/// # Errors
/// [`Error::Io`] where a part cannot be read or the file cannot be written.
pub fn join_parts(path: &Path, parts: &[PathBuf]) -> Result<(), Error> {
    let Some(first) = parts.first() else { return parquet::write(path, DataFrame::empty()) };
    let fail = |error| parquet::write_error(path, error);
    let first = parquet::read(first)?;
    let mut writer = parquet::writer(path, first.schema())?.batched(first.schema()).map_err(fail)?;
    for part in parts {
        writer.write_batch(&parquet::read(part)?).map_err(fail)?;
    }
    writer.finish().map(|_| ()).map_err(fail)
}

fn incident(target: Target) -> &'static str {
    match target {
        Target::Cases => "inc case",
        Target::Deaths => "inc death",
        Target::Admissions => "inc hosp",
        Target::HospitalCensus => "hosp census",
        Target::IcuCensus => "icu census",
    }
}

impl Totals {
    /// Those of a place on the as-of day.
    #[must_use]
    pub fn of(place: &Place) -> Self {
        Self { cases: place.history.cases().total(), deaths: place.history.deaths().total() }
    }
}

impl Rows {
    fn push_blend(&mut self, fips: &str, as_of: i32, forecast: &Forecast, totals: Totals) {
        let subject = Subject { fips, model: BLEND, as_of };
        self.push_weeks(&subject, forecast);
        self.push_days(&subject, forecast);
        self.push_cumulative(&subject, forecast, totals);
    }

    fn push_weeks(&mut self, subject: &Subject<'_>, forecast: &Forecast) {
        for (target, quantiles) in &forecast.targets {
            for (week, row) in (1..).zip(&quantiles.week) {
                self.push(subject, incident(*target), "week", week, 7 * week, row, 0.0);
            }
            if *target == Target::Cases {
                for (week, row) in (1..).zip(quantiles.sum.iter().skip(6).step_by(7)) {
                    self.push(subject, incident(*target), "span", week, 7 * week, row, 0.0);
                }
            }
        }
    }

    fn push_days(&mut self, subject: &Subject<'_>, forecast: &Forecast) {
        for (target, quantiles) in &forecast.targets {
            for (day, row) in (1..).zip(&quantiles.day) {
                self.push(subject, incident(*target), "day", day, day, row, 0.0);
            }
        }
    }

    fn push_cumulative(&mut self, subject: &Subject<'_>, forecast: &Forecast, totals: Totals) {
        for (target, name, total) in
            [(Target::Cases, "cum case", totals.cases), (Target::Deaths, "cum death", totals.deaths)]
        {
            let sums = forecast.target(target).map_or(&[][..], |quantiles| &quantiles.sum);
            for (day, row) in (1..).zip(sums) {
                self.push(subject, name, "day", day, day, row, total);
            }
            for (week, row) in (1..).zip(sums.iter().skip(6).step_by(7)) {
                self.push(subject, name, "week", week, 7 * week, row, total);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one argument per column")]
    fn push(
        &mut self,
        subject: &Subject<'_>,
        target: &'static str,
        resolution: &'static str,
        horizon: i32,
        days_ahead: i32,
        row: &Row,
        offset: f64,
    ) {
        for (quantile, value) in LEVELS.into_iter().zip(row) {
            self.fips.push(subject.fips.to_owned());
            self.model.push(subject.model);
            self.target.push(target);
            self.resolution.push(resolution);
            self.horizon.push(horizon);
            self.target_end_date.push(subject.as_of + days_ahead);
            self.quantile.push(quantile);
            self.value.push(rounded(*value) + offset);
        }
    }

    fn frame(self, as_of: i32) -> PolarsResult<DataFrame> {
        let height = self.value.len();
        let date = |name: &str, days: Vec<i32>| Series::new(name.into(), days).cast(&DataType::Date);
        let columns: Vec<Column> = vec![
            date("as_of", vec![as_of; height])?.into_column(),
            Column::new("fips".into(), self.fips),
            Column::new("model".into(), self.model),
            Column::new("target".into(), self.target),
            Column::new("resolution".into(), self.resolution),
            Column::new("horizon".into(), self.horizon),
            date("target_end_date", self.target_end_date)?.into_column(),
            Column::new("quantile".into(), self.quantile),
            Column::new("value".into(), self.value),
        ];
        DataFrame::new(height, columns)
    }
}

/// Two decimals are more than any use needs, and make the file a third of its size.
pub(super) fn rounded(value: f32) -> f64 {
    (f64::from(value) * 100.0).round() / 100.0
}

pub(crate) fn days_since_epoch(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since(epoch).map_or(0, |span| span.get_days())
}

/// The inverse.
pub(crate) fn date_of(days_since_epoch: i32) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(i64::from(days_since_epoch).days()).ok()
}
