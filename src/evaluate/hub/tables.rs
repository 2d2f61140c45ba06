//! Tables of scores: every task's, those of groups of tasks, and coverage.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_signals::{By, Geography, Scores, Task, TaskScore};
use polars::prelude::{Column, DataFrame, PolarsResult};

use super::done::place_name;
use crate::error::Error;
use crate::output::{Staging, days_since_epoch, parquet};

/// Central intervals whose coverage is a column of `relative.csv`.
const INTERVALS: [f64; 3] = [0.5, 0.8, 0.95];

/// Writes `scores.parquet`, `relative.csv` and `coverage.csv` into a hub's folder.
///
/// # Errors
/// [`Error::Io`] where one cannot be written.
pub(super) fn write(staging: &Staging, folder: &str, scores: &[Scores], geography: &Geography) -> Result<(), Error> {
    staging.write(&format!("{folder}/scores.parquet"), |path| {
        parquet::write(path, tasks(scores).map_err(|error| parquet::write_error(path, error))?)
    })?;
    let table = |name: &str, rows: Vec<Vec<String>>| {
        staging.write(&format!("{folder}/{name}"), |path| csv(path, &rows)).map(drop)
    };
    table("relative.csv", relative(scores, geography))?;
    table("coverage.csv", coverage(scores))
}

/// A row a model and task.
fn tasks(scores: &[Scores]) -> PolarsResult<DataFrame> {
    let rows: Vec<(&Scores, &str, &Task, &TaskScore)> = scores
        .iter()
        .flat_map(|of| of.models.iter().map(move |(model, tasks)| (of, model, tasks)))
        .flat_map(|(of, model, tasks)| tasks.iter().map(move |(task, score)| (of, model.as_str(), task, score)))
        .collect();
    let number = |name: &str, value: &dyn Fn(&Scores, &TaskScore) -> Option<f64>| {
        Column::new(name.into(), rows.iter().map(|(of, _, _, score)| value(of, score)).collect::<Vec<_>>())
    };
    let days = rows.iter().map(|(.., task, _)| Some(days_since_epoch(task.reference.saturday())));
    let horizons: Vec<i32> = rows.iter().map(|(.., task, _)| i32::from(task.horizon)).collect();
    let columns = vec![
        parquet::text("target", rows.iter().map(|(of, ..)| &of.target)),
        parquet::text("model", rows.iter().map(|(_, model, ..)| model)),
        parquet::dates("reference_date", days)?,
        parquet::text("location", rows.iter().map(|(.., task, _)| &task.location)),
        Column::new("horizon".into(), horizons),
        number("observed", &|_, score| Some(score.observed)),
        number("wis", &|_, score| Some(score.wis)),
        number("wis_log", &|of, score| of.has_logs().then_some(score.wis_log)),
        number("narrowest", &|_, score| Some(score.narrowest).filter(|narrowest| narrowest.is_finite())),
    ];
    DataFrame::new(rows.len(), columns)
}

/// A row a model and group of tasks.
fn relative(scores: &[Scores], geography: &Geography) -> Vec<Vec<String>> {
    let columns = [
        "target",
        "by",
        "value",
        "name",
        "model",
        "tasks",
        "share",
        "relative_wis",
        "relative_wis_log",
        "mean_wis",
        "mean_wis_log",
        "held_50",
        "held_80",
        "held_95",
    ];
    let mut rows = vec![columns.map(str::to_owned).to_vec()];
    for of in scores {
        let intervals = INTERVALS.map(|interval| of.interval(interval));
        for (by, group) in By::ALL.into_iter().flat_map(|by| of.by(by).into_iter().map(move |group| (by, group))) {
            let name = if by == By::Location { place_name(&group.value, geography) } else { String::new() };
            for model in &group.models {
                let mut row = vec![of.target.clone(), by.name().to_owned(), group.value.clone(), name.clone()];
                row.extend([model.model.clone(), model.tasks.to_string(), number(Some(model.share))]);
                row.extend([model.relative, model.relative_log, Some(model.mean), model.mean_log].map(number));
                row.extend(intervals.map(|place| number(place.map(|place| model.held[place]))));
                rows.push(row);
            }
        }
    }
    rows
}

/// A row a model, horizon (empty: all) and central interval.
fn coverage(scores: &[Scores]) -> Vec<Vec<String>> {
    let mut rows = vec![["target", "model", "horizon", "interval", "held", "tasks"].map(str::to_owned).to_vec()];
    for of in scores {
        let mut by_model: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for group in [By::All, By::Horizon].into_iter().flat_map(|by| of.by(by)) {
            for model in group.models {
                let own = by_model.entry(model.model.clone()).or_default();
                own.extend(of.intervals.iter().zip(&model.held).map(|(interval, held)| {
                    let cells = [&of.target, &model.model, &group.value].map(Clone::clone);
                    [cells.to_vec(), vec![number(Some(*interval)), number(Some(*held)), model.tasks.to_string()]]
                        .concat()
                }));
            }
        }
        rows.extend(by_model.into_values().flatten());
    }
    rows
}

/// A number with at most six decimals; nothing where there is none.
fn number(value: Option<f64>) -> String {
    let rounded = |value: f64| ((value * 1e6).round() / 1e6).to_string();
    value.map_or_else(String::new, rounded)
}

fn csv(path: &Path, rows: &[Vec<String>]) -> Result<(), Error> {
    let mut writer = csv::Writer::from_path(path).map_err(|error| Error::write(path, error.into()))?;
    rows.iter().try_for_each(|row| writer.write_record(row)).map_err(|error| Error::write(path, error.into()))?;
    writer.flush().map_err(|source| Error::write(path, source))
}
