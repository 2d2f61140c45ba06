//! Trained models and run reports kept by earlier runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use countycast_engine::Date;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::ToSpan;

use super::Archive;
use crate::error::Error;

/// Effect of each determinant on the log risk of cases and of deaths, as reported by a past run.
pub type Coefficients = BTreeMap<String, [f64; 2]>;

impl Archive {
    fn model_path(&self, engine: &str, as_of: Date) -> PathBuf {
        self.root.join("models").join(format!("as_of={as_of}")).join(format!("{engine}.json.gz"))
    }

    /// Stores an engine's trained model.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    pub fn keep_model(&self, engine: &str, as_of: Date, model: &[u8]) -> Result<(), Error> {
        let path = self.model_path(engine, as_of);
        self.aside(&path, |path| {
            let file = fs::File::create(path).map_err(|source| Error::write(path, source))?;
            let mut packed = GzEncoder::new(file, Compression::fast());
            let written = packed.write_all(model).and_then(|()| packed.finish()).map(|_| ());
            written.map_err(|source| Error::write(path, source))
        })
    }

    /// An engine's newest model whose age in days on `as_of` is within `ages`, with its day; none if there is none.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that cannot be read.
    pub fn model(
        &self,
        engine: &str,
        as_of: Date,
        ages: RangeInclusive<u16>,
    ) -> Result<Option<(Date, Vec<u8>)>, Error> {
        let candidates = ages.map(|age| as_of.saturating_sub(i64::from(age).days()));
        let newest = candidates.map(|day| (day, self.model_path(engine, day))).find(|(_, path)| path.is_file());
        let Some((day, path)) = newest else { return Ok(None) };
        let mut model = Vec::new();
        let file = fs::File::open(&path).map_err(|source| Error::read(&path, source))?;
        GzDecoder::new(file).read_to_end(&mut model).map_err(|source| Error::read(&path, source))?;
        Ok(Some((day, model)))
    }

    /// The fallback's coefficients as the run of a day reported them; none where its report is missing or damaged.
    #[must_use]
    pub fn coefficients(&self, as_of: Date) -> Option<Coefficients> {
        let path = self.root.join("manifests").join(format!("as_of={as_of}")).join("run.json");
        let report: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        serde_json::from_value(report.get("fallback_coefficients")?.clone()).ok()
    }
}
