//! Lines of fields between delimiters, as rows of typed columns.

use std::io::Read;
use std::sync::Arc;

use csv::{ByteRecord, Reader, ReaderBuilder};
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, StringArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use flate2::read::MultiGzDecoder;
use tokio::runtime::Handle;

use super::options::{Format, Options};
use crate::error::Error;
use crate::stores::Source;
use crate::types::sql_name;

/// Rows of a batch.
const ROWS: usize = 8_192;
/// Bytes of a batch's texts, from which on it is full.
const BYTES: usize = 16 << 20;

/// A reader of lines of fields.
pub(super) struct Fields {
    origin: String,
    options: Options,
    schema: SchemaRef,
    reader: Reader<Box<dyn Read + Send>>,
    record: ByteRecord,
    skip: u64,
}

impl Fields {
    /// Begins to read fields of a schema's types. On a thread that may wait.
    pub(super) fn open(source: &Source, options: &Options, schema: SchemaRef, handle: Handle) -> Self {
        let parts = source.reader(handle);
        let plain: Box<dyn Read + Send> =
            if options.gzip { Box::new(MultiGzDecoder::new(parts)) } else { Box::new(parts) };
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(options.delimiter)
            .quoting(options.format == Format::Csv)
            .quote(options.quote)
            .from_reader(plain);
        Self {
            origin: source.place.to_string(),
            options: options.clone(),
            schema,
            reader,
            record: ByteRecord::new(),
            skip: options.skip,
        }
    }

    /// The next rows; none at the end. On a thread that may wait.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let width = self.schema.fields().len();
        let mut columns: Vec<StringBuilder> = (0..width).map(|_| StringBuilder::new()).collect();
        let (mut lines, mut bytes) = (Vec::new(), 0);
        while lines.len() < ROWS && bytes < BYTES && self.read()? {
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            let line = self.record.position().map_or(0, csv::Position::line);
            if self.record.len() != width {
                let count = self.record.len();
                return Err(self.wrong(line, &format!("there are {count} fields, and the table takes {width}")));
            }
            for (i, column) in columns.iter_mut().enumerate() {
                let text = std::str::from_utf8(&self.record[i])
                    .map_err(|_| self.wrong(line, &format!("the field {} is no text in UTF-8", i + 1)))?;
                column.append_option(self.value(i, text));
                bytes += text.len();
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let columns = columns.iter_mut().enumerate().map(|(i, column)| self.typed(i, &column.finish(), &lines));
        let columns = columns.collect::<Result<Vec<ArrayRef>, Error>>()?;
        // Whether nulls may be here, is for the table to say.
        let fields: Vec<_> =
            self.schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
        let schema = Arc::new(datafusion::arrow::datatypes::Schema::new(fields));
        RecordBatch::try_new(schema, columns).map(Some).map_err(|error| self.wrong(lines[0], &error.to_string()))
    }

    fn read(&mut self) -> Result<bool, Error> {
        self.reader.read_byte_record(&mut self.record).map_err(|error| {
            let line = self.reader.position().line();
            Error::System {
                message: format!("{} cannot be read at line {line}: {error}", self.origin),
                remedy: if self.options.gzip {
                    "check that it is compressed with gzip, and repeat the statement"
                } else {
                    "repeat the statement"
                }
                .into(),
            }
        })
    }

    /// A field as a text or a null.
    fn value<'a>(&self, column: usize, text: &'a str) -> Option<&'a str> {
        let null = self.options.null.as_deref().unwrap_or("\\N");
        if text == null {
            return None;
        }
        if self.schema.field(column).data_type() == &DataType::Utf8View {
            let is_null = (self.options.empty_as_null && text.is_empty())
                || (self.options.blank_as_null && !text.is_empty() && text.trim().is_empty());
            return (!is_null).then_some(text);
        }
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    fn typed(&self, column: usize, texts: &StringArray, lines: &[u64]) -> Result<ArrayRef, Error> {
        let field = self.schema.field(column);
        let wrong = |line, text: &str| {
            let shown: String = text.chars().take(60).collect();
            self.wrong(
                line,
                &format!("the column {} has {shown:?}, which is no {}", field.name(), sql_name(field.data_type())),
            )
        };
        let typed = cast(texts, field.data_type()).map_err(|error| self.wrong(lines[0], &error.to_string()))?;
        if typed.null_count() == texts.null_count() {
            return Ok(typed);
        }
        match (0..texts.len()).find(|i| typed.is_null(*i) && !texts.is_null(*i)) {
            Some(i) => Err(wrong(lines[i], texts.value(i))),
            None => Ok(typed),
        }
    }

    fn wrong(&self, line: u64, what: &str) -> Error {
        Error::input(
            format!("{}, line {line}: {what}", self.origin),
            "correct the file, or give the options that it needs: CSV, DELIMITER, IGNOREHEADER, NULL; nothing was loaded",
        )
    }
}
