//! Scores as files.

use std::fs::File;
use std::path::PathBuf;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, Series};

use crate::error::Error;
use crate::output::{Layout, Staging, days_since_epoch, parquet};
use crate::scores::{PhaseKind, Scored};

/// The table of all scores, which grows day by day: twelve days of all counties are millions of rows.
pub(super) struct Table<'a> {
    staging: &'a Staging,
    path: PathBuf,
    writer: BatchedWriter<File>,
}

/// Name of the table of all scores.
const SCORES: &str = "scores.parquet";

/// Everything that an evaluation writes to its output folder.
pub(super) const LAYOUT: Layout = Layout {
    names: &[
        "runs",
        "ablation",
        "lake",
        SCORES,
        "summary.json",
        "score_over_time.svg",
        "coverage.svg",
        "calibration.svg",
        "fans.svg",
    ],
    kept: &[],
};

impl<'a> Table<'a> {
    /// Begins the table. It appears under its name when it is finished.
    pub(super) fn begin(staging: &'a Staging) -> Result<Self, Error> {
        let path = staging.begin_file(SCORES)?;
        let fail = |error| parquet::write_error(&path, error);
        let empty = frame(&[]).map_err(fail)?;
        let writer = parquet::writer(&path, empty.schema())?.batched(empty.schema()).map_err(fail)?;
        Ok(Self { staging, path, writer })
    }

    /// Adds a row per forecast.
    pub(super) fn add(&mut self, scored: &[Scored]) -> Result<(), Error> {
        let frame = frame(scored).and_then(|frame| self.writer.write_batch(&frame));
        frame.map_err(|error| parquet::write_error(&self.path, error))
    }

    /// Finishes the table.
    pub(super) fn finish(self) -> Result<(), Error> {
        self.writer.finish().map_err(|error| parquet::write_error(&self.path, error))?;
        self.staging.finish_file(SCORES).map(drop)
    }
}

fn frame(scored: &[Scored]) -> Result<DataFrame, polars::error::PolarsError> {
    let number = |name: &str, value: &dyn Fn(&Scored) -> f64| {
        Column::new(name.into(), scored.iter().map(value).collect::<Vec<f64>>())
    };
    let text = |name: &str, value: fn(&Scored) -> &str| {
        Column::new(name.into(), scored.iter().map(value).collect::<Vec<&str>>())
    };
    let covered =
        |name: &str, i: usize| Column::new(name.into(), scored.iter().map(|s| s.covered[i]).collect::<Vec<bool>>());
    let as_of: Vec<i32> = scored.iter().map(|s| days_since_epoch(s.as_of)).collect();
    let columns = vec![
        Series::new("as_of".into(), as_of).cast(&DataType::Date)?.into_column(),
        parquet::text("fips", scored.iter().map(|s| s.fips)),
        text("model", |s| &s.model),
        text("target", |s| s.target.name()),
        Column::new("horizon".into(), scored.iter().map(|s| i32::from(s.horizon)).collect::<Vec<_>>()),
        number("truth", &|s| s.truth),
        number("wis", &|s| s.wis.total),
        number("spread", &|s| s.wis.spread),
        number("over", &|s| s.wis.over),
        number("under", &|s| s.wis.under),
        number("log_wis", &|s| s.log_wis),
        number("absolute_error", &|s| s.error),
        Column::new("span_absolute_error".into(), scored.iter().map(|s| s.span_error).collect::<Vec<_>>()),
        covered("covered_50", 0),
        covered("covered_80", 1),
        covered("covered_95", 2),
        number("pit", &|s| s.pit),
        Column::new("quintile".into(), scored.iter().map(|s| s.stratum.quintile.map(i32::from)).collect::<Vec<_>>()),
        text("course", |s| s.stratum.course.word()),
        Column::new(
            "independent".into(),
            scored.iter().map(|s| s.stratum.phase == PhaseKind::Independent).collect::<Vec<_>>(),
        ),
    ];
    DataFrame::new(scored.len(), columns)
}
