//! Writers of rows, one for each format that is not a table.

use std::io::{Error, Result, Write};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::{Writer as CsvWriter, WriterBuilder};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::arrow::json::ArrayWriter;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::Format;

/// A writer of rows.
pub(super) enum Rows<W: Write + Send> {
    Csv(Box<CsvWriter<W>>),
    Json(ArrayWriter<W>),
    Parquet(Box<ArrowWriter<W>>),
    Arrow(Box<FileWriter<W>>),
}

impl<W: Write + Send> Rows<W> {
    /// A writer of a format; of tables there is none here, and CSV is taken.
    pub(super) fn new(format: Format, schema: &SchemaRef, out: W) -> Result<Self> {
        Ok(match format {
            Format::Table | Format::Csv => {
                let mut writer = WriterBuilder::new().with_header(true).build(out);
                // The header also where there is no row.
                writer.write(&RecordBatch::new_empty(SchemaRef::clone(schema))).map_err(Error::other)?;
                Self::Csv(Box::new(writer))
            }
            Format::Json => Self::Json(ArrayWriter::new(out)),
            Format::Parquet => {
                let properties =
                    WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
                let writer =
                    ArrowWriter::try_new(out, SchemaRef::clone(schema), Some(properties)).map_err(Error::other)?;
                Self::Parquet(Box::new(writer))
            }
            Format::Arrow => Self::Arrow(Box::new(FileWriter::try_new(out, schema).map_err(Error::other)?)),
        })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Csv(writer) => writer.write(batch).map_err(Error::other),
            Self::Json(writer) => writer.write(batch).map_err(Error::other),
            Self::Parquet(writer) => writer.write(batch).map_err(Error::other),
            Self::Arrow(writer) => writer.write(batch).map_err(Error::other),
        }
    }

    /// Completes what was written.
    pub(super) fn finish(self) -> Result<W> {
        match self {
            Self::Csv(writer) => Ok(writer.into_inner()),
            Self::Json(mut writer) => {
                writer.finish().map_err(Error::other)?;
                let mut out = writer.into_inner();
                out.write_all(b"\n")?;
                Ok(out)
            }
            Self::Parquet(writer) => writer.into_inner().map_err(Error::other),
            Self::Arrow(mut writer) => {
                writer.finish().map_err(Error::other)?;
                writer.into_inner().map_err(Error::other)
            }
        }
    }
}
