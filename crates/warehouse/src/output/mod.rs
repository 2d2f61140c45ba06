//! Rows as a table, CSV, JSON, Parquet or Arrow: on standard output, or in a file that appears as a whole.

mod file;
mod rows;
mod screen;
mod sink;

use std::io::{BufWriter, Write};
use std::path::Path;

use clap::ValueEnum;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;

use crate::error::Error;
use crate::statement::from_engine;
use rows::Rows;
pub use screen::escaped;
pub(crate) use sink::Sink;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Readable columns, as wide as the terminal.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// One JSON array of objects.
    Json,
    /// Parquet, compressed with Zstandard.
    Parquet,
    /// Arrow IPC file, also known as Feather version 2.
    Arrow,
}

impl Format {
    /// The format of a file by the ending of its name.
    ///
    /// # Errors
    /// [`Error::Input`] where the ending is none of those known.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "txt" => Ok(Self::Table),
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "parquet" => Ok(Self::Parquet),
            "arrow" | "feather" | "ipc" => Ok(Self::Arrow),
            _ => Err(Error::input(
                format!("the name {} does not tell the format of the file", crate::error::shown(path)),
                "end it in .csv, .json, .parquet, .arrow or .txt, or give --format",
            )),
        }
    }
}

/// Writes all rows to a file, which appears when it is complete, and replaces one of the name.
///
/// # Errors
/// As [`crate::engine::Warehouse::run`]; [`Error::System`] where the file cannot be written. Nothing is left behind then.
pub async fn to_file(rows: SendableRecordBatchStream, format: Format, path: &Path, sql: &str) -> Result<u64, Error> {
    let staged = file::Staged::beside(path)?;
    let (staged, count) = match format {
        Format::Table => {
            let text = screen::Screen::of_file();
            let mut writer = BufWriter::new(staged);
            let count = screen::write(rows, &mut writer, &text, sql).await?.rows;
            (writer.into_inner().map_err(|error| Error::unwritable(path, error.error()))?, count)
        }
        _ => {
            let schema = rows.schema();
            let writer = Rows::new(format, &schema, staged).map_err(|error| unwritable(path, &error))?;
            copy(rows, writer, sql, &|error| unwritable(path, error)).await?
        }
    };
    staged.keep()?;
    Ok(count)
}

/// Writes all rows to standard output. The number of rows, and what a table does not show of them.
///
/// # Errors
/// As [`crate::engine::Warehouse::run`].
pub async fn to_screen(rows: SendableRecordBatchStream, format: Format, sql: &str) -> Result<screen::Shown, Error> {
    let failed = |error: &std::io::Error| Error::unwritable(Path::new("standard output"), error);
    let mut out = BufWriter::new(std::io::stdout());
    let shown = if format == Format::Table {
        screen::write(rows, &mut out, &screen::Screen::of_terminal(), sql).await?
    } else {
        let schema = rows.schema();
        let writer = Rows::new(format, &schema, &mut out).map_err(|error| failed(&error))?;
        let (_, count) = copy(rows, writer, sql, &failed).await?;
        screen::Shown { rows: count, remark: None }
    };
    match out.flush() {
        // A reader that has read enough, such as `head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(shown),
        Err(error) => Err(failed(&error)),
        Ok(()) => Ok(shown),
    }
}

async fn copy<W: Write + Send>(
    mut rows: SendableRecordBatchStream,
    mut writer: Rows<W>,
    sql: &str,
    failed: &(impl Fn(&std::io::Error) -> Error + Sync),
) -> Result<(W, u64), Error> {
    let mut count = 0;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| from_engine(&error, sql))?;
        count += batch.num_rows() as u64;
        writer.write(&batch).map_err(|error| failed(&error))?;
    }
    Ok((writer.finish().map_err(|error| failed(&error))?, count))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::unwritable(path, error)
}
