//! Numbers of the providers that lists have.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Error, brief, shown};

/// Columns with the number: of CMS's hospitals, HIFLD's and NPPES's list, or of one's own.
const COLUMNS: [&str; 5] = ["Facility ID", "Provider ID", "NPI", "ID", "provider"];

/// Numbers of known providers. They are text: `15E064`.
#[derive(Debug, Default)]
pub struct Numbers(HashSet<String>);

impl Numbers {
    /// Reads lists, in CSV or Parquet, and those in folders.
    ///
    /// # Errors
    /// [`Error::Input`] where a list has no column of numbers or cannot be read.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut numbers = Self::default();
        for path in paths {
            if !path.is_dir() {
                numbers.add(path)?;
                continue;
            }
            for entry in std::fs::read_dir(path).map_err(|source| Error::unreadable(path, &source))? {
                let inside = entry.map_err(|source| Error::unreadable(path, &source))?.path();
                if inside.extension().is_some_and(|ending| ending == "csv" || ending == "parquet") {
                    numbers.add(&inside)?;
                }
            }
        }
        if numbers.0.is_empty() {
            return Err(Error::input("the lists name no provider", "give lists of providers with --providers"));
        }
        Ok(numbers)
    }

    /// Whether a list has this provider.
    pub(super) fn has(&self, number: &str) -> bool {
        self.0.contains(number)
    }

    fn add(&mut self, path: &Path) -> Result<(), Error> {
        let wrong = |error: String| {
            Error::input(format!("{}: {}", shown(path), brief(&error)), "give a list in CSV or Parquet")
        };
        let none = || {
            let remedy = "give CMS's or HIFLD's hospitals, NPPES's npidata, or a list with a column `provider`";
            Error::input(format!("{}: no column has the numbers of providers", shown(path)), remedy)
        };
        if path.extension().is_some_and(|ending| ending == "parquet") {
            let file = std::fs::File::open(path).map_err(|source| Error::unreadable(path, &source))?;
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| wrong(error.to_string()))?;
            let name =
                COLUMNS.into_iter().find(|name| reader.schema().column_with_name(name).is_some()).ok_or_else(none)?;
            for batch in reader.build().map_err(|error| wrong(error.to_string()))? {
                let batch = batch.map_err(|error| wrong(error.to_string()))?;
                let column = batch.column_by_name(name).ok_or_else(none)?;
                let text = cast(column, &DataType::Utf8).map_err(|error| wrong(error.to_string()))?;
                self.0.extend(text.as_string::<i32>().iter().flatten().map(str::to_owned));
            }
            return Ok(());
        }
        let mut reader = csv::Reader::from_path(path).map_err(|error| wrong(error.to_string()))?;
        let header = reader.headers().map_err(|error| wrong(error.to_string()))?;
        let at = COLUMNS.iter().find_map(|name| header.iter().position(|own| own.trim() == *name)).ok_or_else(none)?;
        for row in reader.records() {
            let row = row.map_err(|error| wrong(error.to_string()))?;
            self.0.extend(row.get(at).map(|number| number.trim().to_owned()).filter(|number| !number.is_empty()));
        }
        Ok(())
    }
}

#[cfg(test)]
impl<const N: usize> From<[&str; N]> for Numbers {
    fn from(numbers: [&str; N]) -> Self {
        Self(numbers.into_iter().map(str::to_owned).collect())
    }
}
