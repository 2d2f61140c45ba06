//! `add_months(date, number)` and `last_day(date)`.

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::error::DataFusionError;

use super::add::later;
use super::arrays::{MOMENT, days, microseconds, moment_type, moments};
use super::function::{Function, taken};
use super::part::Part;

/// Adds months; the last day of a month leads to the last day of another.
pub(super) fn add_months() -> Function {
    let takes = |given: &[DataType]| {
        let [date, _] = given else {
            return Err(DataFusionError::Plan("add_months takes two arguments: add_months(date, 1)".into()));
        };
        Ok(vec![moment_type("add_months", date)?, DataType::Int64])
    };
    Function::new("add_months", takes, MOMENT, |arguments| {
        let [date, number] = taken("add_months", arguments)?;
        let numbers = cast(number, &DataType::Int64)?;
        let sums = moments(date)?.into_iter().zip(numbers.as_primitive::<Int64Type>()).map(|(date, number)| {
            let (date, number) = (date?, number?);
            let later = later(date, Part::Month, number)?;
            let ended = date.date() == end_of_month(date)?;
            if ended { end_of_month(later).map(|day| day.and_time(date.time())) } else { Some(later) }
        });
        Ok(microseconds(sums))
    })
}

/// The last day of the month of a date.
pub(super) fn last_day() -> Function {
    let takes = |given: &[DataType]| {
        let [date] = given else {
            return Err(DataFusionError::Plan("last_day takes one argument: last_day(date)".into()));
        };
        Ok(vec![moment_type("last_day", date)?])
    };
    Function::new("last_day", takes, DataType::Date32, |arguments| {
        let [date] = taken("last_day", arguments)?;
        Ok(days(moments(date)?.into_iter().map(|date| end_of_month(date?))))
    })
}

fn end_of_month(date: NaiveDateTime) -> Option<NaiveDate> {
    date.date().with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}
