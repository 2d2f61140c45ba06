//! `to_char(date, pattern)` and `to_char(number, pattern)`.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion::error::{DataFusionError, Result};

use super::arrays::{moment_type, moments, texts, unfit};
use super::function::{Function, taken};
use super::last_read::LastRead;
use super::numeral::{Digits, Numeral};
use super::pattern::Pattern;

/// A date, time or number as text, by a pattern of Redshift.
pub(super) fn function() -> Function {
    Function::new("to_char", takes, DataType::Utf8, written)
}

fn takes(given: &[DataType]) -> Result<Vec<DataType>> {
    let [value, pattern] = given else {
        return Err(DataFusionError::Plan("to_char takes two arguments: to_char(date, 'YYYY-MM')".into()));
    };
    if !(pattern.is_string() || pattern.is_null()) {
        return Err(unfit("to_char", "a pattern as its second argument", pattern));
    }
    let value = match value {
        DataType::Decimal128(_, _) => value.clone(),
        DataType::UInt64 | DataType::Decimal256(_, _) => DataType::Decimal128(38, 0),
        number if number.is_integer() => DataType::Int64,
        number if number.is_floating() => DataType::Float64,
        other => moment_type("to_char", other)?,
    };
    Ok(vec![value, DataType::Utf8])
}

fn written(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [value, pattern] = taken("to_char", arguments)?;
    let patterns = texts(pattern)?;
    match value.data_type() {
        DataType::Int64 => {
            let values = value.as_primitive::<Int64Type>();
            numbers(&patterns, |i| values.is_valid(i).then(|| Exact::Scaled(i128::from(values.value(i)), 0)))
        }
        DataType::Decimal128(_, scale) => {
            let values = value.as_primitive::<Decimal128Type>();
            let scale = usize::try_from(*scale).unwrap_or(0);
            numbers(&patterns, |i| values.is_valid(i).then(|| Exact::Scaled(values.value(i), scale)))
        }
        DataType::Float64 => {
            let values = value.as_primitive::<Float64Type>();
            numbers(&patterns, |i| values.is_valid(i).then(|| Exact::Float(values.value(i))))
        }
        _ => dates(value, &patterns),
    }
}

fn dates(value: &ArrayRef, patterns: &StringArray) -> Result<ArrayRef> {
    let moments = moments(value)?;
    let mut builder = StringBuilder::with_capacity(moments.len(), moments.len() * 10);
    let mut read = LastRead::new("to_char", Pattern::read);
    for (moment, pattern) in moments.iter().zip(patterns) {
        let (Some(moment), Some(pattern)) = (moment, pattern) else {
            builder.append_null();
            continue;
        };
        builder.append_value(read.of(pattern)?.write(moment));
    }
    Ok(Arc::new(builder.finish()))
}

/// A number before it is written.
enum Exact {
    /// An integer and the number of its digits that stand after the point.
    Scaled(i128, usize),
    Float(f64),
}

fn numbers(patterns: &StringArray, value: impl Fn(usize) -> Option<Exact>) -> Result<ArrayRef> {
    let mut builder = StringBuilder::with_capacity(patterns.len(), patterns.len() * 10);
    let mut read = LastRead::new("to_char", Numeral::read);
    for (i, pattern) in patterns.iter().enumerate() {
        let (Some(value), Some(pattern)) = (value(i), pattern) else {
            builder.append_null();
            continue;
        };
        let numeral = read.of(pattern)?;
        match digits(&value, numeral) {
            Some(digits) => builder.append_value(numeral.write(&digits)),
            None => builder.append_value("#"),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// The digits of a number, rounded to the decimals of a pattern; none of one that is not finite.
fn digits(value: &Exact, numeral: &Numeral) -> Option<Digits> {
    let decimals = numeral.decimals();
    let (negative, text) = match value {
        Exact::Float(number) => {
            let shifted = number * 10_f64.powi(i32::try_from(numeral.shift()).ok()?);
            if !shifted.is_finite() {
                return None;
            }
            (shifted < 0.0, format!("{:.decimals$}", shifted.abs()))
        }
        Exact::Scaled(number, scale) => {
            let number =
                number.unsigned_abs().checked_mul(10_u128.checked_pow(u32::try_from(numeral.shift()).ok()?)?)?;
            (matches!(value, Exact::Scaled(n, _) if *n < 0), rounded(number, *scale, decimals)?)
        }
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let nothing = text.chars().all(|c| c == '0' || c == '.');
    Some(Digits {
        negative: negative && !nothing,
        whole: whole.trim_start_matches('0').to_owned(),
        fraction: fraction.to_owned(),
    })
}

/// `number / 10^scale` with so many decimals; halves are rounded away from zero.
fn rounded(number: u128, scale: usize, decimals: usize) -> Option<String> {
    let power = |n: usize| 10_u128.checked_pow(u32::try_from(n).ok()?);
    let scaled = if scale > decimals {
        let unit = power(scale - decimals)?;
        (number + unit / 2) / unit
    } else {
        number.checked_mul(power(decimals - scale)?)?
    };
    let unit = power(decimals)?;
    let whole = scaled / unit;
    Some(if decimals == 0 { whole.to_string() } else { format!("{whole}.{:0decimals$}", scaled % unit) })
}
