//! The table `parameters`: a row per place, engine, vector and parameter.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use countycast_engine::{Date, Fips, Parameters};
use jiff::ToSpan;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, Float32Chunked, Int32Chunked, IntoColumn, PolarsResult, StringChunkedBuilder};
use serde::{Deserialize, Serialize};

use super::{Lake, lock, part};
use crate::error::Error;
use crate::identity::sha256;
use crate::output::parquet;
use crate::pipeline::Earlier;

pub(super) const TABLE: &str = "parameters";
/// Days after which stored parameters are too old for any engine.
const LATEST_DAYS: i64 = 7;

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

impl Lake {
    /// The engines' parameters of the latest day before `as_of` within the preceding week, if there is one.
    ///
    /// # Errors
    /// [`Error::Io`] where its file is damaged.
    pub fn parameters_before(&self, as_of: Date) -> Result<Earlier, Error> {
        let _lock = lock::shared(&self.root)?;
        let mut days = (1..=LATEST_DAYS).map(|age| as_of.saturating_sub(age.days()));
        let Some(day) = days.find(|day| self.has(*day, &part(TABLE, *day))) else {
            return Ok(Earlier::default());
        };
        let path = self.located(day, &part(TABLE, day));
        let bytes = self.bytes(day, &part(TABLE, day))?;
        let digest = sha256(&bytes);
        let frame = parquet::from_bytes(&path, bytes)?;
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
