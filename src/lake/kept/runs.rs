//! The tables `runs` and `signal_runs`: what made a day or a week, in one row. Times are in the manifest beside it alone, so that a
//! repeated run gives the same bytes.

use polars::prelude::{Column, DataFrame, NamedFrom, PolarsResult, Series};

use super::week_manifest::WeekManifest;
use crate::identity::Identity;
use crate::output::days_since_epoch;
use crate::output::parquet;
use crate::output::run::Manifest;

/// What made a day.
pub(super) fn of_day(run: &Manifest) -> PolarsResult<DataFrame> {
    let places = run.phases.values().sum::<usize>();
    let number = |name: &str, value: usize| Column::new(name.into(), [i32::try_from(value).unwrap_or(i32::MAX)]);
    let mut columns = vec![
        text("version", &run.version),
        text("engines", &run.engines.join(",")),
        text("seed", &run.seed.to_string()),
        number("horizon_days", run.horizon_days),
        number("places", places),
        number("without_projection", run.without_projection.len()),
        number("learned_from_days", run.learned_from_days),
        Column::new("vintage".into(), [run.vintage]),
        Column::new("synthetic".into(), [run.synthetic]),
    ];
    columns.extend(identity(&run.identity));
    DataFrame::new(1, columns)
}

/// What made a week.
pub(super) fn of_week(run: &WeekManifest) -> PolarsResult<DataFrame> {
    let signals: Vec<&str> = run.signals.iter().map(String::as_str).collect();
    let mut columns = vec![
        parquet::dates("as_of", [Some(days_since_epoch(run.as_of))].into_iter())?,
        text("signals", &signals.join(",")),
    ];
    columns.extend(identity(&run.identity));
    DataFrame::new(1, columns)
}

/// What determines every byte.
fn identity(made: &Identity) -> [Column; 3] {
    [text("build", &made.build), text("settings", &made.settings), text("inputs", &made.inputs)]
}

fn text(name: &str, value: &str) -> Column {
    Series::new(name.into(), [value]).into()
}
