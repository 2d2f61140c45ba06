//! What was published, from `history.parquet`.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::{Area, Signal, Week};
use polars::prelude::{DataFrame, PolarsResult};

use super::forecasts::weeks;
use crate::error::Error;
use crate::output::parquet::{self, parsed};

/// A published week.
pub(super) struct Published {
    pub(super) week: Week,
    /// As known on the as-of day.
    pub(super) value: f64,
    /// As first published, and when.
    pub(super) first: Option<(f64, Date)>,
}

/// What was published of a signal in an area.
#[derive(Default)]
pub(super) struct Course {
    /// Weeks in their order, up to the last that is believed.
    pub(super) weeks: Vec<Published>,
    /// Whether more was published and is not believed.
    pub(super) doubted: bool,
}

/// By area and signal.
pub(super) type History = BTreeMap<(Area, Signal), Course>;

/// Everything in the file.
pub(super) fn read(path: &Path) -> Result<History, Error> {
    history(&parquet::read(path)?).map_err(|error| parquet::wrong(path, error.to_string()))
}

fn history(frame: &DataFrame) -> PolarsResult<History> {
    let text = |name: &str| frame.column(name)?.str();
    let (signal, area) = (text("signal")?, text("area")?);
    let number = |name: &str| frame.column(name)?.f64();
    let (value, first) = (number("value")?, number("first_value")?);
    let ends = weeks(frame.column("target_end_date")?)?;
    let days = parquet::days(frame.column("first_day")?)?;
    let used = frame.column("used")?.bool()?;
    let mut found = History::new();
    for (row, week) in ends.into_iter().enumerate() {
        let Some((week, value)) = week.zip(value.get(row)) else { continue };
        let first = first.get(row).zip(days[row]);
        let course = found.entry((parsed(area.get(row))?, parsed(signal.get(row))?)).or_default();
        match used.get(row) {
            Some(false) => course.doubted = true,
            _ => course.weeks.push(Published { week, value, first }),
        }
    }
    Ok(found)
}
