//! The manifest of a kept week, which has the SHA-256 of its own fields.

use std::collections::BTreeSet;
use std::path::Path;

use countycast_engine::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::told::{MOST_MANIFEST_BYTES, REMEDY, damaged};
use crate::error::{Error, InputError};
use crate::identity::{Identity, digest};
use crate::output::{Written, regular};

/// Field of a manifest with the SHA-256 of the others.
const SEAL: &str = "sha256";

/// What made a week's forecasts, and their file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekManifest {
    /// The Saturday that ends the week of horizon 0.
    pub reference_date: Date,
    /// The last day whose publications were used.
    pub as_of: Date,
    /// Program, settings and files that determine the forecasts.
    pub identity: Identity,
    /// Names of the signals that were asked for: those of which nothing is known have no forecast.
    pub signals: BTreeSet<String>,
    /// What was noticed.
    pub notices: Vec<String>,
    /// The file with the forecasts.
    pub files: Vec<Written>,
}

/// The fields of a manifest, with the SHA-256 of them all: there is nothing else by which a damaged manifest is known.
pub(super) fn sealed(manifest: &WeekManifest) -> serde_json::Result<Map<String, Value>> {
    let mut fields: Map<String, Value> = serde_json::from_value(serde_json::to_value(manifest)?)?;
    fields.insert(SEAL.to_owned(), digest(&fields).into());
    Ok(fields)
}

/// The manifest in a file, if it is as it was written.
pub(super) fn opened(path: &Path) -> Result<WeekManifest, Error> {
    let bytes = regular::bytes(path, MOST_MANIFEST_BYTES)
        .map_err(|source| InputError::new(path, format!("cannot be read: {source}"), REMEDY))?;
    let fields: Option<Map<String, Value>> = serde_json::from_slice(&bytes).ok();
    let whole = fields.and_then(|mut fields| {
        let seal = fields.remove(SEAL)?;
        (digest(&fields) == seal.as_str()?).then_some(fields)
    });
    let fields = whole.ok_or_else(|| damaged(path, "is damaged: it is not as it was written"))?;
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| damaged(path, &format!("is of another version: {error}")))
}
