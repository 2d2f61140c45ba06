//! `dateadd(part, number, date)`.

use chrono::{Days, Months, NaiveDateTime, TimeDelta};
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::error::{DataFusionError, Result};

use super::arrays::{MOMENT, microseconds, moment_type, moments, texts, unfit};
use super::function::{Function, taken};
use super::part::Part;

/// Adds parts to a date or time. A day that the month lacks becomes its last. The result is a timestamp, as in Redshift.
pub(super) fn function() -> Function {
    Function::new("dateadd", takes, MOMENT, added)
}

fn takes(given: &[DataType]) -> Result<Vec<DataType>> {
    let [_, number, date] = given else {
        return Err(DataFusionError::Plan("dateadd takes three arguments: dateadd(month, 1, date)".into()));
    };
    if !(number.is_numeric() || number.is_string() || number.is_null()) {
        return Err(unfit("dateadd", "a number of parts as its second argument", number));
    }
    Ok(vec![DataType::Utf8, DataType::Int64, moment_type("dateadd", date)?])
}

fn added(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [part, number, date] = taken("dateadd", arguments)?;
    let parts = texts(part)?;
    let numbers = cast(number, &DataType::Int64)?;
    let numbers = numbers.as_primitive::<Int64Type>();
    let dates = moments(date)?;
    let mut sums = Vec::with_capacity(dates.len());
    for ((part, number), date) in parts.iter().zip(numbers).zip(dates) {
        let (Some(part), Some(number), Some(date)) = (part, number, date) else {
            sums.push(None);
            continue;
        };
        let part = Part::named(part).ok_or_else(|| unknown("dateadd", part))?;
        sums.push(Some(
            later(date, part, number)
                .ok_or_else(|| DataFusionError::Execution(format!("dateadd: {date} with {number} added is no date")))?,
        ));
    }
    Ok(microseconds(sums.into_iter()))
}

/// A date or time with parts added.
pub(super) fn later(date: NaiveDateTime, part: Part, number: i64) -> Option<NaiveDateTime> {
    if let Some(months) = part.months() {
        let months = months.checked_mul(number)?;
        let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        return if months < 0 { date.checked_sub_months(count) } else { date.checked_add_months(count) };
    }
    if part == Part::Day {
        let days = Days::new(number.unsigned_abs());
        return if number < 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) };
    }
    date.checked_add_signed(TimeDelta::microseconds(part.microseconds()?.checked_mul(number)?))
}

/// A part of a date that is not known.
pub(super) fn unknown(function: &str, part: &str) -> DataFusionError {
    DataFusionError::Execution(format!(
        "{function}: {part:?} is no part of a date, such as year, month, week, day or hour"
    ))
}
