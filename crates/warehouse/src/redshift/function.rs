//! A word of Redshift as a function of the query engine.

use std::hash::{Hash, Hasher};

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

/// A function of rows, whose value depends on its arguments alone.
#[derive(Debug)]
pub(super) struct Function {
    name: &'static str,
    takes: fn(&[DataType]) -> Result<Vec<DataType>>,
    gives: DataType,
    answer: fn(&[ArrayRef]) -> Result<ArrayRef>,
    signature: Signature,
}

impl Function {
    /// A function by its name in small letters. `takes` gives the types that arguments are read as, or refuses them; `answer` has
    /// arrays of these types and gives one of type `gives`.
    pub(super) fn new(
        name: &'static str,
        takes: fn(&[DataType]) -> Result<Vec<DataType>>,
        gives: DataType,
        answer: fn(&[ArrayRef]) -> Result<ArrayRef>,
    ) -> Self {
        Self { name, takes, gives, answer, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// The arguments of a function that takes so many.
///
/// # Errors
/// Where there are others, which `takes` has refused before.
pub(super) fn taken<'a, const N: usize>(function: &str, arguments: &'a [ArrayRef]) -> Result<&'a [ArrayRef; N]> {
    arguments.try_into().map_err(|_| DataFusionError::Internal(format!("{function}: {} arguments", arguments.len())))
}

/// No two functions have one name.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        (self.takes)(given)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.gives.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Array((self.answer)(&ColumnarValue::values_to_arrays(&args.args)?)?))
    }
}
