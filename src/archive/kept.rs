//! Trained models and run reports kept by earlier runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use countycast_engine::{Covariate, Date};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::Archive;
use crate::error::Error;

/// Effect of each determinant on the log risk of cases and of deaths, as reported by a past run.
pub type Coefficients = BTreeMap<Covariate, [f64; 2]>;

/// The part of an archived run report that is read.
#[derive(Deserialize)]
struct Report {
    fallback_coefficients: Coefficients,
}

/// Identity of a trained model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trained {
    /// The engine.
    pub engine: String,
    /// The program that trained it ([`crate::identity::build`]).
    pub build: String,
    /// SHA-256 of the settings that determine the model: the engine's, `[epidemiology]`, `[panel]`, and the seed.
    pub settings: String,
    /// As-of day of the run that trained it.
    pub as_of: Date,
}

/// A stored model.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its identity.
    pub made: Trained,
    /// The engine's bytes.
    pub model: Vec<u8>,
}

impl Archive {
    fn model_path(&self, engine: &str, as_of: Date) -> PathBuf {
        self.root.join("models").join(format!("as_of={as_of}")).join(format!("{engine}.json.gz"))
    }

    /// Stores an engine's trained model.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    pub fn keep_model(&self, made: &Trained, model: &[u8]) -> Result<(), Error> {
        let path = self.model_path(&made.engine, made.as_of);
        self.aside(&path, |path| {
            let file = fs::File::create(path).map_err(|source| Error::write(path, source))?;
            let mut packed = GzEncoder::new(file, Compression::fast());
            let written = serde_json::to_writer(&mut packed, made).map_err(std::io::Error::from);
            let written = written.and_then(|()| packed.write_all(b"\n")).and_then(|()| packed.write_all(model));
            written.and_then(|()| packed.finish().map(|_| ())).map_err(|source| Error::write(path, source))
        })
    }

    /// An engine's newest model whose age in days on `as_of` is within `ages`; none if there is none.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that cannot be read.
    pub fn model(&self, engine: &str, as_of: Date, ages: RangeInclusive<u16>) -> Result<Option<Kept>, Error> {
        let candidates = ages.map(|age| as_of.saturating_sub(i64::from(age).days()));
        let newest = candidates.map(|day| self.model_path(engine, day)).find(|path| path.is_file());
        let Some(path) = newest else { return Ok(None) };
        let fail = |source| Error::read(&path, source);
        let mut packed = BufReader::new(GzDecoder::new(fs::File::open(&path).map_err(fail)?));
        let mut made = Vec::new();
        packed.read_until(b'\n', &mut made).map_err(fail)?;
        let made = serde_json::from_slice(&made).map_err(|error| fail(error.into()))?;
        let mut model = Vec::new();
        packed.read_to_end(&mut model).map_err(fail)?;
        Ok(Some(Kept { made, model }))
    }

    /// The fallback's coefficients as the run of a day reported them; none where its report is missing or damaged.
    #[must_use]
    pub fn coefficients(&self, as_of: Date) -> Option<Coefficients> {
        let path = self.root.join("manifests").join(format!("as_of={as_of}")).join("run.json");
        // Of any version: an archive outlives the fields of a manifest.
        serde_json::from_slice::<Report>(&fs::read(path).ok()?).ok().map(|report| report.fallback_coefficients)
    }
}
