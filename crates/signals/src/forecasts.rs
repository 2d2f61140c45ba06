//! Forecasts of hubs: quantiles by task.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use countycast_engine::weekly::Week;
use countycast_panel::InputError;

use crate::hubs::Hub;
use crate::read::Table;

/// What is asked: a target in a location, so many weeks after a reference week.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Task {
    /// The week that the reference date, a Saturday, ends.
    pub reference: Week,
    /// The hub's name of the target.
    pub target: Arc<str>,
    /// The hub's name of the location.
    pub location: Arc<str>,
    /// Weeks after the reference week.
    pub horizon: i8,
}

/// A model's answer to a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The week that the model says it forecasts. Some files that hubs took are a week off their horizons, as the RSV hub's
    /// ensemble of 2025-09-27 for emergency visits is.
    pub week: Week,
    /// Quantiles at the hub's levels, in their order and in the hub's unit.
    pub quantiles: Vec<f64>,
}

/// The forecasts of models, by model and task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forecasts {
    /// Answers by model and task.
    pub models: BTreeMap<String, BTreeMap<Task, Answer>>,
    /// Tasks for which a model gave some of the hub's levels and not all: they are not scored.
    pub incomplete: usize,
}

impl Forecasts {
    /// Reads a table of many models' quantiles: `model`, `reference_date`, `target`, `location`, `horizon`, `quantile`,
    /// `value`, and `target_end_date` where it has that.
    ///
    /// # Errors
    /// Where the file cannot be read or has other columns or values.
    pub fn read_teams(path: &Path, hub: &Hub) -> Result<Self, InputError> {
        let table = Table::read(path)?;
        let model = table.column("model")?;
        read(&table, hub, "quantile", |row| Some(table.text(row, model).into_owned()))
    }

    /// Reads a model's file in the hubverse's layout; the model's name is the file's, behind the date.
    ///
    /// # Errors
    /// As [`Forecasts::read_teams`].
    pub fn read_file(path: &Path, hub: &Hub) -> Result<Self, InputError> {
        let table = Table::read(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let model = name.get(11..).filter(|model| !model.is_empty()).unwrap_or(&name).to_owned();
        let kind = table.column("output_type")?;
        read(&table, hub, "output_type_id", |row| (table.text(row, kind) == "quantile").then(|| model.clone()))
    }

    /// Adds the forecasts of others.
    pub fn extend(&mut self, other: Self) {
        for (model, tasks) in other.models {
            self.models.entry(model).or_default().extend(tasks);
        }
        self.incomplete += other.incomplete;
    }
}

fn read(
    table: &Table,
    hub: &Hub,
    level_column: &str,
    model: impl Fn(usize) -> Option<String>,
) -> Result<Forecasts, InputError> {
    let [reference, target, location, horizon, level, value] =
        ["reference_date", "target", "location", "horizon", level_column, "value"].map(|name| table.column(name));
    let [reference, target, location, horizon, level, value] =
        [reference?, target?, location?, horizon?, level?, value?];
    let end = table.find("target_end_date");
    let mut words: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let mut word = |text: &str| -> Arc<str> {
        if let Some(found) = words.get(text) {
            return Arc::clone(found);
        }
        let new: Arc<str> = text.into();
        words.insert(text.to_owned(), Arc::clone(&new));
        new
    };
    let mut found = Forecasts::default();
    for row in 0..table.rows() {
        let Some(model) = model(row) else { continue };
        let name = table.text(row, target);
        // Categories and peaks are no quantiles of a week.
        if hub.target(&name).is_none() {
            continue;
        }
        let saturday = table.date(row, reference)?;
        let reference = Week::ending(saturday)
            .ok_or_else(|| table.wrong(row, reference, "is no Saturday", "reference dates are Saturdays"))?;
        let weeks = table.number(row, horizon)?.filter(|weeks| (-8.0..=60.0).contains(weeks) && weeks.fract() == 0.0);
        let weeks = weeks
            .ok_or_else(|| table.wrong(row, horizon, "is no horizon", "write whole weeks, -1 to 3 for most hubs"))?;
        // Levels are stored in single precision.
        let at = table.number(row, level)?.and_then(|level| hub.level((level * 1e4).round() / 1e4));
        let Some(at) = at else { continue };
        let task =
            Task { reference, target: word(&name), location: word(&table.text(row, location)), horizon: weeks as i8 };
        let week = end.map(|end| table.date(row, end)).transpose()?.map_or(task.reference.plus(weeks as i32), Week::of);
        let answer = found.models.entry(model).or_default().entry(task);
        let answer = answer.or_insert_with(|| Answer { week, quantiles: vec![f64::NAN; hub.levels.len()] });
        answer.quantiles[at] = table.number(row, value)?.unwrap_or(f64::NAN);
    }
    for tasks in found.models.values_mut() {
        let before = tasks.len();
        tasks.retain(|_, answer| answer.quantiles.iter().all(|value| !value.is_nan()));
        found.incomplete += before - tasks.len();
    }
    Ok(found)
}
