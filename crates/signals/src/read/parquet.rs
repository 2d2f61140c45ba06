//! Parquet files as columns of cells.

use std::fs::File;
use std::path::Path;

use countycast_engine::Date;
use countycast_panel::{InputError, guarded};
use polars::prelude::{Column, DataType, ParquetReader, PolarsError, SerReader};

use super::cells::{Cells, Words};

/// Names of the columns, and the number of rows.
pub(super) fn shape(path: &Path) -> Result<(Vec<String>, u64), InputError> {
    parquet(path, |mut reader| {
        let schema = reader.schema()?;
        let rows = reader.num_rows()?;
        Ok((schema.iter_names().map(ToString::to_string).collect(), rows as u64))
    })
}

/// The columns, and the number of rows.
pub(super) fn columns(path: &Path) -> Result<(Vec<(String, Cells)>, usize), InputError> {
    parquet(path, |reader| {
        let frame = reader.finish()?;
        let columns = frame.columns().iter().map(|column| Ok((column.name().to_string(), cells(column)?)));
        Ok((columns.collect::<Result<_, PolarsError>>()?, frame.height()))
    })
}

/// What `read` finds in a file.
fn parquet<T>(path: &Path, read: impl FnOnce(ParquetReader<File>) -> Result<T, PolarsError>) -> Result<T, InputError> {
    let file = File::open(path).map_err(|error| InputError::unreadable(path, &error))?;
    guarded(path, || {
        let wrong =
            |error| InputError::new(path, format!("not readable as Parquet: {error}"), "download the file again");
        read(ParquetReader::new(file)).map_err(wrong)
    })
}

fn cells(column: &Column) -> Result<Cells, PolarsError> {
    Ok(match column.dtype() {
        DataType::Date => {
            let epoch = Date::constant(1970, 1, 1);
            let date = |days: i32| epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok();
            let days = column.cast(&DataType::Int32)?;
            Cells::Date(days.i32()?.iter().map(|days| days.and_then(date)).collect())
        }
        dtype if dtype.is_primitive_numeric() => {
            let numbers = column.cast(&DataType::Float64)?;
            Cells::Number(numbers.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
        }
        _ => {
            let text = column.cast(&DataType::String)?;
            let mut words = Words::default();
            text.str()?.iter().for_each(|cell| words.push(cell.unwrap_or_default()));
            Cells::Text(words)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_on_which_the_reader_panics_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nssp.parquet");
        std::fs::write(&path, "PAR1").unwrap();
        let error = parquet(&path, |_| -> Result<(), PolarsError> { panic!("on purpose") }).unwrap_err().to_string();
        assert!(error.contains("nssp.parquet") && error.contains("is damaged"), "{error}");
    }
}
