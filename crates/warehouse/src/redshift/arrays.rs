//! Arguments of functions as arrays of moments, numbers and texts.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use datafusion::arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};
use datafusion::error::{DataFusionError, Result};

/// The type of all moments: microseconds without a time zone.
pub(super) const MOMENT: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// The type that an argument for a date or time is read as: texts stay texts.
pub(super) fn moment_type(function: &str, given: &DataType) -> Result<DataType> {
    match given {
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) => Ok(MOMENT),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Ok(DataType::Utf8),
        other => Err(unfit(function, "a date or time", other)),
    }
}

/// An argument of another type than the function takes.
pub(super) fn unfit(function: &str, wanted: &str, given: &DataType) -> DataFusionError {
    DataFusionError::Plan(format!("{function} takes {wanted}, and was given {}", crate::types::sql_name(given)))
}

/// Moments in an array of dates, times or texts.
pub(super) fn moments(array: &ArrayRef) -> Result<Vec<Option<NaiveDateTime>>> {
    if let Some(texts) = array.as_string_opt::<i32>() {
        return texts.iter().map(|text| text.map(read_moment).transpose()).collect();
    }
    let array = cast(array, &MOMENT)?;
    let values = array.as_primitive::<TimestampMicrosecondType>();
    Ok(values.iter().map(|value| DateTime::from_timestamp_micros(value?).map(|moment| moment.naive_utc())).collect())
}

/// An array of moments.
pub(super) fn microseconds(moments: impl Iterator<Item = Option<NaiveDateTime>>) -> ArrayRef {
    let values: Int64Array = moments.map(|moment| moment.map(|m| m.and_utc().timestamp_micros())).collect();
    std::sync::Arc::new(values.reinterpret_cast::<TimestampMicrosecondType>())
}

/// An array of days.
pub(super) fn days(days: impl Iterator<Item = Option<NaiveDate>>) -> ArrayRef {
    std::sync::Arc::new(days.map(|day| day.map(Date32Type::from_naive_date)).collect::<Date32Array>())
}

/// The texts of an array.
pub(super) fn texts(array: &ArrayRef) -> Result<StringArray> {
    Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone())
}

/// A date or time as Redshift reads it: `2008-02-28`, `02-28-2008`, `02/28/2008`, with or without a time of day.
pub(super) fn read_moment(text: &str) -> Result<NaiveDateTime> {
    let text = text.trim().trim_end_matches('Z');
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let day = ["%Y-%m-%d", "%m-%d-%Y", "%m/%d/%Y", "%Y%m%d"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(day, format).ok());
    let time =
        ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| chrono::NaiveTime::parse_from_str(time.trim(), format).ok());
    match (day, time) {
        (Some(day), Some(time)) => Ok(day.and_time(time)),
        _ => Err(DataFusionError::Execution(format!(
            "{text:?} is no date or time such as 2020-10-24 or 2020-10-24 15:30:00"
        ))),
    }
}
