//! Trained models and run reports kept by earlier runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::Path;

use countycast_engine::{Covariate, Date};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::{Lake, MOST_BYTES, lock};
use crate::error::Error;
use crate::output::regular;

/// Effect of each determinant on the log risk of cases and of deaths, as reported by a past run.
pub type Coefficients = BTreeMap<Covariate, [f64; 2]>;

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

/// Name below the lake of an engine's model.
pub(super) fn name(engine: &str, as_of: Date) -> String {
    format!("models/as_of={as_of}/{engine}.json.gz")
}

/// Writes an engine's trained model.
pub(super) fn pack(path: &Path, made: &Trained, model: &[u8]) -> Result<(), Error> {
    let file = fs::File::create(path).map_err(|source| Error::write(path, source))?;
    let mut packed = GzEncoder::new(file, Compression::fast());
    let written = serde_json::to_writer(&mut packed, made).map_err(std::io::Error::from);
    let written = written.and_then(|()| packed.write_all(b"\n")).and_then(|()| packed.write_all(model));
    written.and_then(|()| packed.finish().map(|_| ())).map_err(|source| Error::write(path, source))
}

fn unpack(bytes: &[u8]) -> std::io::Result<Kept> {
    let mut made = regular::unpacked(GzDecoder::new(bytes), MOST_BYTES)?;
    let end = made.iter().position(|byte| *byte == b'\n').ok_or(std::io::ErrorKind::InvalidData)?;
    let model = made.split_off(end + 1);
    Ok(Kept { made: serde_json::from_slice(&made)?, model })
}

impl Lake {
    /// An engine's newest model whose age in days on `as_of` is within `ages`; none if there is none.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that cannot be read, or is not the one that the day's manifest names.
    pub fn model(&self, engine: &str, as_of: Date, ages: RangeInclusive<u16>) -> Result<Option<Kept>, Error> {
        let _lock = lock::shared(&self.root)?;
        let mut candidates = ages.map(|age| as_of.saturating_sub(i64::from(age).days()));
        let newest = candidates.find(|day| self.located(*day, &name(engine, *day)).exists());
        let Some(day) = newest else { return Ok(None) };
        let name = name(engine, day);
        let kept = unpack(&self.bytes(day, &name)?);
        kept.map(Some).map_err(|source| Error::read(&self.located(day, &name), source))
    }

    /// The fallback's coefficients as the run of a day reported them; none where its report is missing or damaged.
    #[must_use]
    pub fn coefficients(&self, as_of: Date) -> Option<Coefficients> {
        let _lock = lock::shared(&self.root).ok()?;
        self.told(as_of)?.fallback_coefficients
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_unpacked_as_it_was_packed_and_never_without_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        let [engine, build, settings] = ["learner", "1", "2"].map(str::to_owned);
        let made = Trained { engine, build, settings, as_of: Date::constant(2020, 10, 24) };
        pack(&path, &made, b"a\nb").unwrap();
        let packed = fs::read(&path).unwrap();
        assert_eq!(unpack(&packed).unwrap(), Kept { made, model: b"a\nb".to_vec() });
        assert!(unpack(&packed[..packed.len() / 2]).is_err());
        assert!(regular::unpacked(GzDecoder::new(&packed[..]), 10).is_err());
    }
}
