//! `datediff(part, from, to)`.

use std::sync::Arc;

use chrono::{Datelike, NaiveDateTime};
use datafusion::arrow::array::{Array, ArrayRef, Int64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};

use super::add::unknown;
use super::arrays::{moment_type, moments, texts};
use super::function::{Function, taken};
use super::part::Part;

/// Boundaries of a part between two dates or times: 31 December and 1 January are a year apart. Weeks begin on Sundays.
pub(super) fn function() -> Function {
    Function::new("datediff", takes, DataType::Int64, counted)
}

fn takes(given: &[DataType]) -> Result<Vec<DataType>> {
    let [_, from, to] = given else {
        return Err(DataFusionError::Plan("datediff takes three arguments: datediff(day, from, to)".into()));
    };
    Ok(vec![DataType::Utf8, moment_type("datediff", from)?, moment_type("datediff", to)?])
}

fn counted(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [part, from, to] = taken("datediff", arguments)?;
    let parts = texts(part)?;
    let mut counts = Vec::with_capacity(parts.len());
    for ((part, from), to) in parts.iter().zip(moments(from)?).zip(moments(to)?) {
        let (Some(part), Some(from), Some(to)) = (part, from, to) else {
            counts.push(None);
            continue;
        };
        let part = Part::named(part).ok_or_else(|| unknown("datediff", part))?;
        counts.push(Some(number(to, part) - number(from, part)));
    }
    Ok(Arc::new(Int64Array::from(counts)))
}

/// Number of the part that holds a moment, counted from a fixed one.
fn number(moment: NaiveDateTime, part: Part) -> i64 {
    let year = i64::from(moment.year());
    if let Some(months) = part.months() {
        return match part {
            // The first century, decade and millennium of the calendar begin with the year 1.
            Part::Millennium | Part::Century => (year - 1).div_euclid(months / 12),
            _ => (year * 12 + i64::from(moment.month0())).div_euclid(months),
        };
    }
    let micros = moment.and_utc().timestamp_micros();
    let length = part.microseconds().unwrap_or(1);
    // Day 0 was a Thursday: four days later weeks begin on Sundays.
    let shift = if part == Part::Week { 4 * 86_400_000_000 } else { 0 };
    (micros + shift).div_euclid(length)
}
