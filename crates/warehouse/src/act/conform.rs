//! Rows in the columns and types of a table.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::SchemaRef;

use crate::error::{Error, brief};
use crate::statement::quoted;

/// How rows become those of a table.
pub(super) struct Conform {
    schema: SchemaRef,
    /// For each column of the table, which column of the rows gives its values.
    sources: Vec<Option<usize>>,
    given: usize,
}

impl Conform {
    /// Columns of rows go to those columns of the table that `targets` numbers, in its order; others are null.
    pub(super) fn new(schema: &SchemaRef, targets: Vec<usize>) -> Self {
        let source = |i| targets.iter().position(|target| *target == i);
        let sources = (0..schema.fields().len()).map(source).collect();
        Self { schema: Arc::clone(schema), sources, given: targets.len() }
    }

    /// The rows as the table has them. `origin` says in messages where they come from.
    pub(super) fn rows(&self, rows: &RecordBatch, origin: &str) -> Result<RecordBatch, Error> {
        if rows.num_columns() != self.given {
            return Err(Error::statement(
                format!("{origin} has {} columns, and the table takes {}", rows.num_columns(), self.given),
                "name the columns after the table: t (a, b)",
            ));
        }
        let columns = self.sources.iter().enumerate().map(|(i, source)| match source {
            Some(source) => self.cast(i, rows.column(*source), origin),
            None => Ok(new_null_array(self.schema.field(i).data_type(), rows.num_rows())),
        });
        self.batch(columns.collect::<Result<Vec<_>, Error>>()?, rows.num_rows(), origin)
    }

    /// A batch of the table from its columns.
    fn batch(&self, columns: Vec<ArrayRef>, rows: usize, origin: &str) -> Result<RecordBatch, Error> {
        for (field, column) in self.schema.fields().iter().zip(&columns) {
            if !field.is_nullable() && column.null_count() > 0 {
                return Err(Error::statement(
                    format!("{origin}: the column {} must not have nulls, and has some", quoted(field.name())),
                    "give it values, or make the table without NOT NULL",
                ));
            }
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map_err(|error| Error::statement(format!("{origin}: {error}"), "give rows of the table's types"))
    }

    fn cast(&self, column: usize, values: &ArrayRef, origin: &str) -> Result<ArrayRef, Error> {
        let field = self.schema.field(column);
        let options = CastOptions { safe: false, ..CastOptions::default() };
        cast_with_options(values, field.data_type(), &options).map_err(|error| {
            Error::statement(
                format!(
                    "{origin}: the column {} cannot take a value: {}",
                    quoted(field.name()),
                    brief(&error.to_string())
                ),
                "cast the values, or make the table with another type",
            )
        })
    }
}
