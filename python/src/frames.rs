//! Columns of tables from Python, in the few types that counts come in.

use countycast_engine::{Date, Fips};
use jiff::ToSpan;
use polars_arrow::array::{
    Array, BinaryViewArrayGeneric, DictionaryArray, DictionaryKey, PrimitiveArray, StructArray, Utf8Array,
};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::arrow::Imported;
use crate::failure::request;

const SECONDS_A_DAY: i64 = 86_400;

/// A value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Whole(i64),
    Number(f64),
    /// Days since 1970-01-01, and whether the time of day is not midnight.
    Day(i64, bool),
    Missing,
}

/// A column as a list of cells.
pub(crate) struct Column<'a> {
    table: &'a str,
    name: &'a str,
    cells: Vec<Cell>,
}

impl<'a> Column<'a> {
    /// The column of this name, if the table has one.
    pub(crate) fn find(table: &'a str, imported: &Imported, name: &'a str) -> PyResult<Option<Self>> {
        let Some(at) = imported.names.iter().position(|found| found == name) else { return Ok(None) };
        let mut cells = Vec::new();
        for piece in &imported.pieces {
            add(&mut cells, piece, at).ok_or_else(|| {
                let kind = piece.values()[at].dtype();
                PyTypeError::new_err(format!(
                    "column `{name}` of {table} has values of type {kind:?}, which it cannot have"
                ))
            })?;
        }
        Ok(Some(Self { table, name, cells }))
    }

