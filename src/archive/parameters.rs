//! The table `parameters`: a row per place, engine, vector and parameter.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use countycast_engine::{Date, Fips, Parameters};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, Float32Chunked, Int32Chunked, IntoColumn, PolarsResult, StringChunkedBuilder};
use serde::{Deserialize, Serialize};

use super::Archive;
use crate::error::Error;
use crate::identity::sha256;
use crate::output::parquet;
use crate::pipeline::Earlier;

const TABLE: &str = "parameters";
/// Days after which stored parameters are too old for any engine.
const LATEST_DAYS: i32 = 7;

/// Parameters by engine and place, as their vectors are read.
type Vectors = HashMap<(String, Fips), (Vec<String>, Vec<Vec<f64>>)>;

/// An engine's parameters for a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    fips: String,
    model: String,
    names: Vec<String>,
    vectors: Vec<Vec<f64>>,
}

impl Found {
    pub(crate) fn new(fips: Fips, model: &str, parameters: &Parameters) -> Self {
        let (names, vectors) = (parameters.names().to_vec(), parameters.vectors().to_vec());
        Self { fips: fips.to_string(), model: model.to_owned(), names, vectors }
    }
}

/// The table under construction.
pub(crate) struct Table {
    path: PathBuf,
    writer: BatchedWriter<File>,
}

impl Table {
    /// Begins a file.
    pub(crate) fn begin(path: &Path) -> Result<Self, Error> {
        let fail = |error| parquet::write_error(path, error);
        let empty = frame(&[]).map_err(fail)?;
        let writer = parquet::writer(path, empty.schema())?.batched(empty.schema()).map_err(fail)?;
        Ok(Self { path: path.to_owned(), writer })
    }

    /// Adds the parameters for some places.
    pub(crate) fn add(&mut self, found: &[Found]) -> Result<(), Error> {
        let written = frame(found).and_then(|frame| self.writer.write_batch(&frame));
        written.map_err(|error| parquet::write_error(&self.path, error))
    }

    /// Closes the file.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.writer.finish().map(|_| ()).map_err(|error| parquet::write_error(&self.path, error))
    }
}

fn frame(found: &[Found]) -> PolarsResult<DataFrame> {
    let height = found.iter().map(|found| found.names.len() * found.vectors.len()).sum();
    let text = |name: &str| StringChunkedBuilder::new(name.into(), height);
    let (mut fips, mut models, mut names) = (text("fips"), text("model"), text("parameter"));
    let (mut numbers, mut values) = (Vec::with_capacity(height), Vec::with_capacity(height));
    for found in found {
        for (number, vector) in (0_i32..).zip(&found.vectors) {
            for (name, value) in found.names.iter().zip(vector) {
                fips.append_value(&found.fips);
                models.append_value(&found.model);
                names.append_value(name);
                numbers.push(number);
                values.push(*value as f32);
            }
        }
    }
    let columns = vec![
        fips.finish().into_column(),
        models.finish().into_column(),
        Int32Chunked::from_vec("vector".into(), numbers).into_column(),
        names.finish().into_column(),
        Float32Chunked::from_vec("value".into(), values).into_column(),
    ];
    DataFrame::new_infer_height(columns)
}

impl Archive {
    /// Stores the table of the engines' parameters of a day.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be copied.
    pub fn keep_parameters(&self, as_of: Date, table: &Path) -> Result<(), Error> {
        let copy = |path: &Path| fs::copy(table, path).map(|_| ()).map_err(|source| Error::write(path, source));
        self.aside(&self.part(TABLE, as_of), copy)
    }

    /// The engines' parameters of the latest day before `as_of` within the preceding week, if there is one.
    ///
    /// # Errors
    /// [`Error::Io`] where its file is damaged.
    pub fn parameters_before(&self, as_of: Date) -> Result<Earlier, Error> {
        let age = |day: &Date| (as_of - *day).get_days();
        let days = self.days_of(TABLE);
        let Some(day) = days.into_iter().rev().find(|day| (1..=LATEST_DAYS).contains(&age(day))) else {
            return Ok(Earlier::default());
        };
        let path = self.part(TABLE, day);
        let bytes = fs::read(&path).map_err(|source| Error::read(&path, source))?;
        let digest = sha256(&bytes);
        let frame = parquet::read(&path)?;
        let vectors = vectors(&frame).map_err(|e| Error::read(&path, std::io::Error::other(e.to_string())))?;
        let parameters = |(key, (names, vectors))| Some((key, Parameters::new(day, names, vectors)?));
        Ok(Earlier::new(vectors.into_iter().filter_map(parameters).collect(), digest))
    }
}

fn vectors(frame: &DataFrame) -> PolarsResult<Vectors> {
    let text = |name: &str| frame.column(name)?.str();
    let (fips, models, names) = (text("fips")?, text("model")?, text("parameter")?);
    let numbers = frame.column("vector")?.i32()?;
    let values = frame.column("value")?.f32()?;
    let mut found = Vectors::new();
    let rows = fips.iter().zip(models.iter()).zip(numbers.iter()).zip(names.iter()).zip(values.iter());
    for ((((fips, model), number), name), value) in rows {
        // A missing value leaves its vector too short to be used.
        let (Some(fips), Some(model), Some(number), Some(name), Some(value)) = (fips, model, number, name, value)
        else {
            continue;
        };
        let (Ok(fips), Ok(number)) = (fips.parse(), usize::try_from(number)) else { continue };
        let (known, vectors) = found.entry((model.to_owned(), fips)).or_default();
        if number == 0 {
            known.push(name.to_owned());
        }
        if vectors.len() == number {
            vectors.push(Vec::with_capacity(known.len()));
        }
        if let Some(vector) = vectors.get_mut(number) {
            vector.push(f64::from(value));
        }
    }
    Ok(found)
}
