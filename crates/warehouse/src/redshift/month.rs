//! `add_months(date, number)` and `last_day(date)`.

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime};
use datafusion::arrow::array::{AsArray, Date32Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Int64Type};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::add::later;
use super::arrays::{MOMENT, microseconds, moment_type, moments};
use super::part::Part;

/// Adds months; the last day of a month leads to the last day of another.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct AddMonths {
    signature: Signature,
}

impl Default for AddMonths {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for AddMonths {
    fn name(&self) -> &str {
        "add_months"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let [date, _] = given else {
            return Err(DataFusionError::Plan("add_months takes two arguments: add_months(date, 1)".into()));
        };
        Ok(vec![moment_type("add_months", date)?, DataType::Int64])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(MOMENT)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [date, number] = arrays.as_slice() else {
            return Err(DataFusionError::Internal("add_months takes two arguments".into()));
        };
        let numbers = cast(number, &DataType::Int64)?;
        let sums = moments(date)?.into_iter().zip(numbers.as_primitive::<Int64Type>()).map(|(date, number)| {
            let (date, number) = (date?, number?);
            let later = later(date, Part::Month, number)?;
            let ended = date.date() == end_of_month(date)?;
            if ended { end_of_month(later).map(|day| day.and_time(date.time())) } else { Some(later) }
        });
        Ok(ColumnarValue::Array(microseconds(sums)))
    }
}

/// The last day of the month of a date.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LastDay {
    signature: Signature,
}

impl Default for LastDay {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for LastDay {
    fn name(&self) -> &str {
        "last_day"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let [date] = given else {
            return Err(DataFusionError::Plan("last_day takes one argument: last_day(date)".into()));
        };
        Ok(vec![moment_type("last_day", date)?])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [date] = arrays.as_slice() else {
            return Err(DataFusionError::Internal("last_day takes one argument".into()));
        };
        let days = moments(date)?.into_iter().map(|date| end_of_month(date?).map(Date32Type::from_naive_date));
        Ok(ColumnarValue::Array(Arc::new(days.collect::<Date32Array>())))
    }
}

fn end_of_month(date: NaiveDateTime) -> Option<NaiveDate> {
    date.date().with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}