    /// The column of this name, without which the table is of no use.
    pub(crate) fn need(py: Python<'_>, table: &'a str, imported: &Imported, name: &'a str) -> PyResult<Self> {
        Self::find(table, imported, name)?.ok_or_else(|| {
            let message = format!("{table} has no column `{name}`; its columns are {}", imported.names.join(", "));
            request(py, &message, "rename the column")
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    fn refuse(&self, py: Python<'_>, row: usize, remedy: &str) -> PyErr {
        let found = match &self.cells[row] {
            Cell::Text(text) => format!("`{text}`"),
            Cell::Whole(number) => number.to_string(),
            Cell::Number(number) => number.to_string(),
            Cell::Day(..) => "a time".to_owned(),
            Cell::Missing => "a missing value".to_owned(),
        };
        request(py, &format!("{found} in column `{}` of {}, row {row} counted from 0", self.name, self.table), remedy)
    }

    /// The code of a place. Numbers get the zeros back that they have lost.
    pub(crate) fn fips(&self, py: Python<'_>, row: usize) -> PyResult<Fips> {
        let code = match &self.cells[row] {
            Cell::Text(text) => text.parse().ok(),
            Cell::Whole(number) => format!("{number:05}").parse().ok(),
            _ => None,
        };
        code.ok_or_else(|| self.refuse(py, row, "give FIPS codes of counties as text of five digits"))
    }

    /// A date, from a date, a time at midnight or text.
    pub(crate) fn date(&self, py: Python<'_>, row: usize) -> PyResult<Date> {
        let date = match &self.cells[row] {
            Cell::Day(days, false) => jiff::civil::date(1970, 1, 1).checked_add(days.days()).ok(),
            Cell::Text(text) => text.parse().ok(),
            _ => None,
        };
        date.ok_or_else(|| self.refuse(py, row, "give dates, or text such as 2020-10-24"))
    }

    /// A number.
    pub(crate) fn number(&self, py: Python<'_>, row: usize) -> PyResult<f64> {
        match &self.cells[row] {
            Cell::Number(number) if number.is_finite() => Ok(*number),
            Cell::Whole(number) => Ok(*number as f64),
            _ => Err(self.refuse(py, row, "give a number of people; 0 on a day without a report")),
        }
    }

    /// A number, or none where it is missing.
    pub(crate) fn known(&self, py: Python<'_>, row: usize) -> PyResult<Option<f64>> {
        match &self.cells[row] {
            Cell::Missing => Ok(None),
            Cell::Number(number) if number.is_nan() => Ok(None),
            _ => self.number(py, row).map(Some),
        }
    }

    /// Text.
    pub(crate) fn text(&self, py: Python<'_>, row: usize) -> PyResult<&str> {
        match &self.cells[row] {
            Cell::Text(text) => Ok(text),
            _ => Err(self.refuse(py, row, "give text")),
        }
    }
}

/// Adds the cells of a column; none for a type that no column of counts has.
fn add(cells: &mut Vec<Cell>, piece: &StructArray, column: usize) -> Option<()> {
    let found = of(piece.values()[column].as_ref())?;
    let valid = |row: usize| piece.validity().is_none_or(|valid| valid.get_bit(row));
    cells.extend(found.into_iter().enumerate().map(|(row, cell)| if valid(row) { cell } else { Cell::Missing }));
    Some(())
}

fn of(array: &dyn Array) -> Option<Vec<Cell>> {
    let any = array.as_any();
    let text = |value: Option<&str>| value.map_or(Cell::Missing, |text| Cell::Text(text.to_owned()));
    macro_rules! primitive {
        ($kind:ty, $cell:expr) => {{
            let values = any.downcast_ref::<PrimitiveArray<$kind>>()?;
            Some(values.iter().map(|value| value.map_or(Cell::Missing, |value| $cell(*value))).collect())
        }};
    }
    match array.dtype() {
        ArrowDataType::Utf8 => Some(any.downcast_ref::<Utf8Array<i32>>()?.iter().map(text).collect()),
        ArrowDataType::LargeUtf8 => Some(any.downcast_ref::<Utf8Array<i64>>()?.iter().map(text).collect()),
        ArrowDataType::Utf8View => Some(any.downcast_ref::<BinaryViewArrayGeneric<str>>()?.iter().map(text).collect()),
        ArrowDataType::Dictionary(_, _, _) => {
            named::<u8>(array).or_else(|| named::<i8>(array)).or_else(|| named::<u16>(array)).or_else(|| {
                named::<i16>(array)
                    .or_else(|| named::<u32>(array))
                    .or_else(|| named::<i32>(array))
                    .or_else(|| named::<i64>(array))
            })
        }
        ArrowDataType::Int8 => primitive!(i8, |v: i8| Cell::Whole(v.into())),
        ArrowDataType::Int16 => primitive!(i16, |v: i16| Cell::Whole(v.into())),
        ArrowDataType::Int32 => primitive!(i32, |v: i32| Cell::Whole(v.into())),
        ArrowDataType::Int64 => primitive!(i64, Cell::Whole),
        ArrowDataType::UInt8 => primitive!(u8, |v: u8| Cell::Whole(v.into())),
        ArrowDataType::UInt16 => primitive!(u16, |v: u16| Cell::Whole(v.into())),
        ArrowDataType::UInt32 => primitive!(u32, |v: u32| Cell::Whole(v.into())),
        ArrowDataType::UInt64 => primitive!(u64, |v: u64| Cell::Number(v as f64)),
        ArrowDataType::Float32 => primitive!(f32, |v: f32| Cell::Number(v.into())),
        ArrowDataType::Float64 => primitive!(f64, Cell::Number),
        ArrowDataType::Date32 => primitive!(i32, |v: i32| Cell::Day(v.into(), false)),
        ArrowDataType::Date64 => primitive!(i64, |v: i64| day(v, 1_000)),
        ArrowDataType::Timestamp(unit, _) => {
            let parts = match unit {
                TimeUnit::Second => 1,
                TimeUnit::Millisecond => 1_000,
                TimeUnit::Microsecond => 1_000_000,
                TimeUnit::Nanosecond => 1_000_000_000,
            };
            primitive!(i64, |v: i64| day(v, parts))
        }
        ArrowDataType::Null => Some(vec![Cell::Missing; array.len()]),
        _ => None,
    }
}

fn day(time: i64, parts_of_second: i64) -> Cell {
    let parts = SECONDS_A_DAY * parts_of_second;
    Cell::Day(time.div_euclid(parts), time.rem_euclid(parts) != 0)
}

fn named<K: DictionaryKey>(array: &dyn Array) -> Option<Vec<Cell>> {
    let coded = array.as_any().downcast_ref::<DictionaryArray<K>>()?;
    let names = of(coded.values().as_ref())?;
    let cell = |key: Option<usize>| key.and_then(|key| names.get(key).cloned()).unwrap_or(Cell::Missing);
    Some(coded.keys_iter().map(cell).collect())
}
