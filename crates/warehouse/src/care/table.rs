//! The tables `care` and `care_associations` of a lake: staged, and put in place as a whole.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Date32Builder, Float64Builder, Int32Builder, Int64Builder, RecordBatch, StringArray, StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::association::Association;
use super::places::Places;
use super::rows::{Measure, Row, Take};
use super::suppress::Hidden;
use crate::error::Error;

/// Rows that are written at a time.
const BATCH: usize = 65_536;
/// Names of the tables.
pub(super) const TABLES: [&str; 2] = ["care", "care_associations"];

/// Folders of both tables under construction within a lake. They vanish unless they are kept.
#[derive(Debug)]
pub(super) struct Staged {
    folder: tempfile::TempDir,
    lake: PathBuf,
}

impl Staged {
    pub(super) fn within(lake: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(lake).map_err(|source| Error::unwritable(lake, &source))?;
        // Names with a point are no tables.
        let folder = tempfile::Builder::new().prefix(".care-").tempdir_in(lake);
        let folder = folder.map_err(|source| Error::unwritable(lake, &source))?;
        Ok(Self { folder, lake: lake.to_owned() })
    }

    /// Files of a disease's partition of both tables.
    pub(super) fn writer<'a>(&self, disease: &str, places: &'a Places) -> Result<Writer<'a>, Error> {
        Ok(Writer {
            places,
            care: Part::new(self.folder.path(), TABLES[0], disease, care_schema())?,
            associations: Part::new(self.folder.path(), TABLES[1], disease, associations_schema())?,
        })
    }

    /// Puts both tables in the place of those of an earlier run, which go with the folder.
    pub(super) fn keep(self) -> Result<(), Error> {
        for table in TABLES {
            let (made, target) = (self.folder.path().join(table), self.lake.join(table));
            let failed = |source: std::io::Error| Error::unwritable(&target, &source);
            // Removes a folder that has no file; a table without rows is none.
            let is_empty = std::fs::remove_dir(&made).is_ok();
            let old = self.folder.path().join(format!("{table}-before"));
            match (is_empty, target.exists()) {
                (true, true) => std::fs::rename(&target, &old).map_err(failed)?,
                (true, false) => {}
                (false, false) => std::fs::rename(&made, &target).map_err(failed)?,
                (false, true) if swap(&made, &target) => {}
                (false, true) => {
                    std::fs::rename(&target, &old).map_err(failed)?;
                    std::fs::rename(&made, &target).map_err(failed)?;
                }
            }
        }
        Ok(())
    }
}

/// Swaps two folders at once, so that there is no moment without the table; whether the file system can.
fn swap(one: &Path, other: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (one, other);
        false
    }
}

/// A file of a partition.
struct Part {
    path: PathBuf,
    schema: SchemaRef,
    writer: ArrowWriter<File>,
    rows: usize,
}

impl Part {
    fn new(folder: &Path, table: &str, disease: &str, schema: SchemaRef) -> Result<Self, Error> {
        let folder = folder.join(table).join(format!("disease={disease}"));
        let path = folder.join("part.parquet");
        std::fs::create_dir_all(&folder).map_err(|source| Error::unwritable(&path, &source))?;
        let file = File::create(&path).map_err(|source| Error::unwritable(&path, &source))?;
        let level = ZstdLevel::try_new(3).unwrap_or_default();
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
        let writer = writer.map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path, schema, writer, rows: 0 })
    }

    fn write(&mut self, columns: Vec<ArrayRef>) -> Result<(), Error> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| unwritable(&self.path, &error.into()))?;
        self.rows += batch.num_rows();
        self.writer.write(&batch).map_err(|error| unwritable(&self.path, &error))
    }

    /// Ends the file; one without rows vanishes.
    fn finish(self) -> Result<usize, Error> {
        let (path, rows) = (self.path, self.rows);
        let file = self.writer.into_inner().map_err(|error| unwritable(&path, &error))?;
        file.sync_all().map_err(|source| Error::unwritable(&path, &source))?;
        if rows == 0 {
            let folder = path.parent().unwrap_or(&path);
            std::fs::remove_dir_all(folder).map_err(|source| Error::unwritable(folder, &source))?;
        }
        Ok(rows)
    }
}

fn unwritable(path: &Path, error: &parquet::errors::ParquetError) -> Error {
    Error::unwritable(path, &std::io::Error::other(error.to_string()))
}

fn care_schema() -> SchemaRef {
    let column = |name, kind, nullable| Field::new(name, kind, nullable);
    let number = |name| column(name, DataType::Float64, true);
    Arc::new(Schema::new(vec![
        column("measure", DataType::Utf8, false),
        column("class", DataType::Utf8, false),
        column("area", DataType::Utf8, false),
        column("fips", DataType::Utf8, false),
        column("week_end", DataType::Date32, false),
        column("people", DataType::Int64, true),
        column("count", DataType::Int64, true),
        number("value"),
        number("lower"),
        number("upper"),
        number("year_before"),
        number("change"),
        number("change_lower"),
        number("change_upper"),
        column("hidden", DataType::Utf8, true),
    ]))
}

