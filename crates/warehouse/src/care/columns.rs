//! The columns of a batch of claims, whatever types they were written in.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type};

use super::source::Raw;
use super::week::day_of_text;
use crate::error::{Error, shown};

/// A column of texts that may be missing or have gaps.
#[derive(Debug)]
pub(super) struct Text(Option<StringViewArray>);

impl Text {
    pub(super) fn get(&self, row: usize) -> &str {
        match &self.0 {
            Some(array) if array.is_valid(row) => array.value(row).trim_ascii(),
            _ => "",
        }
    }
}

pub(super) enum Dates {
    Days(Option<ArrayRef>),
    Text(Text),
}

impl Dates {
    pub(super) fn day(&self, row: usize) -> Option<i32> {
        match self {
            Self::Days(array) => {
                let array = array.as_ref().filter(|array| array.is_valid(row))?;
                Some(array.as_primitive::<Date32Type>().value(row))
            }
            Self::Text(text) => day_of_text(text.get(row)),
        }
    }

    pub(super) fn text(&self, row: usize) -> String {
        match self {
            Self::Days(_) => self.day(row).map_or_else(String::new, |day| {
                (chrono::NaiveDate::default() + chrono::Duration::days(day.into())).to_string()
            }),
            Self::Text(text) => text.get(row).to_owned(),
        }
    }
}

pub(super) enum Number {
    Typed(Option<ArrayRef>),
    Text(Text),
}

impl Number {
    /// The value of a row, none where there is none; the text that is no number otherwise.
    pub(super) fn value(&self, row: usize) -> Result<Option<f64>, &str> {
        match self {
            Self::Typed(array) => {
                let array = array.as_ref().filter(|array| array.is_valid(row));
                Ok(array.map(|array| array.as_primitive::<Float64Type>().value(row)))
            }
            Self::Text(text) => match text.get(row) {
                "" => Ok(None),
                text => text.parse().map(Some).map_err(|_| text),
            },
        }
    }
}

/// Columns of a batch, by what they are.
pub(super) struct Columns {
    pub(super) patient: Text,
    pub(super) date: Dates,
    pub(super) patient_county: Text,
    pub(super) provider_county: Text,
    pub(super) diagnosis: Text,
    pub(super) procedure: Text,
    pub(super) drug: Text,
    pub(super) days_supplied: Number,
    pub(super) status: Text,
    pub(super) copay: Number,
    pub(super) provider: Text,
    pub(super) taxonomy: Text,
}

impl Columns {
    pub(super) fn of(raw: &Raw) -> Result<Self, Error> {
        let convert = |name: &str, kind: &DataType| -> Result<Option<ArrayRef>, Error> {
            let Some(column) = raw.batch.column_by_name(name) else { return Ok(None) };
            cast(column, kind).map(Some).map_err(|error| {
                let remedy = "docs/care.md has the types of the columns";
                Error::input(format!("{}: column {name}: {error}", shown(&raw.file)), remedy)
            })
        };
        let text = |name: &str| -> Result<Text, Error> {
            Ok(Text(convert(name, &DataType::Utf8View)?.map(|array| array.as_string_view().clone())))
        };
        let kind = |name: &str| raw.batch.column_by_name(name).map(|column| column.data_type());
        let number = |name: &str| -> Result<Number, Error> {
            match kind(name) {
                Some(kind) if kind.is_numeric() => Ok(Number::Typed(convert(name, &DataType::Float64)?)),
                _ => Ok(Number::Text(text(name)?)),
            }
        };
        let date = match kind("date") {
            Some(DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)) => {
                Dates::Days(convert("date", &DataType::Date32)?)
            }
            _ => Dates::Text(text("date")?),
        };
        Ok(Self {
            patient: text("patient")?,
            date,
            patient_county: text("patient_county")?,
            provider_county: text("provider_county")?,
            diagnosis: text("diagnosis")?,
            procedure: text("procedure")?,
            drug: text("drug")?,
            days_supplied: number("days_supplied")?,
            status: text("status")?,
            copay: number("copay")?,
            provider: text("provider")?,
            taxonomy: text("taxonomy")?,
        })
    }
}
