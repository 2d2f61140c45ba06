//! Tables in and out of Python by the Arrow PyCapsule interface.

use std::ffi::CStr;

use polars::prelude::{CompatLevel, DataFrame, DataType};
use polars_arrow::array::{Array, StructArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::ffi::{ArrowArrayStream, ArrowArrayStreamReader, export_field_to_c, export_iterator};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::failure::internal;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";

/// A table of countycast. Whatever reads the Arrow PyCapsule interface takes it.
#[pyclass(frozen, module = "countycast")]
pub(crate) struct Table(DataFrame);

impl Table {
    /// The table of a frame.
    pub(crate) fn new(py: Python<'_>, made: polars::prelude::PolarsResult<DataFrame>) -> PyResult<Self> {
        made.map(Self).map_err(|error| internal(py, &error.to_string()))
    }

    fn field(&self) -> Field {
        let fields = self.0.schema().iter().map(|(name, of)| of.to_arrow_field(name.clone(), CompatLevel::newest()));
        Field::new("".into(), ArrowDataType::Struct(fields.collect()), false)
    }
}

#[pymethods]
impl Table {
    /// Rows and columns.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        self.0.shape()
    }

    /// Names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.0.get_column_names_owned().iter().map(ToString::to_string).collect()
    }

    fn __len__(&self) -> usize {
        self.0.height()
    }

    /// The first rows as text.
    fn __repr__(&self) -> String {
        let (rows, columns) = self.0.shape();
        let types = self.0.columns().iter().map(|column| {
            let kind = match column.dtype() {
                DataType::String => "text".to_owned(),
                other => other.to_string(),
            };
            format!("{}: {kind}", column.name())
        });
        format!("<countycast.Table of {rows} rows × {columns} columns: {}>", types.collect::<Vec<_>>().join(", "))
    }

    /// The Arrow schema, in a capsule.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        PyCapsule::new_with_value(py, export_field_to_c(&self.field()), SCHEMA)
    }

    /// The rows as an Arrow stream in a capsule, without copying; a consumer may cast them to another schema itself.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let (field, mut frame) = (self.field(), self.0.clone());
        frame.align_chunks();
        let of = field.dtype.clone();
        let batches: Vec<_> = frame
            .iter_chunks(CompatLevel::newest(), false)
            .map(|batch| {
                let rows = batch.height();
                Ok(StructArray::try_new(of.clone(), rows, batch.into_arrays(), None)?.boxed())
            })
            .collect();
        PyCapsule::new_with_value(py, export_iterator(Box::new(batches.into_iter()), field), STREAM)
    }
}

/// A table from Python: names and columns, in pieces.
pub(crate) struct Imported {
    pub(crate) names: Vec<String>,
    pub(crate) pieces: Vec<StructArray>,
}

/// Takes a table from anything with the Arrow PyCapsule interface.
pub(crate) fn import(table: &Bound<'_, PyAny>) -> PyResult<Imported> {
    let wrong = |problem: String| PyTypeError::new_err(problem);
    if !table.hasattr("__arrow_c_stream__")? {
        let kind = table.get_type().name()?;
        return Err(wrong(format!(
            "a table is needed that offers the Arrow PyCapsule interface, such as one of pandas, polars, pyarrow or DuckDB, not {kind}"
        )));
    }
    let capsule = table.call_method0("__arrow_c_stream__")?;
    let capsule = capsule.cast::<PyCapsule>()?;
    let pieces = read(capsule).map_err(|error| wrong(format!("the table cannot be read: {error}")))?;
    let (of, pieces) = pieces?;
    let ArrowDataType::Struct(fields) = of else {
        return Err(wrong(format!("{of:?} is not a table")));
    };
    let pieces = pieces.into_iter().filter_map(|piece| piece.as_any().downcast_ref::<StructArray>().cloned());
    Ok(Imported { names: fields.iter().map(|field| field.name.to_string()).collect(), pieces: pieces.collect() })
}

type Pieces = (ArrowDataType, Vec<Box<dyn Array>>);

/// All pieces of a stream; a failure of the stream is the inner error.
#[expect(unsafe_code, reason = "the interface is a pointer to functions of the table's owner")]
fn read(capsule: &Bound<'_, PyCapsule>) -> polars::prelude::PolarsResult<PyResult<Pieces>> {
    let pointer = match capsule.pointer_checked(Some(STREAM)) {
        Ok(pointer) => pointer.cast::<ArrowArrayStream>(),
        Err(error) => return Ok(Err(error)),
    };
    // SAFETY: a capsule of this name holds a valid stream, which the consumer moves out and leaves released (the Arrow PyCapsule
    // interface). Python's lock is held, so that nothing else takes it at the same time.
    let stream = unsafe { pointer.replace(ArrowArrayStream::empty()) };
    // SAFETY: the stream is the one of the capsule; one that is released already is refused.
    let mut reader = unsafe { ArrowArrayStreamReader::try_new(Box::new(stream)) }?;
    let mut pieces = Vec::new();
    // SAFETY: as above. Arrays stay valid after the stream: each is released by itself.
    while let Some(piece) = unsafe { reader.next() } {
        pieces.push(piece?);
    }
    Ok(Ok((reader.field().dtype.clone(), pieces)))
}