fn associations_schema() -> SchemaRef {
    let column = |name, kind| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![
        column("measure", DataType::Utf8),
        column("class", DataType::Utf8),
        column("exposure", DataType::Utf8),
        column("lag_weeks", DataType::Int32),
        column("counties", DataType::Int64),
        column("county_weeks", DataType::Int64),
        column("slope", DataType::Float64),
        column("slope_lower", DataType::Float64),
        column("slope_upper", DataType::Float64),
        column("correlation", DataType::Float64),
    ]))
}

/// Writes the partition of a disease.
pub(super) struct Writer<'a> {
    places: &'a Places,
    care: Part,
    associations: Part,
}

impl Writer<'_> {
    /// Ends both files; the number of rows of `care`.
    pub(super) fn finish(self) -> Result<usize, Error> {
        self.associations.finish()?;
        self.care.finish()
    }
}

impl Take for Writer<'_> {
    fn rows(&mut self, measure: Measure<'_>, rows: &[Row]) -> Result<(), Error> {
        for rows in rows.chunks(BATCH) {
            let same = |text: &str| -> ArrayRef {
                Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows.len())))
            };
            let counts = |count: fn(&Row) -> Option<u64>| -> ArrayRef {
                let mut builder = Int64Builder::with_capacity(rows.len());
                rows.iter().for_each(|row| builder.append_option(count(row).and_then(|n| i64::try_from(n).ok())));
                Arc::new(builder.finish())
            };
            let numbers = |number: fn(&Row) -> Option<f64>| -> ArrayRef {
                let mut builder = Float64Builder::with_capacity(rows.len());
                // Of one person no spread is known.
                rows.iter().for_each(|row| builder.append_option(number(row).filter(|n| n.is_finite())));
                Arc::new(builder.finish())
            };
            let mut days = Date32Builder::with_capacity(rows.len());
            rows.iter().for_each(|row| days.append_value(row.saturday));
            let mut hidden = StringBuilder::new();
            rows.iter().for_each(|row| hidden.append_option(row.hidden.map(reason)));
            let kinds = StringArray::from_iter_values(rows.iter().map(|row| self.places.kind(row.area)));
            let codes = StringArray::from_iter_values(rows.iter().map(|row| self.places.code(row.area, row.fips)));
            self.care.write(vec![
                same(measure.name),
                same(measure.class),
                Arc::new(kinds),
                Arc::new(codes),
                Arc::new(days.finish()),
                counts(|row| row.people),
                counts(|row| row.count),
                numbers(|row| row.value.map(|value| value.value)),
                numbers(|row| row.value.map(|value| value.lower)),
                numbers(|row| row.value.map(|value| value.upper)),
                numbers(|row| row.before),
                numbers(|row| row.change.map(|change| change.value)),
                numbers(|row| row.change.map(|change| change.lower)),
                numbers(|row| row.change.map(|change| change.upper)),
                Arc::new(hidden.finish()),
            ])?;
        }
        Ok(())
    }

    fn associations(&mut self, measure: Measure<'_>, found: &[Association]) -> Result<(), Error> {
        if found.is_empty() {
            return Ok(());
        }
        let (mut names, mut classes, mut exposures) =
            (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
        let mut lags = Int32Builder::new();
        for association in found {
            names.append_value(measure.name);
            classes.append_value(measure.class);
            exposures.append_value(&association.exposure);
            lags.append_value(i32::try_from(association.lag).unwrap_or(i32::MAX));
        }
        let counts = |count: fn(&Association) -> usize| -> ArrayRef {
            let mut builder = Int64Builder::new();
            found.iter().for_each(|one| builder.append_value(i64::try_from(count(one)).unwrap_or(i64::MAX)));
            Arc::new(builder.finish())
        };
        let numbers = |number: fn(&Association) -> f64| -> ArrayRef {
            let mut builder = Float64Builder::new();
            found.iter().for_each(|one| builder.append_value(number(one)));
            Arc::new(builder.finish())
        };
        self.associations.write(vec![
            Arc::new(names.finish()),
            Arc::new(classes.finish()),
            Arc::new(exposures.finish()),
            Arc::new(lags.finish()),
            counts(|one| one.counties),
            counts(|one| one.county_weeks),
            numbers(|one| one.slope.value),
            numbers(|one| one.slope.lower),
            numbers(|one| one.slope.upper),
            numbers(|one| one.correlation),
        ])
    }
}

const fn reason(hidden: Hidden) -> &'static str {
    match hidden {
        Hidden::Small => "small",
        Hidden::Complement => "complement",
    }
}
