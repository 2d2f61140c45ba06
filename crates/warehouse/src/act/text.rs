//! Rows as lines of fields between delimiters, or as Parquet, in a buffer that is emptied as it fills.

use std::io::{Error as IoError, Result, Write};
use std::sync::{Arc, Mutex, PoisonError};

use csv::{QuoteStyle, Writer, WriterBuilder};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::options::{Format, Options};

/// What has been written and not yet taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// Takes what has been written.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

enum Plain {
    As(Buffer),
    Gzip(Box<GzEncoder<Buffer>>),
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Self::As(buffer) => buffer.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// A writer of rows.
pub(super) struct Encoder(Kind);

enum Kind {
    Text(Box<Text>),
    Parquet(Box<ArrowWriter<Buffer>>),
}

struct Text {
    writer: Writer<Plain>,
    csv: bool,
    delimiter: char,
    null: String,
}

/// Days and times as Redshift writes them.
const FORMAT: FormatOptions<'static> = FormatOptions::new()
    .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"))
    .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.f%#z"));

impl Encoder {
    /// A writer to a buffer.
    pub(super) fn new(options: &Options, schema: &SchemaRef, buffer: Buffer) -> Result<Self> {
        if options.format == Format::Parquet {
            let properties = WriterProperties::builder().set_compression(Codec::ZSTD(ZstdLevel::default())).build();
            let writer = ArrowWriter::try_new(buffer, Arc::clone(schema), Some(properties)).map_err(IoError::other)?;
            return Ok(Self(Kind::Parquet(Box::new(writer))));
        }
        let csv = options.format == Format::Csv;
        let plain = if options.gzip {
            Plain::Gzip(Box::new(GzEncoder::new(buffer, Compression::default())))
        } else {
            Plain::As(buffer)
        };
        let mut writer = WriterBuilder::new()
            .delimiter(options.delimiter)
            .quote(options.quote)
            .quote_style(if csv { QuoteStyle::Necessary } else { QuoteStyle::Never })
            .from_writer(plain);
        if options.header {
            writer.write_record(schema.fields().iter().map(|field| field.name()))?;
        }
        let null = options.null.clone().unwrap_or_default();
        Ok(Self(Kind::Text(Box::new(Text { writer, csv, delimiter: char::from(options.delimiter), null }))))
    }

    /// Writes rows.
    pub(super) fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        match &mut self.0 {
            Kind::Text(text) => text.write(rows),
            Kind::Parquet(writer) => writer.write(rows).map_err(IoError::other),
        }
    }

    /// Completes what was written.
    pub(super) fn finish(self) -> Result<()> {
        match self.0 {
            Kind::Text(text) => {
                if let Plain::Gzip(encoder) = text.writer.into_inner().map_err(|error| error.into_error())? {
                    encoder.finish()?;
                }
                Ok(())
            }
            Kind::Parquet(writer) => writer.close().map(|_| ()).map_err(IoError::other),
        }
    }
}

impl Text {
    fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        let cells = rows.columns().iter().map(|column| ArrayFormatter::try_new(column, &FORMAT));
        let cells = cells.collect::<std::result::Result<Vec<_>, _>>().map_err(IoError::other)?;
        for i in 0..rows.num_rows() {
            for (column, cell) in rows.columns().iter().zip(&cells) {
                if column.data_type() == &DataType::Null || column.is_null(i) {
                    self.writer.write_field(&self.null)?;
                    continue;
                }
                let mut text = cell.value(i).to_string();
                if column.data_type() == &DataType::Boolean {
                    text.truncate(1);
                }
                if !self.csv && text.contains([self.delimiter, '\n', '\r']) {
                    let shown: String = text.chars().take(60).collect();
                    return Err(IoError::other(format!(
                        "the value {shown:?} has the delimiter or a line break in it: unload as CSV"
                    )));
                }
                self.writer.write_field(text)?;
            }
            self.writer.write_record(None::<&[u8]>)?;
        }
        self.writer.flush()
    }
}
