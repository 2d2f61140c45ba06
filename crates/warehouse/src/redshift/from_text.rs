//! `to_date(text, pattern)` and `to_timestamp(text, pattern)`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};

use super::arrays::{MOMENT, days, microseconds, moment_type, moments, texts, unfit};
use super::function::{Function, taken};
use super::last_read::LastRead;
use super::pattern::{Half, Item, MONTHS, Name, Number, Pattern};

/// Reads a date from a text, by a pattern or in the usual forms.
pub(super) fn to_date() -> Function {
    Function::new(
        "to_date",
        |given| takes("to_date", given),
        DataType::Date32,
        |arguments| Ok(days(read("to_date", arguments)?.into_iter().map(|moment| moment.map(|moment| moment.date())))),
    )
}

/// Reads a time from a text, by a pattern or in the usual forms.
pub(super) fn to_timestamp() -> Function {
    Function::new(
        "to_timestamp",
        |given| takes("to_timestamp", given),
        MOMENT,
        |arguments| Ok(microseconds(read("to_timestamp", arguments)?.into_iter())),
    )
}

fn takes(function: &str, given: &[DataType]) -> Result<Vec<DataType>> {
    match given {
        [value] => Ok(vec![moment_type(function, value)?]),
        [text, pattern] => match [text, pattern].into_iter().find(|given| !(given.is_string() || given.is_null())) {
            Some(given) => Err(unfit(function, "a text and a pattern", given)),
            None => Ok(vec![DataType::Utf8; 2]),
        },
        _ => Err(DataFusionError::Plan(format!(
            "{function} takes two arguments: {function}('24 Oct 2020', 'DD Mon YYYY')"
        ))),
    }
}

fn read(function: &'static str, arguments: &[ArrayRef]) -> Result<Vec<Option<NaiveDateTime>>> {
    if let [value] = arguments {
        return moments(value);
    }
    let [text, pattern] = taken(function, arguments)?;
    let (texts, patterns) = (texts(text)?, texts(pattern)?);
    let mut last = LastRead::new(function, Pattern::read);
    let mut read = Vec::with_capacity(texts.len());
    for (text, pattern) in texts.iter().zip(&patterns) {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            read.push(None);
            continue;
        };
        let found = by_pattern(text, last.of(pattern)?);
        read.push(Some(found.ok_or_else(|| {
            DataFusionError::Execution(format!("{function}: {text:?} is no date or time of the pattern {pattern:?}"))
        })?));
    }
    Ok(read)
}

/// What the parts of a pattern said.
#[derive(Default)]
struct Found {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    microsecond: i64,
}

fn by_pattern(text: &str, pattern: &Pattern) -> Option<NaiveDateTime> {
    let mut found = Found::default();
    let mut rest = text.trim();
    for (i, part) in pattern.0.iter().enumerate() {
        match &part.item {
            // Any one sign stands for another between two parts, and blanks for none.
            Item::Text(sign) if sign.chars().all(|c| !c.is_alphanumeric()) => {
                let trimmed = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
                rest = trimmed;
            }
            Item::Text(word) => rest = rest.strip_prefix(word.as_str())?,
            Item::Number(number, width) => {
                let adjacent = matches!(pattern.0.get(i + 1).map(|part| &part.item), Some(Item::Number(..)));
                let most = if adjacent || *width > 1 { *width } else { 9 };
                let end = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
                let value: i64 = rest.get(..end)?.parse().ok()?;
                rest = &rest[end..];
                found.set(*number, value, *width, end)?;
            }
            Item::Name(Name::Month | Name::ShortMonth, _) => {
                let month = MONTHS
                    .iter()
                    .position(|name| rest.get(..3).is_some_and(|start| name[..3].eq_ignore_ascii_case(start)))?;
                let name = MONTHS[month];
                let whole = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
                rest = &rest[if whole { name.len() } else { 3 }..];
                found.month = Some(i64::try_from(month).ok()? + 1);
            }
            Item::Name(..) => rest = rest.trim_start_matches(char::is_alphabetic),
            Item::Half(Half::Day, points, _) => {
                let length = if *points { 4 } else { 2 };
                found.afternoon = Some(rest.get(..length)?.to_ascii_uppercase().starts_with('P'));
                rest = &rest[length..];
            }
            Item::YearComma | Item::Roman(_) | Item::Half(Half::Era, ..) => return None,
        }
    }
    if rest.trim().is_empty() { found.moment() } else { None }
}

impl Found {
    fn set(&mut self, number: Number, value: i64, width: usize, digits: usize) -> Option<()> {
        match number {
            // Two digits are a year from 1970 to 2069.
            Number::Year if width == 2 && digits <= 2 => {
                self.year = Some(value + if value < 70 { 2_000 } else { 1_900 })
            }
            Number::Year => self.year = Some(value),
            Number::Month => self.month = Some(value),
            Number::DayOfMonth => self.day = Some(value),
            Number::DayOfYear => self.day_of_year = Some(value),
            Number::Hour24 | Number::Hour12 => self.hour = Some(value),
            Number::Minute => self.minute = value,
            Number::Second => self.second = value,
            Number::Millisecond | Number::Microsecond => {
                self.microsecond = value * 10_i64.pow(6_u32.checked_sub(digits.try_into().ok()?)?);
            }
            _ => return None,
        }
        Some(())
    }

    fn moment(&self) -> Option<NaiveDateTime> {
        let year = i32::try_from(self.year?).ok()?;
        let number = |value: i64| u32::try_from(value).ok();
        let day = match self.day_of_year {
            Some(day) => NaiveDate::from_yo_opt(year, number(day)?)?,
            None => NaiveDate::from_ymd_opt(year, number(self.month.unwrap_or(1))?, number(self.day.unwrap_or(1))?)?,
        };
        let hour = match (self.hour.unwrap_or(0), self.afternoon) {
            (12, Some(false)) => 0,
            (hour, Some(true)) if hour < 12 => hour + 12,
            (hour, _) => hour,
        };
        let time = NaiveTime::from_hms_micro_opt(
            number(hour)?,
            number(self.minute)?,
            number(self.second)?,
            number(self.microsecond)?,
        )?;
        Some(day.and_time(time))
    }
}
