//! The table `parameters`: a row per place, engine, vector and parameter.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use countycast_engine::{Date, Fips, Parameters};
use polars::prelude::{Column, DataFrame, PolarsResult};
use sha2::{Digest, Sha256};

use super::Archive;
use crate::error::Error;
use crate::output::{parquet, projections};
use crate::pipeline::{Earlier, Projected};

const TABLE: &str = "parameters";
/// Days after which stored parameters are too old for any engine.
const LATEST_DAYS: i32 = 7;

/// Parameters by engine and place, as their vectors are read.
type Vectors = HashMap<(String, Fips), (Vec<String>, Vec<Vec<f64>>)>;

/// Writes the engines' parameters for some places.
pub(crate) fn write(path: &Path, results: &[Projected]) -> Result<(), Error> {
    let (mut fips, mut models, mut numbers, mut names, mut values) = (vec![], vec![], vec![], vec![], vec![]);
    for result in results {
        let place = result.fips.to_string();
        for (model, parameters) in &result.parameters {
            for (number, vector) in (0_i32..).zip(parameters.vectors()) {
                for (name, value) in parameters.names().iter().zip(vector) {
                    fips.push(place.clone());
                    models.push(*model);
                    numbers.push(number);
                    names.push(name.as_str());
                    values.push(*value as f32);
                }
            }
        }
    }
    let columns = vec![
        Column::new("fips".into(), fips),
        Column::new("model".into(), models),
        Column::new("vector".into(), numbers),
        Column::new("parameter".into(), names),
        Column::new("value".into(), values),
    ];
    let frame = DataFrame::new(columns[0].len(), columns).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}

impl Archive {
    /// Stores the engines' parameters of a day, from the tables of its groups.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be read or written.
    pub fn keep_parameters(&self, as_of: Date, parts: &[PathBuf]) -> Result<(), Error> {
        self.aside(&self.part(TABLE, as_of), |path| projections::join_parts(path, parts))
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
        let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
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
